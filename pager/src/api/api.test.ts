import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { webhookBody } from "../test-bed.ts";
import { type Answer, startTestApi, type TestApi } from "./test-api.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.bed.receive(webhookBody({ name: "First", service: "shop" }));
  await api.bed.receive(webhookBody({ name: "Second", service: "shop", severity: "ticket" }));
  await api.bed.receive(webhookBody({ name: "Third", service: "dns" }));
});
afterAll(() => api.close());

const GONE = "00000000-0000-4000-8000-000000000000";
const HOUR = { from: "2026-03-02T10:00:00Z", to: "2026-03-02T11:00:00+00:00" };
const WORK = { title: "Move the shop", matchers: [{ name: "service", value: "shop" }], ...HOUR };

/** A request for each operation that must succeed, in this order, and its answer's part that later ones need. */
const examples: Readonly<Record<string, { path?: string; query?: string; body?: object }>> = {
  listIncidents: { query: "?state=all&priority=P1&text=fir" },
  showIncident: { path: "1" },
  readTimeline: { path: "1", query: "?limit=5" },
  renderPostmortem: { path: "1" },
  acknowledgeIncident: { path: "1", body: {} },
  snoozeIncident: { path: "1", body: { until: "2026-03-01T05:00:00Z" } },
  unsnoozeIncident: { path: "1", body: {} },
  reassignIncident: { path: "1", body: { to: "bob" } },
  noteIncident: { path: "1", body: { text: "Looking at it" } },
  closeIncidentAs: { path: "1", body: { as: "actionable" } },
  resolveIncident: { path: "1", body: { as: "noise" } },
  listDeliveries: { query: "?state=unfinished&channel=email&limit=1" },
  whoIsOnCall: { query: "?at=2026-03-02T12:00:00Z" },
  showSchedule: { path: "product", query: "?from=2026-03-02T00:00:00Z&to=2026-04-02T00:00:00Z" },
  listOverrides: {},
  addOverride: { body: { schedule: "product", person: "cyd", ...HOUR, note: "Dentist" } },
  withdrawOverride: { path: "addOverride" },
  listSwaps: {},
  addSwap: { body: { schedule: "product", between: ["ada", "bob"], ...HOUR } },
  withdrawSwap: { path: "addSwap" },
  addCalendarLink: { path: "product", body: {} },
  withdrawCalendarLink: { path: "addCalendarLink" },
  listPeople: {},
  sendTestPage: { path: "ada" },
  listPolicies: {},
  explainRoute: { query: "?service=shop&priority=P0" },
  showReadiness: {},
  listMaintenanceWindows: {},
  addMaintenanceWindow: { body: WORK },
  withdrawMaintenanceWindow: { path: "addMaintenanceWindow" },
  showStatus: {},
  alertFigures: { query: "?days=7" },
  listAudit: { query: "?limit=2" },
  checkAudit: {},
  describeApi: {},
};

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, object>> }>>;
}

async function operations(): Promise<readonly (Operation & { method: string; url: string })[]> {
  const { json } = await api.ask("get", "/api/openapi.json");
  return Object.entries(json.paths as Record<string, Record<string, Operation>>).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, url })),
  );
}

