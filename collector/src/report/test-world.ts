import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EVALUATION_SECONDS } from "@watchkeeper/catalogue/compliance";
import { sloSeries } from "@watchkeeper/catalogue/names";
import { slos } from "@watchkeeper/catalogue/slos/all";
import type { PastSeries } from "@watchkeeper/testing/prometheus";

const HOUR = 3_600;

export const at = (iso: string): number => Date.parse(iso) / 1_000;

/** The weeks of the tests, in UTC. What happened in each is below. */
export const weeks = {
  outage: "2026-W40",
  noTraffic: "2026-W42",
  oneDay: "2026-W44",
  empty: "2026-W46",
} as const;

/** From Monday 00:00 on; of the third week only the Wednesday was measured. */
const measured = [
  { from: at("2026-09-28T00:00:00Z"), to: at("2026-10-05T00:00:00Z"), perStep: 10 },
  { from: at("2026-10-12T00:00:00Z"), to: at("2026-10-19T00:00:00Z"), perStep: 0 },
  { from: at("2026-10-28T00:00:00Z"), to: at("2026-10-29T00:00:00Z"), perStep: 10 },
] as const;

/** Half an hour on Thursday in which everything failed. */
export const outage = { from: at("2026-10-01T09:00:00Z"), to: at("2026-10-01T09:30:00Z") } as const;

/** Two promises are enough for a test: one that broke in the outage, one that did not. */
export const promises = slos.filter(({ name }) => ["DirectoryAvailability", "DirectoryLogin"].includes(name));

type Samples = readonly (readonly [number, number])[];

function recordedOf(slo: string, breaks: boolean): readonly PastSeries[] {
  const deltas: [number, number][] = [];
  const errors: [number, number][] = [];
  const sums: [number, number][] = [];
  const errorSums: [number, number][] = [];
  const left: [number, number][] = [];
  let events = 0;
  let failed = 0;
  for (const { from, to, perStep } of measured) {
    for (let second = from + EVALUATION_SECONDS; second <= to; second += EVALUATION_SECONDS) {
      const bad = breaks && second > outage.from && second <= outage.to ? perStep : 0;
      events += perStep;
      failed += bad;
      deltas.push([second, perStep]);
      errors.push([second, bad]);
      sums.push([second, events]);
      errorSums.push([second, failed]);
      if (second % HOUR === 0) left.push([second, breaks ? -1.5 : 0.9]);
    }
  }
  const first = measured[0].from + EVALUATION_SECONDS;
  const born: Samples = measured.map(({ from }) => [from + EVALUATION_SECONDS, first]);
  const series = (name: string, samples: Samples): PastSeries => ({
    series: `${name}{slo="${slo}"}`,
    samples,
  });
  return [
    series(sloSeries.eventsDelta, deltas),
    series(sloSeries.errorsDelta, errors),
    series(sloSeries.eventsCumulative, sums),
    series(sloSeries.errorsCumulative, errorSums),
    series(sloSeries.budgetRemaining, left),
    series(sloSeries.born, born),
  ];
}

/** Requests of the outage week, every ten minutes: 100 in 50 ms, and in the outage 100 that failed. */
function requests(): readonly PastSeries[] {
  const labels = 'job="app",instance="a",method="GET",route="/api/employees"';
  const count = (during: (second: number) => boolean): [number, number][] => {
    const samples: [number, number][] = [];
    let sum = 0;
    for (let second = measured[0].from; second <= measured[0].to; second += 600) {
      sum += during(second) ? 100 : 0;
      samples.push([second, sum]);
    }
    return samples;
  };
  const inOutage = (second: number): boolean => second > outage.from && second <= outage.to;
  const good = count((second) => !inOutage(second));
  return [
    { series: `http_requests_total{${labels},status="200"}`, samples: good },
    { series: `http_requests_total{${labels},status="503"}`, samples: count(inOutage) },
    ...["0.05", "0.1", "+Inf"].map((le) => ({
      series: `http_request_duration_seconds_bucket{${labels},status="200",le="${le}"}`,
      samples: good.map(([second, value]) => [second, le === "0.05" ? value * 0.9 : value] as const),
    })),
    { series: `http_request_duration_seconds_count{${labels},status="200"}`, samples: good },
  ];
}

/** Everything that Prometheus has recorded. */
export const past = (): readonly PastSeries[] => [
  ...promises.flatMap(({ name }) => recordedOf(name, name === "DirectoryAvailability")),
  ...requests(),
];

const incident = (number: number, fields: Record<string, unknown>) => ({
  id: `00000000-0000-4000-8000-00000000000${number}`,
  number,
  title: "HighErrorRate: Requests fail.",
  severity: "page",
  state: "resolved",
  service: "app",
  startedAt: "2026-10-01T09:05:00Z",
  resolvedAt: "2026-10-01T09:35:00Z",
  ...fields,
});

/** The outage's page, which somebody took on; a brief page in the night before; a ticket that is still open. */
const incidents = [
  incident(7, {
    severity: "ticket",
    state: "triggered",
    title: "DiskFillsUp: A disk fills up.",
    startedAt: "2026-10-02T12:00:00Z",
    resolvedAt: null,
  }),
  incident(6, {}),
  incident(5, {
    title: "EventLoopBlocked: <b>slow</b>",
    startedAt: "2026-09-30T02:00:00Z",
    resolvedAt: "2026-09-30T02:06:00Z",
  }),
];

/** Speaks as much of the pager's API as reports ask for. */
export async function startTestPager(token: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const number = Number(/\/api\/incidents\/(\d+)$/.exec(request.url ?? "")?.[1]);
    const isAllowed = request.headers.authorization === `Bearer ${token}`;
    const details = {
      timeline: [{ kind: "opened" }, ...(number === 6 ? [{ kind: "acknowledged" }] : [])],
      deliveries: [{ state: "sent" }, { state: number === 6 ? "sent" : "dead" }],
    };
    response.writeHead(isAllowed ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(Number.isNaN(number) ? { incidents } : details));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
