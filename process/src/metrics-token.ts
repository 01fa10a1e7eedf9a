import { z } from "zod";
import { parseSettings } from "./settings.ts";

const schema = z.object({
  token: z
    .string()
    .min(16, "must have at least 16 characters")
    .max(500)
    .regex(/^[\x21-\x7e]*$/, "must be plain characters without spaces, as a header carries it")
    .optional(),
});

/**
 * The bearer token without which a process refuses `/metrics`, one for all processes: `WATCHKEEPER_METRICS_TOKEN`, or the
 * file that `WATCHKEEPER_METRICS_TOKEN_FILE` names. Undefined leaves it open.
 *
 * @throws SettingsError of one line
 */
export const readMetricsToken = (env: Readonly<Record<string, string | undefined>>): string | undefined =>
  parseSettings("WATCHKEEPER_METRICS", schema, env).token;
