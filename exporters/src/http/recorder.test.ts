import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import express, { type Request, type Response } from "express";
import { expect, test } from "vitest";
import { parseExposition } from "../exposition.ts";
import { createMetrics } from "../metrics.ts";
import { exposeText } from "../scrape/expose.ts";
import { createRecorder } from "./recorder.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

const HALF = 500_000;

/** The server itself lets no unknown method in; here nothing stands before the instrument. */
test("a million different paths, methods and headers, and 100,000 tenants, do not make memory grow", async () => {
  const metrics = createMetrics();
  const recorder = createRecorder(express(), metrics, { tenantOf: ({ locals }) => locals.tenant });
  const visit = (i: number): void => {
    const url = `/${i}/${"x".repeat(i % 40)}?q=term-${i}`;
    const headers = { [`x-${i}`]: String(i), "user-agent": `agent ${i}` };
    const request = { method: `METHOD-${i}`, url, originalUrl: url, headers } as unknown as Request;
    const response = { locals: { tenant: `tenant-${Math.floor(i / 10)}` } } as unknown as Response;
    recorder.begin();
    recorder.end(request, response, 200 + (i % 400), 1, 100, 200);
  };
  for (let i = 0; i < HALF; i++) visit(i);
  const before = heapInUse();
  for (let i = HALF; i < 2 * HALF; i++) visit(i);
  expect(heapInUse() - before).toBeLessThan(1e6);

  const families = parseExposition(await exposeText(metrics.registry));
  const counts = (name: string) => families.find((family) => family.name === name)?.samples ?? [];
  const sum = (name: string): number => counts(name).reduce((total, { value }) => total + value, 0);
  expect([sum("http_requests_total"), sum("tenant_requests_total")]).toEqual([2 * HALF, 2 * HALF]);
  const samples = families.flatMap((family) => family.samples);
  expect(new Set(samples.map(({ labels }) => labels.method))).toEqual(new Set([undefined, "OTHER"]));
  expect(samples.length).toBeLessThan(20_000);
});
