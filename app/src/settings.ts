import { parseSettings } from "@watchkeeper/process/settings";
import { z } from "zod";
import { DEFAULT_LIMITS } from "./request-limit.ts";

const port = z.coerce.number().int().min(0).max(65_535);

const postgresUrl = z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" });

/** `a, b` → `["a", "b"]`. */
const list = z
  .string()
  .default("")
  .transform((text) => text.split(",").flatMap((part) => part.trim() || []));

/** What Express takes as a proxy: an address, a network, or one of its names for some. */
const PROXY = /^(?:loopback|linklocal|uniquelocal|[0-9a-f.:]+(?:\/\d{1,3})?)$/i;

const schema = z.object({
  host: z.string().default("127.0.0.1"),
  httpPort: port,
  opsPort: port,
  /** The role directory_app, which row-level security binds. */
  databaseUrl: postgresUrl,
  /** The owner of the database, for migrations and the demo's people alone. */
  ownerDatabaseUrl: postgresUrl,
  redisUrl: z.url({ protocol: /^rediss?$/, error: "must be a redis:// URL" }),
  /** Seals the cursors of pages; the same for all instances. */
  cursorSecret: z.string().min(32, "must have at least 32 characters").max(500),
  corsOrigins: list.refine(
    (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
    "must be origins such as https://app.example.com, separated by commas",
  ),
  /** Whose X-Forwarded-For counts. */
  trustedProxies: list.refine(
    (proxies) => proxies.every((proxy) => PROXY.test(proxy)),
    "must be addresses, networks or loopback, separated by commas",
  ),
  maxRequestsPerUserMinute: z.coerce.number().int().min(1).max(100_000).default(DEFAULT_LIMITS.perUser),
  maxRequestsPerAddress: z.coerce.number().int().min(1).max(1_000_000).default(DEFAULT_LIMITS.perAddress),
  auditRetentionDays: z.coerce.number().int().min(30).max(3_650).default(365),
  /** Seeds an empty database with the demo tenants, whose people all have this password. */
  demoPassword: z.string().min(8).max(200).optional(),
});

export type AppSettings = z.infer<typeof schema>;

/** Reads `WATCHKEEPER_APP_*`. @throws SettingsError that names the variable */
export const readAppSettings = (env: Readonly<Record<string, string | undefined>>): AppSettings =>
  parseSettings("WATCHKEEPER_APP", schema, env);