describe("the OpenAPI document", () => {
  test("is one of version 3.1 by the specification's own schema", async () => {
    const { json } = await api.ask("get", "/api/openapi.json", { role: "viewer" });
    expect(await new Validator().validate(json)).toMatchObject({ valid: true });
    expect(json.openapi).toBe("3.1.1");
  });

  test("has every route, and the test has an example of each", async () => {
    const documented = (await operations()).map(({ operationId }) => operationId).sort();
    expect(documented).toEqual(api.endpoints.map(({ id }) => id).sort());
    expect(documented).toEqual(Object.keys(examples).sort());
  });

  test("is kept by every answer: each route answers as it says, and refuses whom it says", async () => {
    const document = (await api.ask("get", "/api/openapi.json")).json;
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addSchema(document, "api");
    const problems: string[] = [];
    const judge = ({ method, url }: { method: string; url: string }, answer: Answer): void => {
      const at = ["api#", "paths", url, method, "responses", String(answer.status)];
      const pointer = at.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");
      const response = document.paths[url][method].responses[String(answer.status)];
      const says = `${method} ${url} ${answer.status}`;
      if (!response) return void problems.push(`${says} is not in the document: ${answer.text}`);
      const [type] = Object.keys(response.content ?? {});
      if (!answer.headers.get("content-type")?.startsWith(type ?? "")) {
        if (answer.text !== "") problems.push(`${says} is no ${type}`);
      } else if (type === "application/json") {
        const valid = ajv.getSchema(`${pointer}/content/application~1json/schema`);
        if (!valid?.(answer.json)) problems.push(`${says}: ${ajv.errorsText(valid?.errors ?? [])}`);
      }
    };
    const all = await operations();
    const made = new Map<string, string>();
    for (const id of Object.keys(examples)) {
      const operation = all.find(({ operationId }) => operationId === id);
      if (!operation) throw new Error(`${id} is not in the document`);
      const { path = "", query = "", body } = examples[id] ?? {};
      const address = (name: string): string => operation.url.replace(/\{\w+\}/, name) + query;
      const send = operation.method === "post" ? { body: body ?? {} } : {};
      const answer = await api.ask(operation.method, address(made.get(path) ?? path), send);
      if (answer.status >= 300) problems.push(`${id} answers ${answer.status}: ${answer.text}`);
      if (typeof answer.json?.id === "string") made.set(id, answer.json.id);
      judge(operation, answer);
      const nobody = await api.ask(operation.method, address(path), {
        ...send,
        role: undefined as never,
        headers: { authorization: "" },
      });
      expect(nobody.status).toBe(401);
      judge(operation, nobody);
      if (operation.parameters?.some((one) => one.in === "path")) {
        const missing = await api.ask(
          operation.method,
          address(id.includes("Schedule") || id === "sendTestPage" ? "nobody" : GONE),
          send,
        );
        expect(`${id} ${missing.status}`).toBe(`${id} 404`);
        judge(operation, missing);
      }
    }
    expect(problems).toEqual([]);
  });
});

describe("a token's role", () => {
  test("lets a viewer read and change nothing, a responder work and not read the audit log", async () => {
    for (const { method, url, operationId } of await operations()) {
      const needed = api.endpoints.find(({ id }) => id === operationId)?.role;
      const asked = url.replace(/\{\w+\}/, GONE);
      for (const role of ["viewer", "responder"] as const) {
        const { status } = await api.ask(method, asked, { role, ...(method === "post" && { body: {} }) });
        const allowed = needed === "viewer" || needed === role;
        expect(`${operationId} ${role} ${status === 403}`).toBe(`${operationId} ${role} ${!allowed}`);
      }
    }
  });

  test("is not asked about what does not exist without a token", async () => {
    expect((await api.ask("get", "/api/nothing", { headers: { authorization: "Bearer no" } })).status).toBe(
      401,
    );
    expect((await api.ask("get", "/api/nothing")).status).toBe(404);
  });
});

