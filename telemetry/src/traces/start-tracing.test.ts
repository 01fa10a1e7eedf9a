import { context, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { until } from "@watchkeeper/testing/poll";
import {
  answers,
  hangs,
  type Received,
  type Receiver,
  startReceiver,
} from "@watchkeeper/testing/telemetry-receiver";
import { afterEach, expect, test } from "vitest";
import { MAX_WAITING_SPANS } from "./span-queue.ts";
import { startTracing, type Tracing, type TracingOptions } from "./start-tracing.ts";
import { MAX_OPEN_TRACES, MAX_SPANS_PER_TRACE } from "./tail-sampling.ts";

let receiver: Receiver;
let tracing: Tracing;
let tracer: Tracer;
afterEach(async () => {
  await tracing?.close(100);
  await receiver?.close();
});

async function begin(
  options: Partial<TracingOptions> = {},
  ...behaviour: Parameters<typeof startReceiver>
): Promise<void> {
  receiver = await startReceiver(...behaviour);
  tracing = startTracing({
    url: receiver.url,
    service: "app",
    version: "1.2.3",
    environment: "test",
    ratio: 0,
    lingerMs: 5,
    ...options,
  });
  tracer = trace.getTracer("test");
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: { stringValue: string } }[] };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[];
  }[];
}

const namesOf = (received: readonly Received[]): string[] =>
  received
    .flatMap(({ body }) => (body as Exported).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans.map(({ name }) => name));

function request(name: string, { fails = false, ms = 0 } = {}): void {
  const start = Date.now();
  const root = tracer.startSpan(name, { root: true, startTime: start });
  context.with(trace.setSpan(context.active(), root), () => {
    tracer.startSpan(`${name} query`, { startTime: start }).end(start + 1);
  });
  if (fails) root.setStatus({ code: SpanStatusCode.ERROR });
  root.end(start + ms);
}

test("a trace with an error and a slow one are kept whole, a dull one is not", async () => {
  await begin({ slowMs: 300 });
  request("dull", { ms: 299 });
  request("slow", { ms: 300 });
  request("wrong", { fails: true });
  await tracing.close();
  expect(namesOf(receiver.received).sort()).toEqual(["slow", "slow query", "wrong", "wrong query"]);
  expect(tracing.counts()).toEqual({ exported: 4, unsampled: 2, dropped: 0 });
  expect(receiver.received[0]?.path).toBe("/v1/traces");
  const attributes = receiver.received
    .flatMap(({ body }) => (body as Exported).resourceSpans)
    .flatMap(({ resource }) => resource.attributes);
  expect(Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))).toEqual({
    "service.name": "app",
    "service.version": "1.2.3",
    "deployment.environment.name": "test",
  });
});

test("an error deep inside keeps the whole trace", async () => {
  await begin();
  const root = tracer.startSpan("request", { root: true });
  const query = tracer.startSpan("query", {}, trace.setSpan(context.active(), root));
  query.setStatus({ code: SpanStatusCode.ERROR });
  query.end();
  root.end();
  await tracing.close();
  expect(namesOf(receiver.received).sort()).toEqual(["query", "request"]);
});

test("the share of unremarkable traces that is kept follows the trace's id", async () => {
  await begin({ ratio: 0.25, slowMs: 60_000 });
  for (let i = 0; i < 400; i += 1) request("r");
  await tracing.close();
  const { exported, unsampled } = tracing.counts();
  expect(exported + unsampled).toBe(800);
  // 100 of 400 on average; eight standard deviations either side.
  expect(exported / 2).toBeGreaterThan(30);
  expect(exported / 2).toBeLessThan(170);
});

test("a trace that our caller keeps is kept here too", async () => {
  await begin();
  const caller = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", isRemote: true };
  for (const traceFlags of [0, 1]) {
    const parent = trace.setSpanContext(context.active(), { ...caller, traceFlags });
    tracer.startSpan(`flags ${traceFlags}`, {}, parent).end();
  }
  await tracing.close();
  expect(namesOf(receiver.received)).toEqual(["flags 1"]);
});

test.each([
  ["hangs", hangs],
  ["answers 500", answers(500)],
])(
  "a collector that %s costs bounded memory, and every span that is lost is counted",
  async (_, behaviour) => {
    const health: (string | undefined)[] = [];
    await begin({ ratio: 1, onHealth: (reason) => health.push(reason) }, behaviour);
    const requests = MAX_WAITING_SPANS;
    for (let i = 0; i < requests; i += 1) request("r");
    await until("an overflow", () => (tracing.counts().dropped > 0 ? true : undefined));
    const { exported, dropped } = tracing.counts();
    expect(exported).toBe(0);
    expect(2 * requests - dropped).toBeLessThanOrEqual(MAX_WAITING_SPANS + 512);
    await tracing.close(100);
  },
);

test("more spans than a batch holds arrive in batches, one after the other", async () => {
  await begin({ ratio: 1 });
  for (let i = 0; i < 700; i += 1) request("r");
  await tracing.close();
  expect(namesOf(receiver.received)).toHaveLength(1_400);
  expect(tracing.counts()).toEqual({ exported: 1_400, unsampled: 0, dropped: 0 });
});

test("a request that never ends and one with endless spans are bounded", async () => {
  await begin();
  for (let i = 0; i < MAX_OPEN_TRACES + 10; i += 1) tracer.startSpan("never ends", { root: true });
  expect(tracing.counts().dropped).toBe(10);
  const root = tracer.startSpan("loop", { root: true });
  const inside = trace.setSpan(context.active(), root);
  for (let i = 0; i < MAX_SPANS_PER_TRACE + 5; i += 1) tracer.startSpan("step", {}, inside).end();
  expect(tracing.counts().dropped).toBe(10 + 1 + 5);
});
