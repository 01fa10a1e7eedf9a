import { startAlertmanager, type TestAlertmanager } from "@watchkeeper/testing/alertmanager";
import { until } from "@watchkeeper/testing/poll";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alertLabels } from "./alert.ts";
import { loadAlerts } from "./load.ts";
import { renderAlertmanagerConfig } from "./render/alertmanager-config.ts";

/** Labels of an alert, as Prometheus sends them. */
type Labels = Readonly<Record<string, string>>;

const alerts = await loadAlerts();
let alertmanager: TestAlertmanager;
let base: string;

beforeAll(async () => {
  alertmanager = await startAlertmanager(renderAlertmanagerConfig(alerts));
  base = alertmanager.url;
});
afterAll(() => alertmanager.close());

let run = 0;
/** Each case in a world of its own: whatever must be equal is, and no other case has it. */
const labelsOf = (name: string, more: Labels = {}): Labels => {
  const alert = alerts.find((one) => one.name === name);
  return { alertname: name, ...(alert && alertLabels(alert)), service: `service-${run}`, ...more };
};

const send = (labels: readonly Labels[], over = false) =>
  fetch(`${base}/api/v2/alerts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(
      labels.map((each) => ({ labels: each, ...(over && { endsAt: new Date().toISOString() }) })),
    ),
  });

/** `active` or `suppressed`, once Alertmanager has looked at it. */
const stateOf = (name: string, wanted: string): Promise<true> =>
  until(`${name} to be ${wanted}`, async () => {
    const filter = encodeURIComponent(`service="service-${run}"`);
    const found = (await (await fetch(`${base}/api/v2/alerts?filter=${filter}`)).json()) as {
      labels: Labels;
      status: { state: string };
    }[];
    return found.find(({ labels }) => labels.alertname === name)?.status.state === wanted || undefined;
  });

/** Every inhibition of a definition, and the one of promises. */
const cases = [
  ...alerts.flatMap(({ name, inhibitedBy }) =>
    "never" in inhibitedBy
      ? []
      : inhibitedBy.alerts.map((source) => ({
          source: source.name,
          target: name,
          same: [...(inhibitedBy.same ?? [])] as string[],
        })),
  ),
  { source: "SloBurnsFast", target: "SloBurnsSlowly", same: ["slo", "tenant"] },
];

test.each(cases)(
  "$source keeps $target quiet while it fires, and no longer",
  async ({ source, target, same }) => {
    run += 1;
    const agreed = Object.fromEntries(same.map((label) => [label, "a"]));
    const [cause, effect] = [labelsOf(source, agreed), labelsOf(target, agreed)];
    await send([cause, effect]);
    await stateOf(source, "active");
    await stateOf(target, "suppressed");
    await send([cause], true);
    await stateOf(target, "active");
  },
);

test.each(cases.filter(({ same }) => same.length > 0))(
  "$source of one keeps nobody else's $target quiet",
  async ({ source, target, same }) => {
    for (const label of same) {
      run += 1;
      const agreed = Object.fromEntries(same.map((each) => [each, "a"]));
      await send([labelsOf(source, agreed)]);
      await stateOf(source, "active");
      await send([labelsOf(target, { ...agreed, [label]: "b" })]);
      await stateOf(target, "active");
    }
  },
);

test("nothing keeps a page quiet but a page, and nothing the last way of all", () => {
  const silenced = alerts.filter(({ inhibitedBy }) => !("never" in inhibitedBy)).map(({ name }) => name);
  expect(silenced).not.toContain("PageFallback");
  expect(silenced).not.toContain("Watchdog");
  expect(silenced.filter((name) => alerts.find((one) => one.name === name)?.severity === "page")).toEqual([
    "DatabaseUnreachable",
  ]);
});
