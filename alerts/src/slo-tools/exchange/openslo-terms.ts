/** What stands in both the OpenSLO files that are read and those that are written. */
export const OPENSLO = "openslo/v1";

/** What OpenSLO has no field for stands in annotations of ours. */
const annotation = (name: string): string => `watchkeeper/${name}`;
export const annotations = {
  owner: annotation("owner"),
  urgency: annotation("urgency"),
  preset: annotation("preset"),
  mayBeIdle: annotation("may-be-idle"),
  per: annotation("per"),
  days: annotation("traffic-days"),
  board: annotation("board"),
  meaning: annotation("runbook-meaning"),
  impact: annotation("runbook-impact"),
  firstQuery: annotation("runbook-first-query"),
  diagnosis: annotation("runbook-diagnosis"),
  mitigation: annotation("runbook-mitigation"),
  rollback: annotation("runbook-rollback"),
} as const;

/** Steps stand one to a line. */
export const STEP_BREAK = "\n";
