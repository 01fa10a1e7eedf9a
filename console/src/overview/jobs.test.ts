import { expect, test } from "vitest";
import type { Sample } from "../upstream/prometheus.ts";
import { summariseJobs } from "./jobs.ts";

const NOW = 1_772_000_000;
const HOUR = 3_600;

const sample = (job: string, value: number, instance = "a"): Sample => ({ labels: { job, instance }, value });
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();

const none = { lastUp: [], lastDown: [], firstSeen: [], fromSeconds: NOW - 6 * HOUR, nowSeconds: NOW };

test("a job is up since it was last down, and down since it was last up", () => {
  const targets = [sample("app", 1), sample("pager", 0)];
  const firstSeen = [sample("app", none.fromSeconds), sample("pager", none.fromSeconds)];
  const changes = {
    ...none,
    firstSeen,
    lastDown: [sample("app", NOW - 60)],
    lastUp: [sample("pager", NOW - 120)],
  };
  expect(summariseJobs(targets, changes)).toEqual([
    { name: "pager", title: "Pager", targets: 1, targetsUp: 0, since: iso(NOW - 120) },
    { name: "app", title: "Company Directory", targets: 1, targetsUp: 1, since: iso(NOW - 60) },
  ]);
});

test.each([
  ["has not changed for as long as we look", [sample("app", none.fromSeconds + 60)], null],
  ["has been watched for an hour", [sample("app", NOW - HOUR)], iso(NOW - HOUR)],
  ["has been watched for less than a minute", [], iso(NOW)],
])("a job that %s is dated accordingly", (_what, firstSeen, since) => {
  expect(summariseJobs([sample("app", 1)], { ...none, firstSeen })[0]?.since).toBe(since);
});

test("a job with a target that is down is not up", () => {
  const [job] = summariseJobs([sample("app", 1, "a"), sample("app", 0, "b"), sample("app", 1, "c")], none);
  expect(job).toMatchObject({ targets: 3, targetsUp: 2 });
});

test("a job that the catalogue does not know keeps its name, also an odd one", () => {
  const jobs = summariseJobs([sample("my-job", 1), sample("constructor", 1)], none);
  expect(jobs.map(({ title }) => title)).toEqual(["constructor", "my-job"]);
});

test("a probe is not a job that is alive: its prober answers also when what it probes does not", () => {
  expect(summariseJobs([sample("probe", 1), sample("my-job", 1)], none).map(({ name }) => name)).toEqual([
    "my-job",
  ]);
});
