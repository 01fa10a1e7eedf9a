import { parse } from "yaml";
import type { BoardJson } from "../boards/board-json.ts";
import { readText, repositoryFiles } from "../repository.ts";

export interface DataSource {
  readonly uid: string;
  readonly name: string;
  readonly type: string;
  readonly isDefault?: boolean;
}

export interface Rule {
  readonly uid: string;
  readonly title: string;
}

/** A board with the span that it shows first. */
export interface ProvisionedBoard extends BoardJson {
  readonly time: { readonly from: string; readonly to: string };
}

/** Everything of `grafana/` that a Grafana which read it must know. */
export interface Provisioned {
  readonly dataSources: readonly DataSource[];
  readonly boards: readonly ProvisionedBoard[];
  readonly rules: readonly Rule[];
  readonly contactPoints: readonly string[];
  /** The panel plugin, which is optional. */
  readonly plugin: { readonly id: string; readonly version: string } | undefined;
}

interface AlertingFile {
  readonly groups?: readonly { readonly rules?: readonly Rule[] }[];
  readonly contactPoints?: readonly { readonly name: string }[];
}

/** Reads the files that Grafana is given. @throws Error when there is nothing to verify */
export function loadProvisioned(root: string): Provisioned {
  const files = repositoryFiles(root, "grafana");
  const texts = (pattern: RegExp): readonly string[] =>
    files.filter((path) => pattern.test(path)).flatMap((path) => readText(root, path) ?? []);
  const sources = texts(/^grafana\/provisioning\/datasources\/.*\.yaml$/).flatMap(
    (text) => (parse(text) as { readonly datasources?: readonly DataSource[] }).datasources ?? [],
  );
  const boards = texts(/^grafana\/dashboards\/.*\.json$/).map((text) => JSON.parse(text) as ProvisionedBoard);
  const alerting = texts(/^grafana\/provisioning\/alerting\/.*\.yaml$/).map(
    (text) => parse(text) as AlertingFile,
  );
  const [plugin] = texts(/^grafana\/plugins\/.*\/plugin\.json$/).map(
    (text) => JSON.parse(text) as { readonly id: string; readonly info: { readonly version: string } },
  );
  if (sources.length === 0 || boards.length === 0) {
    throw new Error("Cannot verify Grafana as grafana/ holds no data sources or no boards: run npm run gen");
  }
  return {
    dataSources: sources,
    boards,
    rules: alerting.flatMap(({ groups = [] }) => groups.flatMap(({ rules = [] }) => rules)),
    contactPoints: alerting.flatMap(({ contactPoints = [] }) => contactPoints.map(({ name }) => name)),
    plugin: plugin && { id: plugin.id, version: plugin.info.version },
  };
}
