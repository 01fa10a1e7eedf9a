import { until } from "@watchkeeper/testing/poll";
import {
  answers,
  hangs,
  type Received,
  type Receiver,
  startReceiver,
} from "@watchkeeper/testing/telemetry-receiver";
import { afterEach, expect, test } from "vitest";
import { MAX_LINE_LENGTH } from "./batch.ts";
import { createLogShipper, type LogShipper, type ShipperOptions } from "./ship-logs.ts";

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function loki(...behaviour: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...behaviour);
  opened.push(receiver.close);
  return receiver;
}

function ship(url: string, options: Partial<ShipperOptions> = {}): LogShipper {
  const shipper = createLogShipper({
    target: { url },
    labels: { service: "app", env: "test" },
    lingerMs: 10,
    firstPauseMs: 10,
    ...options,
  });
  opened.push(() => shipper.close(100));
  return shipper;
}

interface Push {
  readonly streams: readonly {
    readonly stream: Readonly<Record<string, string>>;
    readonly values: readonly (readonly [string, string, object?])[];
  }[];
}

const streamsOf = (received: readonly Received[]) => received.flatMap(({ body }) => (body as Push).streams);
const linesOf = (received: readonly Received[]) =>
  streamsOf(received).flatMap(({ values }) => values.map(([, line]) => line));

test("lines travel together, one stream for each level, in the order in which they were written", async () => {
  const receiver = await loki();
  const shipper = ship(receiver.url);
  shipper.write("info", '{"message":"one"}');
  shipper.write("error", '{"message":"wrong"}');
  shipper.write("info", '{"message":"two"}');
  await shipper.close();

  const [push, ...more] = receiver.received;
  expect(more).toEqual([]);
  expect(push).toMatchObject({
    path: "/loki/api/v1/push",
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
    body: {
      streams: [
        {
          stream: { service: "app", env: "test", level: "info" },
          values: [
            [expect.stringMatching(/^\d{19}$/), '{"message":"one"}'],
            [expect.stringMatching(/^\d{19}$/), '{"message":"two"}'],
          ],
        },
        { stream: { level: "error" }, values: [[expect.anything(), '{"message":"wrong"}']] },
      ],
    },
  });
  const times = streamsOf(receiver.received)[0]?.values.map(([time]) => BigInt(time)) ?? [];
  expect(times[1]).toBeGreaterThan(times[0] ?? 0n);
  expect(shipper.counts()).toEqual({ written: 3, shipped: 3, dropped: 0, refused: 0 });
});

test("a line within a trace carries it as metadata, and a visitor cannot forge it", async () => {
  const receiver = await loki();
  const shipper = ship(receiver.url);
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  shipper.write("info", JSON.stringify({ traceId, message: "in a trace" }));
  shipper.write("info", JSON.stringify({ agent: `"traceId":"${traceId}"` }));
  await shipper.close();
  expect(streamsOf(receiver.received)[0]?.values.map(([, , metadata]) => metadata)).toEqual([
    { trace_id: traceId },
    undefined,
  ]);
});

test("who did what is a stream apart", async () => {
  const receiver = await loki();
  const shipper = ship(receiver.url);
  shipper.write("info", '{"message":"signed in"}', "audit");
  shipper.write("info", '{"message":"request"}');
  await shipper.close();
  expect(streamsOf(receiver.received).map(({ stream }) => stream)).toEqual([
    { service: "app", env: "test", level: "info", stream: "audit" },
    { service: "app", env: "test", level: "info" },
  ]);
});

test("a line that is too long for Loki is cut and says so", async () => {
  const receiver = await loki();
  const shipper = ship(receiver.url);
  shipper.write("info", "x".repeat(MAX_LINE_LENGTH + 1));
  await shipper.close();
  expect(linesOf(receiver.received)).toEqual([`${"x".repeat(MAX_LINE_LENGTH)}… (cut)`]);
});

