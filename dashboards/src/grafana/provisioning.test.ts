import { expect, test } from "vitest";
import { parse } from "yaml";
import { dataSourceUids, grafanaSecrets, renderDataSources } from "./data-sources.ts";
import { renderProvider } from "./provider.ts";

/** As Grafana reads the file: `$NAME` comes from the environment, `$$` is a dollar sign. */
function expanded(text: string, environment: Readonly<Record<string, string>>): string {
  const dollar = "\u0000";
  return text
    .replaceAll("$$", dollar)
    .replace(/\$\{?(\w+)\}?/g, (_, name: string) => environment[name] ?? "")
    .replaceAll(dollar, "$");
}

interface DataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly url: string;
  readonly editable: boolean;
  readonly jsonData: Readonly<Record<string, unknown>>;
  readonly secureJsonData?: Readonly<Record<string, string>>;
}

const secret = "a secret of this test";
const read = (environment: Readonly<Record<string, string>>): readonly DataSource[] =>
  parse(expanded(renderDataSources(), environment)).datasources;
const sources = read({ [grafanaSecrets.directoryPassword]: secret });

const referencesIn = (value: unknown): readonly unknown[] =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([key, inner]) =>
        /^(?:datasourceUid|alertmanagerUid)$/.test(key) ? [inner] : referencesIn(inner),
      );

test("every data source has its own uid and name, and none can be changed in the browser", () => {
  expect(sources.map(({ uid }) => uid).sort()).toEqual(Object.values(dataSourceUids).sort());
  expect(new Set(sources.map(({ name }) => name)).size).toBe(sources.length);
  for (const { editable, uid } of sources) expect(editable, uid).toBe(false);
});

test("links between data sources lead to data sources that exist", () => {
  const references = sources.flatMap(({ jsonData }) => referencesIn(jsonData));
  expect(references.length).toBeGreaterThanOrEqual(6);
  for (const uid of references) expect(sources.map((source) => source.uid)).toContain(uid);
});

test("secrets come from the environment alone", () => {
  const [postgres] = sources.filter(({ secureJsonData }) => secureJsonData !== undefined);
  expect(postgres?.secureJsonData).toEqual({ password: secret });
  expect(renderDataSources()).not.toMatch(/password: (?!\$)/);
  expect(expanded(renderDataSources(), {})).not.toContain(secret);
});

test("Grafana's own variables reach Grafana", () => {
  const byUid = (uid: string) => JSON.stringify(sources.find((source) => source.uid === uid)?.jsonData);
  expect(byUid("loki")).toContain("$" + "{__value.raw}");
  expect(byUid("tempo")).toContain("{$" + '{__tags}} | trace_id = \\"$' + '{__trace.traceId}\\"');
  expect(byUid("tempo")).toContain("http_requests_total{$__tags}");
});

test("boards come from files alone, into one folder", () => {
  const { providers } = parse(renderProvider());
  expect(providers).toHaveLength(1);
  expect(providers[0]).toMatchObject({ type: "file", folderUid: "watchkeeper", allowUiUpdates: false });
});
