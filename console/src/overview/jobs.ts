import { PROBE_JOB } from "@watchkeeper/catalogue/names";
import { type ServiceName, services } from "@watchkeeper/catalogue/services";
import type { Sample } from "../upstream/prometheus.ts";
import type { Job } from "./model.ts";

const titleOf = (job: string): string =>
  Object.hasOwn(services, job) ? services[job as ServiceName].title : job;

const isUp = ({ value }: Sample): boolean => value === 1;

/** @param seconds Unix time; undefined and Infinity stand for "not within what we looked at" */
const isoOf = (seconds: number | undefined): string | null =>
  seconds === undefined || !Number.isFinite(seconds) ? null : new Date(seconds * 1_000).toISOString();

export interface Changes {
  readonly lastUp: readonly Sample[];
  readonly lastDown: readonly Sample[];
  readonly firstSeen: readonly Sample[];
  /** Where the look back begins, Unix seconds: a target first seen then may be much older. */
  readonly fromSeconds: number;
  /** Unix seconds; a target of which nothing was seen until now is that new. */
  readonly nowSeconds: number;
}

/** The latest of what samples of one job say. */
const latest = (samples: readonly Sample[], job: string): number | undefined => {
  const values = samples.filter(({ labels }) => labels.job === job).map(({ value }) => value);
  return values.length === 0 ? undefined : Math.max(...values);
};

/**
 * One line per job: down ones first, then by title. A job with a target that is down counts as down. Probes are left
 * out, since what they find has a panel of its own.
 */
export function summariseJobs(targets: readonly Sample[], changes: Changes): readonly Job[] {
  const names = [...new Set(targets.map(({ labels }) => labels.job ?? ""))].filter(
    (job) => job !== PROBE_JOB,
  );
  const jobs = names.map((name): Job => {
    const own = targets.filter(({ labels }) => labels.job === name);
    const targetsUp = own.filter(isUp).length;
    const changed = latest(targetsUp === own.length ? changes.lastDown : changes.lastUp, name);
    const first = latest(changes.firstSeen, name) ?? changes.nowSeconds;
    const watchedSince = first > changes.fromSeconds + 120 ? first : undefined;
    return {
      name,
      title: titleOf(name),
      targets: own.length,
      targetsUp,
      since: isoOf(changed ?? watchedSince),
    };
  });
  const isDown = (job: Job): number => (job.targetsUp < job.targets ? 0 : 1);
  return jobs.sort((a, b) => isDown(a) - isDown(b) || a.title.localeCompare(b.title));
}
