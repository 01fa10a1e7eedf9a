import { z } from "zod";

const TIMEOUT_MS = 10_000;
/** 10,000 alerts with long annotations fit in. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const texts = z.record(z.string(), z.string());
const alertsSchema = z.array(
  z.looseObject({
    fingerprint: z.string().min(1).max(200),
    labels: texts,
    annotations: texts.default({}),
    startsAt: z.iso.datetime({ offset: true }),
    status: z.looseObject({ state: z.enum(["active", "suppressed", "unprocessed"]) }),
  }),
);
const statusSchema = z.looseObject({ uptime: z.iso.datetime({ offset: true }) });

export type UpstreamAlert = z.infer<typeof alertsSchema>[number];

/** What the Alertmanagers know now. */
export interface Upstream {
  readonly alerts: readonly UpstreamAlert[];
  /** When the youngest of them started: before that, it may not have heard of everything yet. */
  readonly upSince: Date;
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`answered more than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function ask<T>(url: string, path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
  const response = await fetch(`${url}/api/v2/${path}`, {
    redirect: "error",
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`Cannot read ${path} of Alertmanager as it answers ${response.status}`);
  }
  return schema.parse(JSON.parse(await readLimited(response)));
}

/**
 * Asks every Alertmanager for the alerts that it sends to our receiver. An alert that one of them calls active is
 * active.
 *
 * @throws Error when any of them cannot be asked: what only it knows would be missing
 */
export async function askAlertmanagers(
  urls: readonly string[],
  receiver: string,
  signal: AbortSignal,
): Promise<Upstream> {
  const answers = await Promise.all(
    urls.map(async (url) => ({
      alerts: await ask(
        url,
        `alerts?active=true&silenced=true&inhibited=true&unprocessed=true&receiver=${encodeURIComponent(receiver)}`,
        alertsSchema,
        signal,
      ),
      upSince: new Date((await ask(url, "status", statusSchema, signal)).uptime),
    })),
  );
  const alerts = new Map<string, UpstreamAlert>();
  for (const alert of answers.flatMap((answer) => answer.alerts)) {
    const known = alerts.get(alert.fingerprint);
    if (known === undefined || known.status.state === "suppressed") alerts.set(alert.fingerprint, alert);
  }
  return {
    alerts: [...alerts.values()],
    upSince: new Date(Math.max(...answers.map(({ upSince }) => upSince.getTime()))),
  };
}
