import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createApp } from "@watchkeeper/app/app";
import { createDatabase } from "@watchkeeper/app/database";
import { departments } from "@watchkeeper/app/demo/departments";
import { familyNames, givenNames } from "@watchkeeper/app/demo/names";
import { createRandom } from "@watchkeeper/app/demo/random";
import { migrate } from "@watchkeeper/app/migrate";
import { hashPassword } from "@watchkeeper/app/password";
import { createRedis } from "@watchkeeper/app/redis";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { startTestServers } from "@watchkeeper/testing/servers";
import pg from "pg";
import { fillDirectory } from "./app-people.ts";

const PEOPLE = 100_000;
const PASSWORD = "bench-password";
/** What is promised at the 95th percentile. */
const TARGETS_MS = { list: 100, search: 150, create: 50, update: 50 } as const;

type Kind = keyof typeof TARGETS_MS;

/** So many requests a second arrive whether or not the last was answered, of each kind as often as people do it. */
const RATE = 40;
const SECONDS = 60;
const WARM_UP = 200;
const SHARE: Readonly<Record<Kind, number>> = { list: 0.3, search: 0.5, create: 0.08, update: 0.12 };

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? 0;
const rounded = (value: number): number => Math.round(value * 10) / 10;

const roles = async (superuserUrl: string): Promise<{ ownerUrl: string; url: string }> => {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  await client.query("CREATE ROLE directory_app LOGIN PASSWORD 'bench'");
  await client.query("CREATE DATABASE directory");
  await client.end();
  const owner = new URL(superuserUrl);
  owner.pathname = "/directory";
  const app = new URL(owner);
  app.username = "directory_app";
  app.password = "bench";
  return { ownerUrl: owner.href, url: app.href };
};

/** How long the directory takes to answer with 100,000 people, over HTTP, PostgreSQL and Redis, without its caches' help. */
export async function run(print: (line: string) => void): Promise<void> {
  const servers = await startTestServers();
  /** What must be closed whatever happens, so that the run ends. */
  const open: (() => Promise<void>)[] = [];
  try {
    const { ownerUrl, url } = await roles(servers.postgresUrl);
    await migrate(ownerUrl);
    await fillDirectory(ownerUrl, { people: PEOPLE, admins: 20, passwordHash: await hashPassword(PASSWORD) });
    print(`${PEOPLE} people in one company, 20,000 beside them`);

    const log = createLog("app", "silent");
    const metrics = createMetrics();
    const database = createDatabase(url, metrics, log);
    const redis = await createRedis(servers.redisUrl, log);
    const app = createApp({
      metrics,
      database,
      redis,
      log,
      audit: log,
      clock: systemClock,
      cursorSecret: "a secret that only the bench has, long enough",
      limits: { perUser: 1_000_000, perAddress: 1_000_000 },
      corsOrigins: [],
      trustedProxies: [],
      recordUsage: () => undefined,
      page: { script: "", stylesheet: "" },
    });
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    open.push(
      () => new Promise((resolve) => void server.close(() => resolve()).closeAllConnections()),
      () => redis.close(),
      () => database.close(),
    );
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

    let token = "";
    const ask = async (path: string, method = "GET", body?: object) => {
      const response = await fetch(base + path, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      // biome-ignore lint/suspicious/noExplicitAny: the bench looks into whatever came back
      const answer: any = await response.json();
      if (!response.ok) throw new Error(`Cannot measure ${method} ${path} as it answered ${answer.code}`);
      return answer;
    };
    token = (
      await ask("/api/login", "POST", {
        tenant: "large",
        email: "person1@example.example",
        password: PASSWORD,
      })
    ).token;

    const random = createRandom(7);
    const words = [
      ...givenNames,
      ...familyNames,
      ...departments.flatMap(({ name, titles }) => [name, ...titles]),
    ];
    const mistype = (word: string): string => word.slice(0, 3) + word.slice(4);
    const term = (): string => {
      const word = random.pick(words);
      const dice = random.next();
      if (dice < 0.1) return mistype(word);
      return dice < 0.3 ? `${random.pick(givenNames)} ${random.pick(familyNames)}` : word;
    };
    const known: string[] = (await ask("/api/employees?limit=50")).employees.map(
      ({ id }: { id: string }) => id,
    );
    let cursor: string | null = null;
    let made = 0;

    const work: Readonly<Record<Kind, () => Promise<unknown>>> = {
      // A random limit and later pages are what no cache has.
      async list() {
        const from = cursor === null ? "" : `&cursor=${cursor}`;
        const page = await ask(`/api/employees?limit=${10 + random.int(41)}${from}`);
        cursor = page.nextCursor;
      },
      search: () => ask(`/api/employees?limit=${10 + random.int(41)}&q=${encodeURIComponent(term())}`),
      create: () =>
        ask("/api/employees", "POST", {
          name: `${random.pick(givenNames)} ${random.pick(familyNames)}`,
          email: `made${++made}@example.example`,
          title: "Trainee",
          department: "Engineering",
          location: "Lyon",
          phone: "1",
          managerId: random.pick(known),
        }),
      async update() {
        throw new Error("measured apart");
      },
    };

    const times: Record<Kind, number[]> = { list: [], search: [], create: [], update: [] };
    const timed = async (kind: Kind, request: () => Promise<unknown>): Promise<void> => {
      const start = performance.now();
      await request();
      times[kind].push(performance.now() - start);
    };
    const send = async (kind: Kind): Promise<void> => {
      if (kind !== "update") return timed(kind, work[kind]);
      const id = random.pick(known);
      const { version } = await ask(`/api/employees/${id}`);
      const change = { version, title: `Title ${random.int(1_000)}`, phone: String(random.int(1e6)) };
      // Two updates of one person at once are a conflict that a real client would see too: not a time.
      await timed(kind, () => ask(`/api/employees/${id}`, "PATCH", change)).catch((error: Error) => {
        if (!error.message.includes("version_conflict")) throw error;
      });
    };
    const choose = (): Kind => {
      let rest = random.next();
      for (const [kind, share] of Object.entries(SHARE)) {
        rest -= share;
        if (rest < 0) return kind as Kind;
      }
      return "search";
    };

    for (let i = 0; i < WARM_UP; i++) await send(choose());
    for (const kind of Object.keys(times) as Kind[]) times[kind].length = 0;
    const begun = performance.now();
    const underWay: Promise<void>[] = [];
    for (let i = 0; i < RATE * SECONDS; i++) {
      const dueMs = begun + (i * 1_000) / RATE;
      const waitMs = dueMs - performance.now();
      if (waitMs > 0) await systemClock.sleep(waitMs);
      underWay.push(send(choose()));
    }
    await Promise.all(underWay);

    const p95 = {} as Record<Kind, number>;
    for (const kind of Object.keys(TARGETS_MS) as Kind[]) {
      p95[kind] = rounded(percentile(times[kind], 0.95));
      const [median, p99] = [0.5, 0.99].map((share) => rounded(percentile(times[kind], share)));
      print(
        `${kind.padEnd(7)} ${times[kind].length} requests, median ${median} ms, p95 ${p95[kind]} ms (target ${TARGETS_MS[kind]}), p99 ${p99} ms`,
      );
    }
    print(JSON.stringify({ p95_ms: p95 }));
  } finally {
    for (const close of open) await close();
    await servers.stop();
  }
}
