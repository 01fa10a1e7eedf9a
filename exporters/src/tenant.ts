import { labels } from "@watchkeeper/catalogue/labels";
import { tenantRequestDurationSeconds, tenantRequestsTotal } from "@watchkeeper/catalogue/metrics/tenant";
import { createHeaviest } from "./heaviest.ts";
import type { Metrics } from "./metrics.ts";
import { OVERFLOW_VALUE } from "./series/label-bounds.ts";

/** Tenants that are counted under their names at a time; as many again may rest. `other` takes the last value. */
export const NAMED_AT_ONCE = (labels.tenant.maxValues - 1) / 2;

/** How often it is asked who the largest are. */
export const TERM_MS = 60_000;

/** A series that rests is still exported for so long: the longest window over which rates are read. */
export const REST_MS = 60 * 60_000;

/** A newcomer must be this many times as large as whom it replaces, or equals would change places all the time. */
const CLEARLY = 2;

/** Far more names than there are places, so that a large newcomer is seen among many small ones. */
const REMEMBERED_OUTSIDERS = 200;

export interface TenantCounts {
  /**
   * Counts one answered request.
   *
   * @param status of the answer; 500 and above is an error of ours
   * @param seconds that it took
   */
  count(tenant: string, status: number, seconds: number): void;
}

/*
 *   unknown ──(a place is free, or clearly larger than the smallest)──► named ──(replaced)──► resting ──► unknown
 *   counted as `other`                                                  ▲  own series         │ series stays as it
 *                                                                       └──(large again)──────┘ is; now `other`
 *
 * A request is counted in exactly one series and never moves to another: no counter ever goes back or jumps. A resting
 * series ends only when its place is needed and no window can reach back to its last change.
 */
interface Known {
  requests: number;
  /** Undefined while named. */
  restingSinceMs: number | undefined;
}

/**
 * Counts requests by tenant for those with the most traffic, and all others together as `other`.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function exportTenants(metrics: Metrics, now: () => number = () => performance.now()): TenantCounts {
  const requests = metrics.counter(tenantRequestsTotal);
  const duration = metrics.histogram(tenantRequestDurationSeconds);
  for (const request_result of labels.request_result.values) {
    requests.inc({ tenant: OVERFLOW_VALUE, request_result }, 0);
  }

  const known = new Map<string, Known>();
  const outsiders = createHeaviest(REMEMBERED_OUTSIDERS);
  let namedCount = 0;
  let termEndsMs = now() + TERM_MS;

  function name(tenant: string): void {
    const place = known.get(tenant);
    if (place) place.restingSinceMs = undefined;
    else known.set(tenant, { requests: 0, restingSinceMs: undefined });
    outsiders.forget(tenant);
    namedCount++;
  }

  /** Frees the place of whoever has rested longest. @returns false while everybody must still be exported */
  function makeRoom(nowMs: number): boolean {
    if (known.size < 2 * NAMED_AT_ONCE) return true;
    let longest: { tenant: string; sinceMs: number } | undefined;
    for (const [tenant, { restingSinceMs: sinceMs }] of known) {
      if (sinceMs !== undefined && (!longest || sinceMs < longest.sinceMs)) longest = { tenant, sinceMs };
    }
    if (!longest || nowMs - longest.sinceMs < REST_MS) return false;
    const { tenant } = longest;
    known.delete(tenant);
    for (const request_result of labels.request_result.values) requests.remove({ tenant, request_result });
    duration.remove({ tenant });
    return true;
  }

  const smallest = (): Known | undefined =>
    [...known.values()]
      .filter(({ restingSinceMs }) => restingSinceMs === undefined)
      .sort((a, b) => a.requests - b.requests)[0];

  const largestOutsider = (): { tenant: string; requests: number } | undefined =>
    [...known]
      .filter(([, { restingSinceMs }]) => restingSinceMs !== undefined)
      .map(([tenant, { requests }]) => ({ tenant, requests }))
      .concat(
        [outsiders.first()].flatMap((first) => (first ? { tenant: first.name, requests: first.count } : [])),
      )
      .sort((a, b) => b.requests - a.requests)[0];

  function endTerm(nowMs: number): void {
    for (let changes = 0; changes < NAMED_AT_ONCE; changes++) {
      const outsider = largestOutsider();
      const replaced = smallest();
      if (!outsider || !replaced || outsider.requests <= CLEARLY * replaced.requests) break;
      if (!known.has(outsider.tenant) && !makeRoom(nowMs)) break;
      replaced.restingSinceMs = nowMs;
      namedCount--;
      name(outsider.tenant);
      const promoted = known.get(outsider.tenant);
      if (promoted) promoted.requests = outsider.requests;
    }
    for (const place of known.values()) place.requests /= 2;
    outsiders.halve();
    termEndsMs = nowMs + TERM_MS;
  }

  /** The label value under which a request of a tenant is counted. */
  function labelOf(tenant: string): string {
    if (tenant === OVERFLOW_VALUE) return OVERFLOW_VALUE;
    if (!known.has(tenant) && namedCount < NAMED_AT_ONCE) name(tenant);
    const place = known.get(tenant);
    if (!place) {
      outsiders.see(tenant);
      return OVERFLOW_VALUE;
    }
    place.requests++;
    return place.restingSinceMs === undefined ? tenant : OVERFLOW_VALUE;
  }

  return {
    count(name, status, seconds) {
      const nowMs = now();
      if (nowMs >= termEndsMs) endTerm(nowMs);
      const tenant = labelOf(name);
      requests.inc({ tenant, request_result: status >= 500 ? "error" : "ok" });
      duration.observe({ tenant }, seconds);
    },
  };
}