test("the token and the tenant go along, and nowhere else when Loki redirects", async () => {
  const elsewhere = await loki();
  const receiver = await loki(answers(307, { location: `${elsewhere.url}/loki/api/v1/push` }));
  const shipper = ship(receiver.url, { target: { url: receiver.url, token: "t0ken", tenant: "team" } });
  shipper.write("info", "{}");
  await shipper.close(200);
  expect(receiver.received[0]?.headers).toMatchObject({
    authorization: "Bearer t0ken",
    "x-scope-orgid": "team",
  });
  expect(elsewhere.received).toEqual([]);
});

test.each([
  ["503", answers(503)],
  ["429 with a time to wait", answers(429, { "retry-after": "0" })],
])("nothing is lost when Loki answers %s for a while", async (_, behaviour) => {
  const health: (string | undefined)[] = [];
  const receiver = await loki(behaviour);
  const shipper = ship(receiver.url, { onHealth: (reason) => health.push(reason) });
  for (let i = 0; i < 500; i += 1) shipper.write("info", `{"i":${i}}`);
  await until("two refusals", () => (receiver.received.length >= 2 ? true : undefined));
  expect(shipper.counts().shipped).toBe(0);
  const before = receiver.received.length;
  receiver.behave((response) => void response.writeHead(204).end());
  await until("the lines", () => (shipper.counts().shipped === 500 ? true : undefined));
  expect(linesOf(receiver.received.slice(before)).slice(-500)).toEqual(
    Array.from({ length: 500 }, (_, i) => `{"i":${i}}`),
  );
  expect(health).toEqual([expect.stringMatching(/^HTTP (503|429)$/), undefined]);
});

test("what Loki refuses for good is counted and not sent again", async () => {
  const receiver = await loki(answers(400));
  const shipper = ship(receiver.url);
  shipper.write("info", "{}");
  await shipper.close();
  expect(shipper.counts()).toEqual({ written: 1, shipped: 0, dropped: 0, refused: 1 });
  expect(receiver.received).toHaveLength(1);
});

test("a full backlog drops the oldest lines, counts them and keeps the newest", async () => {
  const receiver = await loki(answers(503));
  const shipper = ship(receiver.url, { maxBacklogBytes: 2_000, firstPauseMs: 100 });
  // Random text does not shrink, so that a few batches fill the backlog.
  const filler = () => Array.from({ length: 40 }, () => Math.random().toString(36).slice(2)).join("");
  let written = 0;
  await until("a drop", () => {
    shipper.write("info", JSON.stringify({ i: written, filler: filler() }));
    written += 1;
    return shipper.counts().dropped > 0 ? true : undefined;
  });
  receiver.behave((response) => void response.writeHead(204).end());
  await shipper.close();
  const { shipped, dropped, refused } = shipper.counts();
  expect(shipped + dropped + refused).toBe(written);
  expect(shipped).toBeGreaterThan(0);
  expect(linesOf(receiver.received).at(-1)).toContain(`{"i":${written - 1},`);
});

test.each([
  ["hangs", async () => (await loki(hangs)).url],
  ["refuses the connection", async () => "http://127.0.0.1:9"],
])(
  "a Loki that %s delays the end for the given time only, and what is left counts as dropped",
  async (_, find) => {
    const shipper = ship(await find());
    for (let i = 0; i < 100; i += 1) shipper.write("warn", `{"i":${i}}`);
    const start = performance.now();
    await shipper.close(150);
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(shipper.counts()).toEqual({ written: 100, shipped: 0, dropped: 100, refused: 0 });
  },
);

test("a process that never pauses does not fill the memory", async () => {
  const receiver = await loki();
  const shipper = ship(receiver.url);
  const line = JSON.stringify({ filler: "x".repeat(1_000) });
  for (let i = 0; i < 20_000; i += 1) shipper.write("info", line);
  expect(shipper.counts().dropped).toBeGreaterThan(5_000);
  await shipper.close();
  const { shipped, dropped } = shipper.counts();
  expect(shipped + dropped).toBe(20_000);
  expect(linesOf(receiver.received)).toHaveLength(shipped);
});
