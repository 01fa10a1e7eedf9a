import { createHash } from "node:crypto";
import { z } from "zod";
import { type AlertFact, incidentKeyOf } from "../incidents/fact.ts";
import { priorityOf } from "../incidents/priority.ts";
import { parseSeverity } from "../incidents/severity.ts";

/** Senders of other makes write numbers and truth values; what they mean is the same. */
const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
const texts = z.record(z.string(), text).default({});
const instant = z.iso.datetime({ offset: true });

const alertSchema = z.looseObject({
  status: z.enum(["firing", "resolved"]),
  labels: texts,
  annotations: texts,
  startsAt: instant,
  endsAt: instant.optional(),
  fingerprint: z.string().min(1).max(200).optional(),
  // Grafana's own.
  dashboardURL: z.string().optional(),
  panelURL: z.string().optional(),
});

const bodySchema = z.looseObject({
  alerts: z.array(z.unknown()),
  // What only counts must not take the alerts with it.
  truncatedAlerts: z.coerce.number().int().min(0).catch(0),
});

/** Who sends webhooks. Grafana's (version 1) has Alertmanager's shape and some fields more. */
export type WebhookSource = "alertmanager" | "grafana";

/** What a body of Alertmanager's webhook (version 4) or Grafana's says. */
export interface Payload {
  readonly facts: readonly AlertFact[];
  /** The Watchdog alert fires: the whole path from Prometheus to here works. */
  readonly watchdog: boolean;
  /** Alerts that Alertmanager left out of the body (`max_alerts`). */
  readonly truncatedAlerts: number;
  /** Why the body, or some alerts in it, could not be read; null when all was. */
  readonly unreadable: string | null;
}

const nothing: Omit<Payload, "unreadable"> = { facts: [], watchdog: false, truncatedAlerts: 0 };

/** The label set names an alert; Alertmanager before 0.19 sent no fingerprint of it. */
const fingerprintOf = (labels: Readonly<Record<string, string>>): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(labels).sort()))
    .digest("hex")
    .slice(0, 16);

/** More than anybody reads; the body is kept as it came. */
const MAX_VALUE_LENGTH = 16 * 1024;

/** Cuts off what is too long to be shown, and says so. */
function cutLong(texts: Readonly<Record<string, string>>): Record<string, string> {
  const cut = (value: string): string =>
    value.length <= MAX_VALUE_LENGTH
      ? value
      : `${storableText(value.slice(0, MAX_VALUE_LENGTH))}… (${value.length} characters)`;
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [storableText(cut(name)), cut(value)]),
  );
}

/** The fact that an alert states, in the shape of a webhook or of Alertmanager's API. */
export function factOf(alert: z.infer<typeof alertSchema>, source: WebhookSource): AlertFact {
  const { status, startsAt, endsAt } = alert;
  const [labels, annotations] = [cutLong(alert.labels), cutLong(alert.annotations)];
  const severity = parseSeverity(labels.severity);
  const board = alert.panelURL || alert.dashboardURL;
  return {
    source,
    fingerprint: alert.fingerprint ?? fingerprintOf(alert.labels),
    incidentKey: incidentKeyOf(source, labels.alertname ?? "", labels.service ?? ""),
    status,
    factAt: status === "firing" ? startsAt : resolvedAt(startsAt, endsAt),
    startsAt,
    expiresAfterMs: null,
    severity,
    priority: priorityOf(labels, severity),
    labels,
    annotations: { ...(board ? { dashboard_url: board } : {}), ...annotations },
  };
}

/** An end that is missing or before the start says only that the alert is over by now. */
const resolvedAt = (startsAt: string, endsAt: string | undefined): string | null =>
  endsAt !== undefined && Date.parse(endsAt) >= Date.parse(startsAt) ? endsAt : null;

const firstIssue = (error: z.ZodError): string => {
  const issue = error.issues[0];
  return issue ? `${issue.path.join(".") || "body"}: ${issue.message}` : "unknown shape";
};

/** PostgreSQL's text holds neither the character NUL nor half of a surrogate pair; nothing that people read needs them. */
const storableText = (value: string): string =>
  /[\0\ud800-\udfff]/.test(value) ? Buffer.from(value.replaceAll("\0", "\uFFFD")).toString() : value;

const storable = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? storableText(value) : value;

function parseJson(body: Buffer): { readonly value: unknown } | { readonly error: string } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    return { value: JSON.parse(text, storable) };
  } catch (error) {
    if (error instanceof RangeError) return { error: "nested too deeply" };
    return { error: error instanceof SyntaxError ? "not JSON" : "not UTF-8" };
  }
}

/**
 * Reads a webhook body. One unreadable alert does not take the others with it; nothing here throws, since a body
 * that was answered with 200 must end as alerts or as a complaint.
 */
export function parsePayload(body: Buffer, source: WebhookSource = "alertmanager"): Payload {
  const json = parseJson(body);
  if ("error" in json) return { ...nothing, unreadable: json.error };
  const parsed = bodySchema.safeParse(json.value);
  if (!parsed.success) return { ...nothing, unreadable: firstIssue(parsed.error) };

  const results = parsed.data.alerts.map((alert) => alertSchema.safeParse(alert));
  const alerts = results.flatMap((result) => (result.success ? [result.data] : []));
  const failed = results.flatMap((result, i) =>
    result.success ? [] : [`alerts.${i}.${firstIssue(result.error)}`],
  );
  const isWatchdog = (alert: { labels: Record<string, string> }): boolean =>
    alert.labels.alertname === "Watchdog";
  return {
    facts: alerts.filter((alert) => !isWatchdog(alert)).map((alert) => factOf(alert, source)),
    watchdog: alerts.some((alert) => isWatchdog(alert) && alert.status === "firing"),
    truncatedAlerts: parsed.data.truncatedAlerts,
    unreadable: failed.length === 0 ? null : `${failed[0]} (${failed.length} of ${results.length} alerts)`,
  };
}
