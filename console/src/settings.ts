import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);

/** An address without the slash at its end, so that a path can follow. */
const address = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));

export const settingsSchema = z.object({
  host: z.string().default("127.0.0.1"),
  httpPort: port,
  opsPort: port,
  /** Where people reach the console; https makes the session's cookie Secure. */
  publicUrl: address,
  prometheusUrl: address,
  pagerUrl: address,
  pagerApiToken: z.string().min(1),
  collectorUrl: address,
  collectorApiToken: z.string().min(1),
  /** Signs sessions: whoever knows it is signed in. Changing it ends all of them. */
  sessionSecret: z.string().min(32, "must have at least 32 characters"),
  /** File for the token of the next sign-in. */
  loginTokenPath: z.string().min(1),
  runbooksDir: z.string().default("docs/runbooks/generated"),
  /** Where people open the Grafana that has the logs; without it, links to logs lead to `logsDir`. */
  grafanaUrl: address.optional(),
  /** The folder of the services' logs, `<service>.log`. */
  logsDir: z.string().min(1).optional(),
  boardsDir: z.string().default("grafana/dashboards/generated"),
});

export type Settings = z.infer<typeof settingsSchema>;
