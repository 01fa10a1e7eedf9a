import { Client } from "pg";
import { createClient } from "redis";

/** Asks a process whether it works. Rejects when it does not, with the reason. */
export type Probe = (signal: AbortSignal) => Promise<void>;

/** Longest time that a probe may take. */
export const PROBE_BUDGET_MS = 3_000;

/** Healthy when the address answers 200. */
export const httpProbe =
  (url: string): Probe =>
  async (signal) => {
    const response = await fetch(url, { signal, redirect: "manual" });
    const body = await response.text();
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${body.slice(0, 200)}`);
  };

/** Healthy when the server logs us in and answers a query. */
export const postgresProbe =
  (url: string): Probe =>
  async () => {
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: PROBE_BUDGET_MS,
      query_timeout: PROBE_BUDGET_MS,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query("select 1");
    } finally {
      await client.end().catch(() => undefined);
    }
  };

/** Healthy when the server logs us in and answers PING. */
export const redisProbe =
  (url: string): Probe =>
  async () => {
    const client = createClient({
      url,
      socket: { reconnectStrategy: false, connectTimeout: PROBE_BUDGET_MS },
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.ping();
    } finally {
      if (client.isOpen) client.destroy();
    }
  };

/** For a process without a port: that it runs is all there is to know. */
export const alwaysHealthy: Probe = () => Promise.resolve();

/** Runs a probe within its time. @returns the reason why the process is not healthy, or undefined */
export async function ask(probe: Probe): Promise<string | undefined> {
  const signal = AbortSignal.timeout(PROBE_BUDGET_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer in ${PROBE_BUDGET_MS} ms`)));
  });
  try {
    await Promise.race([probe(signal), late]);
    return undefined;
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${cause.message}` : message;
  }
}
