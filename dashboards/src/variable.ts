import { Expr, type Matcher, match } from "@watchkeeper/catalogue/promql";

/** A choice at the top of a board: one, several or all values that a label has. */
export interface Variable {
  readonly name: string;
  readonly title: string;
  /** `label_values(…)` */
  readonly query: Expr;
  /** Selects what is chosen: `{ route: route.chosen }`. */
  readonly chosen: Matcher;
}

/**
 * Lets people choose among the values of a label, all of them at first.
 * @param selector the series whose label counts, such as `count(httpRequestDurationSeconds, app)`
 * @param name also the label's name
 */
export const defineVariable = (name: string, title: string, selector: Expr): Variable => ({
  name,
  title,
  query: new Expr(`label_values(${selector.text}, ${name})`),
  chosen: match(`$${name}`),
});
