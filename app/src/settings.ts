import { parseSettings } from "@watchkeeper/process/settings";
import { z } from "zod";

const port = z.coerce.number().int().min(0).max(65_535);

const schema = z.object({
  host: z.string().default("127.0.0.1"),
  httpPort: port,
  opsPort: port,
  databaseUrl: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }),
  redisUrl: z.url({ protocol: /^rediss?$/, error: "must be a redis:// URL" }),
  /** Seeds an empty database with the demo tenants, whose people all have this password. */
  demoPassword: z.string().min(8).max(200).optional(),
});

export type AppSettings = z.infer<typeof schema>;

/** Reads `WATCHKEEPER_APP_*`. @throws SettingsError that names the variable */
export const readAppSettings = (env: Readonly<Record<string, string | undefined>>): AppSettings =>
  parseSettings("WATCHKEEPER_APP", schema, env);