describe("bad input", () => {
  test.each([
    ["get", "/api/incidents?limit=0", undefined, "Cannot read the query as limit is wrong"],
    ["get", "/api/incidents?state=closed", undefined, "Cannot read the query as state is wrong"],
    [
      "get",
      "/api/on-call?at=yesterday",
      undefined,
      "Cannot read the query as at is wrong: a time is written as",
    ],
    [
      "get",
      "/api/schedules/product/shifts?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z",
      undefined,
      "by 400 days at most",
    ],
    ["post", "/api/incidents/2/note", { text: "" }, "Cannot read the body as text is wrong"],
    ["post", "/api/incidents/2/acknowledge", { ifVersions: 1 }, "Cannot read the body as it is wrong"],
    ["post", "/api/incidents/2/acknowledge", "{", "Cannot read this request"],
    ["post", "/api/incidents/2/note", { text: "x".repeat(70_000) }, "Cannot read this request"],
    ["post", "/api/overrides", { schedule: "product", person: "eve", ...HOUR }, 'there is no person "eve"'],
    [
      "post",
      "/api/overrides",
      { schedule: "product", person: "ada", from: HOUR.to, to: HOUR.from },
      "to must be after from",
    ],
    ["post", "/api/swaps", { schedule: "product", between: ["ada", "ada"], ...HOUR }, "two different people"],
    [
      "post",
      "/api/maintenance-windows",
      { ...WORK, matchers: [{ name: "service", value: ".*", isRegex: true }] },
      "these would silence everything",
    ],
    [
      "post",
      "/api/maintenance-windows",
      { ...WORK, from: "2026-02-01T00:00:00Z", to: "2026-02-02T00:00:00Z" },
      "the window is over already",
    ],
  ])("%s %s %j is refused in one sentence", async (method, path, body, says) => {
    const answer = await api.ask(method, path, body === undefined ? {} : { body });
    expect([400, 413]).toContain(answer.status);
    expect(answer.json.error.message).toContain(says);
  });
});

test("a list goes on where the page before ended", async () => {
  const numbers: number[] = [];
  let next = "";
  for (let page = 0; page < 10 && next !== "null"; page += 1) {
    const { json } = await api.ask("get", `/api/incidents?state=all&limit=2${next && `&before=${next}`}`);
    numbers.push(...json.incidents.map(({ number }: { number: number }) => number));
    next = String(json.next);
  }
  expect(next).toBe("null");
  expect(numbers).toEqual([...numbers].sort((one, other) => other - one));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers).toEqual(expect.arrayContaining([1, 2, 3]));
});

test("a request that is repeated with its key is done once, and names who asked in the timeline", async () => {
  const send = {
    role: "responder" as const,
    body: { text: "only once" },
    headers: { "idempotency-key": "7" },
  };
  const first = await api.ask("post", "/api/incidents/3/note", send);
  expect(await api.ask("post", "/api/incidents/3/note", send)).toMatchObject({
    status: 200,
    json: first.json,
  });
  const { json } = await api.ask("get", "/api/incidents/3/timeline");
  const notes = json.entries.filter(({ text }: { text: string }) => text.includes("only once"));
  expect(notes).toMatchObject([{ actor: "ada", source: "api" }]);
});

test("what has changed since somebody looked is not changed by them", async () => {
  const { json } = await api.ask("get", "/api/incidents/3");
  const answer = await api.ask("post", "/api/incidents/3/acknowledge", {
    body: { ifVersion: json.version + 5 },
  });
  expect(answer).toMatchObject({ status: 409, json: { error: { code: "version_changed" } } });
});

test("an override and a swap change who is on call, and are seen in the shifts", async () => {
  const at = "2026-03-04T10:30:00Z";
  const who = async () =>
    (await api.ask("get", `/api/on-call?at=${at}`)).json.schedules.find(
      ({ schedule }: { schedule: string }) => schedule === "product",
    );
  expect(await who()).toMatchObject({
    person: "ada",
    because: { kind: "layer" },
    until: "2026-03-05T08:00:00.000Z",
  });
  const span = { from: "2026-03-04T10:00:00Z", to: "2026-03-04T12:00:00Z" };
  const { json: swap } = await api.ask("post", "/api/swaps", {
    role: "responder",
    body: { schedule: "product", between: ["bob", "ada"], ...span },
  });
  expect(await who()).toMatchObject({ person: "bob", name: "Bob", because: { kind: "swap", name: swap.id } });
  const { json: override } = await api.ask("post", "/api/overrides", {
    role: "responder",
    body: { schedule: "product", person: "cyd", ...span },
  });
  expect(await who()).toMatchObject({ person: "cyd", until: "2026-03-04T12:00:00.000Z" });
  expect(override).toMatchObject({ createdBy: "ada" });
  const { json } = await api.ask(
    "get",
    "/api/schedules/product/shifts?from=2026-03-04T00:00:00Z&to=2026-03-05T00:00:00Z",
  );
  expect(json.shifts.map(({ person }: { person: string }) => person)).toEqual(["bob", "ada", "cyd", "ada"]);
  expect(json.shifts[2].localFrom).toBe("2026-03-04T11:00:00+01:00");
  await api.ask("delete", `/api/overrides/${override.id}`);
  await api.ask("delete", `/api/swaps/${swap.id}`);
  expect(await who()).toMatchObject({ person: "ada" });
});

