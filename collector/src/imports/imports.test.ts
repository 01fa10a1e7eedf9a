import { Readable } from "node:stream";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { createLog } from "@watchkeeper/process/log";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createApiRoutes } from "../api/routes.ts";
import { type ApiServer, startApi } from "../api/server.ts";
import type { Reports } from "../report/reports.ts";
import { createTestBed, type TestBed } from "../test-bed.ts";

const TOKEN = "a token of this test alone";
const reports: Reports = {
  list: async () => [{ kind: "week", period: "2026-W46" }],
  find: async () => undefined,
  make: () => Promise.reject(new Error("not asked")),
};

let bed: TestBed;
let api: ApiServer;
const metrics = createMetrics();
beforeAll(async () => {
  bed = await createTestBed();
  const routes = createApiRoutes({ database: bed.database, metrics, reports, token: TOKEN });
  const log = createLog("collector", "silent");
  api = await startApi({ host: "127.0.0.1", port: 0, routes, metrics, log });
});
afterAll(async () => {
  await api?.close();
  await bed?.close();
});
afterEach(() => bed.rows("TRUNCATE collector.ticket, collector.nps_response"));

const ask = async (
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: Record<string, never> }> => {
  const headers = { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) };
  const answer = await fetch(`http://127.0.0.1:${api.port}${path}`, { ...init, headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
};
const send = (name: string, body: string | ReadableStream, type = "text/csv") =>
  ask(`/api/imports/${name}`, {
    method: "POST",
    body,
    headers: { "content-type": type },
    ...(typeof body === "string" ? {} : { duplex: "half" }),
  } as RequestInit);

const HEAD = "id,opened_at,resolved_at\n";
const tickets = () => bed.rows("SELECT id, opened_at, resolved_at FROM collector.ticket ORDER BY id");

test("a file is imported whole, and the same again changes nothing", async () => {
  const file = `\uFEFF${HEAD}T-1,2026-11-09T08:00:00Z,2026-11-09T10:00:00Z\n"T-2",2026-11-09T09:00:00+01:00,\n`;
  expect(await send("tickets", file)).toEqual({ status: 200, body: { imported: 2 } });
  const once = await tickets();
  expect(once).toEqual([
    { id: "T-1", opened_at: new Date("2026-11-09T08:00:00Z"), resolved_at: new Date("2026-11-09T10:00:00Z") },
    { id: "T-2", opened_at: new Date("2026-11-09T08:00:00Z"), resolved_at: null },
  ]);
  expect((await send("tickets", file)).status).toBe(200);
  expect(await tickets()).toEqual(once);
  // A ticket that was resolved meanwhile, twice in one file: the last line is the newest.
  await send("tickets", `${HEAD}T-2,2026-11-09T08:00:00Z,\nT-2,2026-11-09T08:00:00Z,2026-11-10T08:00:00Z\n`);
  expect((await tickets())[1]).toMatchObject({ resolved_at: new Date("2026-11-10T08:00:00Z") });
});

test.each([
  [
    "tickets",
    "id,opened\n1,2\n",
    "its columns must be id, opened_at, resolved_at: opened_at, resolved_at is missing; opened is not known",
  ],
  [
    "tickets",
    `${HEAD}1,2026-11-09T08:00:00Z,\n2,yesterday,\n`,
    "in row 2 opened_at is wrong: must be a moment such as 2026-11-09T08:30:00Z",
  ],
  [
    "tickets",
    `${HEAD}1,2026-11-09T08:00:00Z,2026-11-08T08:00:00Z\n`,
    "in row 1 resolved_at is wrong: must not be before opened_at",
  ],
  ["tickets", `${HEAD}1,2099-11-09T08:00:00Z,\n`, "in row 1 opened_at is wrong: must not lie in the future"],
  ["tickets", `${HEAD}1,2026-11-09T08:00:00Z\n`, "line 2 is no CSV"],
  [
    "nps",
    "id,answered_at,score\n1,2026-11-09T08:00:00Z,-1\n",
    "in row 1 score is wrong: must be a whole number from 0 to 10",
  ],
  ["nps", "id,answered_at,score\n1,2026-11-09T08:00:00Z,11\n", "in row 1 score is wrong"],
  [
    "nps",
    "id,answered_at,score,comment\n1,2026-11-09T08:00:00Z,9,<img src=x onerror=alert(1)>\n",
    "in row 1 comment is wrong: must be plain text without HTML",
  ],
  [
    "nps",
    `id,answered_at,score,comment\n1,2026-11-09T08:00:00Z,9,${"x".repeat(501)}\n`,
    "in row 1 comment is wrong",
  ],
])(
  "%s that are wrong are refused with one sentence, and nothing of them is kept: %j",
  async (name, file, reason) => {
    const { status, body } = await send(name, file);
    expect(status).toBe(422);
    expect(body).toMatchObject({ error: { code: "invalid_rows", message: expect.stringContaining(reason) } });
    expect((body as unknown as { error: { message: string } }).error.message).toMatch(
      /: nothing was imported$/,
    );
    expect(
      await bed.rows("SELECT FROM collector.ticket UNION ALL SELECT FROM collector.nps_response"),
    ).toHaveLength(0);
  },
);

test("a mistake far into a large file leaves nothing of it", async () => {
  const rows = (count: number, last: string) =>
    Readable.toWeb(
      Readable.from(
        (function* () {
          yield HEAD;
          for (let i = 0; i < count; i += 1_000) {
            yield Array.from({ length: 1_000 }, (_, n) => `T-${i + n},2026-11-09T08:00:00Z,\n`).join("");
          }
          yield last;
        })(),
      ),
    ) as ReadableStream;
  const bad = await send("tickets", rows(30_000, "T-x,now,\n"));
  expect(bad).toMatchObject({ status: 422 });
  expect(JSON.stringify(bad.body)).toContain("in row 30001 opened_at is wrong");
  expect(await tickets()).toHaveLength(0);
  expect(await send("tickets", rows(30_000, ""))).toEqual({ status: 200, body: { imported: 30_000 } });
});

test("a JSON list does for a few rows, with the same rules", async () => {
  const row = { id: "a", answered_at: "2026-11-09T08:00:00Z", score: 9, comment: "I <3 it & more" };
  const json = "application/json";
  expect(await send("nps", JSON.stringify([row]), json)).toEqual({ status: 200, body: { imported: 1 } });
  expect(await bed.rows("SELECT score, comment FROM collector.nps_response")).toEqual([
    { score: 9, comment: "I <3 it & more" },
  ]);
  expect((await send("nps", JSON.stringify([{ ...row, score: 9.5 }]), json)).status).toBe(422);
  expect((await send("nps", JSON.stringify({ rows: [row] }), json)).status).toBe(422);
  expect((await send("nps", JSON.stringify(Array(1_001).fill(row)), json)).status).toBe(422);
  expect((await send("nps", "{", json)).status).toBe(400);
});

test("nobody without the token gets in, and what is not there says so", async () => {
  expect((await ask("/api/top/search-terms", { headers: { authorization: "Bearer no" } })).status).toBe(401);
  expect((await ask("/api/reports", { headers: { authorization: "" } })).status).toBe(401);
  expect((await send("salaries", HEAD)).status).toBe(404);
  expect((await send("tickets", HEAD, "application/xml")).status).toBe(415);
  expect((await ask("/api/top/names")).status).toBe(404);
  expect((await ask("/api/reports/2026-W99")).status).toBe(404);
  expect(await ask("/api/top/profiles")).toEqual({
    status: 200,
    body: { columns: ["Person", "Company", "Views", "People"], rows: [] },
  });
});

test("accepted and refused rows are counted apart", async () => {
  const text = await metrics.registry.metrics();
  expect(text).toMatch(
    /watchkeeper_imported_rows_total\{import_name="tickets",import_result="accepted"\} 3000\d/,
  );
  expect(text).toMatch(/watchkeeper_imported_rows_total\{import_name="nps",import_result="refused"\} [1-9]/);
});
