import { type Answer, dig, type GrafanaApi, refusalOf } from "./api.ts";
import type { Finding } from "./finding.ts";
import { verifyQueries } from "./panel-queries.ts";
import type { DataSource, Provisioned, ProvisionedBoard, Rule } from "./provisioned.ts";

/** Sources whose health Grafana's server can ask; it knows nothing of the others'. */
const HAS_HEALTH = new Set(["prometheus", "loki", "tempo", "grafana-postgresql-datasource"]);

async function verifySource(
  api: GrafanaApi,
  { uid, name, type }: DataSource,
  isAsked: boolean,
): Promise<Finding> {
  const what = `data source ${uid}`;
  const path = `/api/datasources/uid/${encodeURIComponent(uid)}`;
  const answer = await api.get(path);
  if (answer.status !== 200) return { what, problem: `does not load (${refusalOf(answer)})` };
  const found = { name: dig(answer.body, "name"), type: dig(answer.body, "type") };
  if (found.type !== type) return { what, problem: `is of type ${found.type} instead of ${type}` };
  if (found.name !== name) return { what, problem: `is called "${found.name}" instead of "${name}"` };
  if (!HAS_HEALTH.has(type)) return { what, note: "loads; Grafana cannot ask for its health" };
  const health = await api.get(`${path}/health`);
  if (health.status === 200 && dig(health.body, "status") === "OK") return { what };
  const reason = `its health is bad (${refusalOf(health)})`;
  // A stack without logs or traces is complete as far as boards go.
  return isAsked ? { what, problem: reason } : { what, note: `loads, but ${reason}; no board asks it` };
}

async function verifyBoard(api: GrafanaApi, board: ProvisionedBoard): Promise<Finding> {
  const what = `board ${board.uid}`;
  const answer = await api.get(`/api/dashboards/uid/${encodeURIComponent(board.uid)}`);
  if (answer.status !== 200) return { what, problem: `does not load (${refusalOf(answer)})` };
  const title = dig(answer.body, "dashboard", "title");
  if (title !== board.title) return { what, problem: `is called "${title}" instead of "${board.title}"` };
  const panels = dig(answer.body, "dashboard", "panels");
  const count = Array.isArray(panels) ? panels.length : 0;
  if (count !== board.panels.length)
    return { what, problem: `has ${count} panels instead of ${board.panels.length}` };
  return dig(answer.body, "meta", "provisioned") === true
    ? { what }
    : { what, problem: "was not provisioned from a file, but saved by somebody" };
}

async function verifyRule(api: GrafanaApi, { uid, title }: Rule, health: Answer): Promise<Finding> {
  const what = `rule ${uid}`;
  const answer = await api.get(`/api/v1/provisioning/alert-rules/${encodeURIComponent(uid)}`);
  if (answer.status !== 200) return { what, problem: `does not load (${refusalOf(answer)})` };
  if (dig(answer.body, "title") !== title)
    return { what, problem: `is called "${dig(answer.body, "title")}" instead of "${title}"` };
  const groups = dig(health.body, "data", "groups");
  const rules = (Array.isArray(groups) ? groups : []).flatMap((group) => dig(group, "rules") ?? []);
  const state = rules.find((rule) => dig(rule, "name") === title);
  if (state === undefined) return { what, note: "loads, and has not been evaluated yet" };
  return dig(state, "health") === "error"
    ? { what, problem: `cannot be evaluated: ${dig(state, "lastError") ?? "Grafana does not say why"}` }
    : { what };
}

async function verifyAlerting(
  api: GrafanaApi,
  { rules, contactPoints }: Provisioned,
): Promise<readonly Finding[]> {
  if (rules.length + contactPoints.length === 0) return [];
  const health = await api.get("/api/prometheus/grafana/api/v1/rules");
  const findings: Finding[] = [];
  for (const rule of rules) findings.push(await verifyRule(api, rule, health));
  const points = await api.get("/api/v1/provisioning/contact-points");
  const names = (Array.isArray(points.body) ? points.body : []).map((point) => dig(point, "name"));
  for (const name of contactPoints) {
    const problem = `does not load (${refusalOf(points)})`;
    findings.push({ what: `contact point ${name}`, ...(!names.includes(name) && { problem }) });
  }
  return findings;
}

async function verifyPlugin(api: GrafanaApi, plugin: Provisioned["plugin"]): Promise<readonly Finding[]> {
  if (!plugin) return [];
  const what = `panel plugin ${plugin.id}`;
  const answer = await api.get(`/api/plugins/${plugin.id}/settings`);
  if (answer.status !== 200) return [{ what, note: "is not installed; no board needs it" }];
  const version = dig(answer.body, "info", "version");
  return version === plugin.version
    ? [{ what }]
    : [{ what, problem: `has version ${version} instead of ${plugin.version}` }];
}

/** Has Grafana read its files again. Only a server's administrator may; else it keeps to its own times. */
async function reload(api: GrafanaApi): Promise<Finding> {
  const answers: Answer[] = [];
  for (const kind of ["datasources", "dashboards", "alerting"])
    answers.push(await api.post(`/api/admin/provisioning/${kind}/reload`));
  const what = "provisioning";
  const failed = answers.find(({ status }) => status >= 500);
  if (failed) return { what, problem: `Grafana cannot read its files (${refusalOf(failed)})` };
  const refused = answers.find(({ status }) => status >= 300);
  return refused
    ? { what, note: `not read again (${refusalOf(refused)}): what Grafana read before is checked` }
    : { what };
}

/** Only what answers as Grafana does is worth asking more. @throws Error when it does not */
async function verifyAccess(api: GrafanaApi): Promise<Finding> {
  const health = await api.get("/api/health");
  if (dig(health.body, "database") !== "ok") {
    throw new Error(`Cannot verify Grafana as it is not well (${refusalOf(health)}): look into its log`);
  }
  const search = await api.get("/api/search?type=dash-db&limit=1");
  if (search.status !== 200) {
    throw new Error(`Cannot verify Grafana as it does not let us in (${refusalOf(search)})`);
  }
  return { what: `Grafana ${dig(health.body, "version") ?? "of an unknown version"}` };
}

/**
 * Compares a running Grafana with what `grafana/` holds, and asks every query of every panel.
 * @throws Error when Grafana cannot be reached or does not let us in
 */
export async function verifyGrafana(api: GrafanaApi, provisioned: Provisioned): Promise<readonly Finding[]> {
  const { dataSources, boards } = provisioned;
  const asked = new Set(
    boards.flatMap(({ panels }) =>
      panels.flatMap(({ targets = [] }) => targets.flatMap(({ datasource }) => datasource?.type ?? [])),
    ),
  );
  const findings: Finding[] = [await verifyAccess(api), await reload(api)];
  for (const source of dataSources) findings.push(await verifySource(api, source, asked.has(source.type)));
  for (const board of boards) {
    const finding = await verifyBoard(api, board);
    findings.push(finding);
    if (finding.problem === undefined) findings.push(...(await verifyQueries(api, board, dataSources)));
  }
  findings.push(...(await verifyAlerting(api, provisioned)));
  findings.push(...(await verifyPlugin(api, provisioned.plugin)));
  return findings;
}
