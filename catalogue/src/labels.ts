/**
 * Every label that a metric of ours may carry, in one place.
 *
 * A closed label lists all its values, so that instruments can start every combination at zero and
 * PromQL selectors are checked by the compiler. A bounded label takes values that are known only at run
 * time (a route template, the name of a query) and says how many distinct ones there may ever be.
 * Never a label: an id, a raw URL, a search term, a message, anything that a visitor can choose.
 */
export interface ClosedLabel<Value extends string> {
  readonly kind: "closed";
  readonly description: string;
  readonly values: readonly Value[];
}

export interface BoundedLabel {
  readonly kind: "bounded";
  readonly description: string;
  /** The largest number of distinct values in one process. */
  readonly maxValues: number;
}

const closed = <const Value extends string>(
  description: string,
  values: readonly Value[],
): ClosedLabel<Value> => ({ kind: "closed", description, values });

const bounded = (description: string, maxValues: number): BoundedLabel => ({
  kind: "bounded",
  description,
  maxValues,
});

export const labels = {
  method: closed("HTTP method; any other is OTHER", [
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "OTHER",
  ]),
  route: bounded("Route template such as /api/employees/:id; a path without a route is `unmatched`", 100),
  status: bounded("HTTP status code; 499 when the client went away first", 60),
  tenant: bounded("Name of a customer among those with the most traffic; all the others are `other`", 51),
  request_result: closed("What became of a request; error is an answer of 5xx", ["ok", "error"]),
  login_result: closed("How a login attempt ended", [
    "success",
    "invalid_credentials",
    "rate_limited",
    "sso_error",
    "error",
  ]),
  search_result: closed("What a search found", ["found", "empty", "error"]),
  problem: closed("What the directory's API refused a request for, as in the answer's code", [
    "malformed",
    "invalid_input",
    "invalid_cursor",
    "unknown_manager",
    "unauthenticated",
    "invalid_credentials",
    "wrong_password",
    "forbidden",
    "not_found",
    "duplicate_email",
    "duplicate_tenant",
    "version_conflict",
    "has_reports",
    "reporting_cycle",
    "too_large",
    "unsupported_media_type",
    "rate_limited",
    "internal",
    "busy",
    "unavailable",
  ]),
  query: bounded("Name of a database query, never its SQL", 100),
  cache: closed("Name of a cache", ["session", "profile", "search", "tenant_config"]),
  metric: bounded("Name of a metric whose labels are not all closed", 100),
  error_class: closed("Why a database query failed", [
    "connection",
    "timeout",
    "constraint",
    "conflict",
    "resources",
    "query",
    "other",
  ]),
  redis_command: bounded("Name of a Redis command", 60),
  gc_kind: closed("Kind of a garbage collection", ["major", "minor", "incremental", "weakcb"]),
  level: closed("Severity of a log message", ["trace", "debug", "info", "warn", "error", "fatal"]),
  dependency: closed("Something a service cannot work without", ["postgres", "redis"]),
  journey: bounded("Name of a journey, a row of steps that a probe walks as a person would", 20),
  step: bounded("Name of a step of a journey", 100),
  step_result: closed("How a step of a journey ended; after one that failed the rest of the run is skipped", [
    "ok",
    "failed",
    "skipped",
  ]),
  version: bounded("Version of the running software", 10),
  node_version: bounded("Version of Node.js", 10),
  channel: closed("Way in which the pager reaches people", [
    "slack",
    "email",
    "pagerduty",
    "ntfy",
    "sms",
    "voice",
    "webhook",
  ]),
  severity: closed("What a person must do about an alert", ["page", "ticket", "info"]),
  priority: closed("How bad an incident is: P0 and P1 page, P2 is for working hours, P3 worth knowing", [
    "P0",
    "P1",
    "P2",
    "P3",
  ]),
  alert: bounded("Name of an alert that opened incidents; the pager exports the noisiest", 50),
  verdict: closed("Whether an incident was worth telling people; unjudged until somebody says so", [
    "actionable",
    "noise",
    "unjudged",
  ]),
  escalation_result: closed("What came of a level of an escalation", [
    "paged",
    "nobody_on_call",
    "catch_all",
    "nobody_reached",
  ]),
  readiness_problem: closed("What would keep a page from reaching somebody", [
    "unverified_person",
    "coverage_gap",
    "failing_route",
    "file_not_used",
  ]),
  reconcile_result: closed("What a comparison with Alertmanager put right", [
    "missed_firing",
    "missed_resolve",
    "suppressed",
    "unsuppressed",
    "left_out",
  ]),
  inbox_result: closed("What became of a webhook body", ["accepted", "unauthorized", "unreadable", "failed"]),
  delivery_result: closed("How an attempt to deliver a message ended", [
    "sent",
    "retry",
    "ambiguous",
    "superseded",
    "dead",
  ]),
  business_event: closed("What a person did in the directory", [
    "login",
    "search",
    "empty_search",
    "profile_view",
    "profile_update",
  ]),
  activity_window: closed("How far back activity counts; a month is 30 days", ["day", "week", "month"]),
  feature: closed("Something that people can do in the directory", [
    "search",
    "profile_view",
    "profile_update",
  ]),
  page_phase: closed("A moment in the life of a page: first byte, first and largest paint, loaded", [
    "first_byte",
    "first_paint",
    "largest_paint",
    "loaded",
  ]),
  usage_outcome: closed("What became of an event of use", ["stored", "dropped"]),
  job_name: closed("Name of a scheduled job of the collector", [
    "active-sessions",
    "business-figures",
    "demo-history",
    "reports",
    "retention",
    "top-lists",
    "usage-roll-up",
  ]),
  job_result: closed("How a scheduled run of a job ended", ["success", "failure", "timeout", "skipped"]),
  import_name: closed("What an import brings in", ["nps", "tickets"]),
  import_result: closed("What became of an import's rows", ["accepted", "refused"]),
  report_kind: closed("How long a report's period is", ["week", "month"]),
  report_result: closed("How an attempt to mail a report ended", ["sent", "refused", "unsure"]),
  line_result: closed("What became of a log line on its way to Loki", ["shipped", "dropped", "refused"]),
  span_result: closed("What became of a span: unsampled ones were neither slow nor wrong nor in the sample", [
    "exported",
    "unsampled",
    "dropped",
  ]),
} as const satisfies Record<string, ClosedLabel<string> | BoundedLabel>;

export type LabelName = keyof typeof labels;

/** The values of a label: the closed set where there is one, any string otherwise. */
export type LabelValue<Name extends LabelName> =
  (typeof labels)[Name] extends ClosedLabel<infer Value> ? Value : string;
