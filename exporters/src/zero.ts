import { type LabelName, labels } from "@watchkeeper/catalogue/labels";

/** Every combination of values of labels that are all closed (one empty combination without labels); none if one is bounded. */
export function closedCombinations(names: readonly LabelName[]): readonly Readonly<Record<string, string>>[] {
  return names.reduce<Record<string, string>[]>(
    (combinations, name) => {
      const label = labels[name];
      if (label.kind === "bounded") return [];
      return combinations.flatMap((sofar) => label.values.map((value) => ({ ...sofar, [name]: value })));
    },
    [{}],
  );
}
