import fc from "fast-check";
import { expect, test } from "vitest";
import { webhookBody } from "../test-bed.ts";
import { parsePayload } from "./payload.ts";

const parse = (value: unknown) => parsePayload(Buffer.from(JSON.stringify(value)));

test("an alert of Alertmanager becomes one fact that holds since its start or its end", () => {
  const [firing] = parsePayload(webhookBody({})).facts;
  expect(firing).toMatchObject({
    source: "alertmanager",
    fingerprint: "ServiceDown/app/app-1",
    incidentKey: '["alertmanager","ServiceDown","app"]',
    status: "firing",
    severity: "page",
    factAt: "2026-03-01T02:59:30.123456789Z",
  });
  const [resolved] = parsePayload(webhookBody({ status: "resolved" })).facts;
  expect(resolved).toMatchObject({ status: "resolved", factAt: "2026-03-01T03:05:00.5Z" });
});

test("an end that cannot be true means the present", () => {
  const [fact] = parsePayload(webhookBody({ status: "resolved", endsAt: "0001-01-01T00:00:00Z" })).facts;
  expect(fact?.factAt).toBeNull();
});

test("without a fingerprint the labels name the alert, in any order", () => {
  const alert = { status: "firing", startsAt: "2026-03-01T03:00:00Z" };
  const { facts } = parse({
    alerts: [
      { ...alert, labels: { a: "1", b: "2" } },
      { ...alert, labels: { b: "2", a: "1" } },
      { ...alert, labels: { a: "1", b: "3" } },
    ],
  });
  expect(new Set(facts.map(({ fingerprint }) => fingerprint)).size).toBe(2);
});

test.each([
  ["not JSON", Buffer.from("alerts: []")],
  ["not UTF-8", Buffer.from([0x7b, 0xff, 0x7d])],
  ["not JSON", Buffer.alloc(0)],
  ["alerts: Invalid input: expected array, received undefined", Buffer.from("{}")],
  ["nested too deeply", Buffer.from(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)],
])("says '%s'", (reason, body) => {
  expect(parsePayload(body)).toMatchObject({ facts: [], unreadable: reason });
});

test("Grafana's webhook is read too, and its board is the link", () => {
  const body = {
    version: "1",
    orgId: 1,
    alerts: [
      {
        status: "firing",
        labels: { alertname: "Latency", severity: "critical", tries: 3 },
        annotations: {},
        startsAt: "2026-03-01T03:00:00+01:00",
        endsAt: "0001-01-01T00:00:00Z",
        values: { A: 1.5 },
        fingerprint: "c6eadffa33fcdf37",
        dashboardURL: "https://grafana.example/d/x",
        panelURL: "https://grafana.example/d/x?viewPanel=1",
      },
    ],
  };
  expect(parsePayload(Buffer.from(JSON.stringify(body)), "grafana").facts).toMatchObject([
    {
      source: "grafana",
      severity: "page",
      priority: "P1",
      labels: { tries: "3" },
      annotations: { dashboard_url: "https://grafana.example/d/x?viewPanel=1" },
    },
  ]);
});

test("one unreadable alert does not take the others with it", () => {
  const body = JSON.parse(webhookBody({}, {}).toString());
  body.alerts[0].startsAt = "yesterday";
  const payload = parse(body);
  expect(payload.facts).toHaveLength(1);
  expect(payload.unreadable).toMatch(/^alerts\.0\.startsAt: .* \(1 of 2 alerts\)$/);
});

test("characters that PostgreSQL cannot hold are replaced", () => {
  const [fact] = parsePayload(webhookBody({ description: "a\0b\ud800c" })).facts;
  expect(fact?.annotations.description).toBe("a\ufffdb\ufffdc");
});

test("no body makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.uint8Array({ maxLength: 200 })), (body) => {
      expect(parsePayload(Buffer.from(body as Uint8Array))).toHaveProperty("unreadable");
    }),
  );
});