test("a calendar's address is read without a token until it is withdrawn", async () => {
  const { json } = await api.ask("post", "/api/schedules/product/calendar-links", {
    body: { person: "bob" },
  });
  const none = { headers: { authorization: "" } };
  const feed = await api.ask("get", json.path, none);
  expect(feed.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
  expect(feed.text).toContain("SUMMARY:Bob on call: Product\\, first line\r\n");
  expect(feed.text).not.toContain("Ada");
  await api.ask("delete", `/api/calendar-links/${json.id}`);
  for (const path of [json.path, "/calendars/x.ics", `/calendars/${"a".repeat(32)}.ics`]) {
    expect((await api.ask("get", path, none)).status).toBe(404);
  }
});

test("the audit log has every change, and shows a row that somebody changed in the database", async () => {
  await api.ask("post", "/api/incidents/2/note", { role: "responder", body: { text: "audited" } });
  const { json } = await api.ask("get", "/api/audit?limit=1");
  expect(json.entries).toMatchObject([
    {
      actor: "ada",
      role: "responder",
      action: "noteIncident",
      subject: "incident 2",
      details: { text: "audited" },
    },
  ]);
  const before = (await api.ask("get", "/api/audit/check")).json;
  expect(before).toMatchObject({ firstBroken: null, newestHash: json.entries[0].hash });
  expect(before.entries).toBeGreaterThan(10);
  const sql = (text: string) => api.bed.database.query("test", text);
  await expect(sql("UPDATE audit_log SET actor = 'eve' WHERE id = 3")).rejects.toThrow("only grows");
  await expect(sql("DELETE FROM audit_log")).rejects.toThrow("only grows");
  await sql("ALTER TABLE audit_log DISABLE TRIGGER audit_log_only_grows");
  await sql("UPDATE audit_log SET actor = 'eve' WHERE id = 3");
  expect((await api.ask("get", "/api/audit/check")).json.firstBroken).toBe(3);
  await sql("UPDATE audit_log SET actor = 'console' WHERE id = 3");
  expect((await api.ask("get", "/api/audit/check")).json.firstBroken).toBeNull();
  await sql("DELETE FROM audit_log WHERE id = 5");
  expect((await api.ask("get", "/api/audit/check")).json.firstBroken).toBe(6);
});

test("a test page goes to all channels of a person that are set up, beside what is going on", async () => {
  const { json } = await api.ask("post", "/api/people/ada/test-page", { role: "responder", body: {} });
  expect(json.channels).toEqual(["email", "ntfy"]);
  const { json: incident } = await api.ask("get", `/api/incidents/${json.incident}`);
  expect(incident).toMatchObject({ alertname: "PagerTestPage", severity: "info", priority: "P3" });
  const sent = incident.deliveries.map(
    (one: Record<string, string>) => `${one.channel} ${one.person} ${one.kind} ${one.state}`,
  );
  expect(sent.sort()).toEqual(["email ada announce pending", "ntfy ada announce pending"]);
});

test("a postmortem is Markdown in which what alerts say stays text", async () => {
  const hostile = "a | b <img src=x onerror=alert(1)> [x](javascript:1)\n# heading";
  await api.bed.receive(webhookBody({ name: "Hostile", service: "shop", description: hostile }));
  const { json } = await api.ask("get", "/api/incidents?state=all&text=Hostile");
  const { text, headers } = await api.ask("get", `/api/incidents/${json.incidents[0].number}/postmortem`);
  expect(headers.get("content-type")).toContain("text/markdown");
  expect(text).toMatch(/^# Postmortem: incident #\d+, Hostile$/m);
  expect(text).not.toMatch(/(?<!\\)<img|^# heading|(?<!\\)\[x\]/m);
});
