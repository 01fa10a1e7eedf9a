import { z } from "zod";

/**
 * The part of the Compose specification that the stack uses. Anything else is refused, so that a typing error, which
 * Compose would take for a wish of somebody's own or ignore, is found.
 */

const texts = z.array(z.string());
const size = z.string().regex(/^\d+[kmg]$/);
const duration = z.string().regex(/^\d+s$/);
const map = z.record(z.string(), z.string());

const healthcheck = z.strictObject({
  test: texts.min(2),
  interval: duration,
  timeout: duration,
  retries: z.number().int(),
  start_period: duration,
  start_interval: duration,
});

const build = z.strictObject({
  context: z.string(),
  dockerfile: z.string(),
  target: z.string(),
  args: map,
});

const fields = {
  image: z.string(),
  build,
  pull_policy: z.literal("build"),
  profiles: texts,
  entrypoint: texts,
  command: texts,
  environment: map,
  env_file: texts,
  volumes: z.array(z.string().regex(/^[^:]+:[^:]+(?::(?:ro|ro,rslave))?$/)),
  tmpfs: texts,
  secrets: texts,
  expose: z.array(z.string().regex(/^\d+$/)),
  ports: texts,
  networks: z.union([texts, z.record(z.string(), z.strictObject({ aliases: texts.optional() }).nullable())]),
  network_mode: z.literal("none"),
  depends_on: z.record(
    z.string(),
    z.strictObject({
      condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]),
    }),
  ),
  healthcheck,
  restart: z.enum(["unless-stopped", "no"]),
  read_only: z.boolean(),
  cap_drop: texts,
  security_opt: texts,
  user: z.string(),
  init: z.boolean(),
  pid: z.literal("host"),
  pids_limit: z.number().int(),
  mem_limit: size,
  shm_size: size,
  stop_grace_period: duration,
  logging: z.strictObject({ driver: z.string(), options: map }),
};

export const serviceSchema = z.strictObject(fields).partial();
export type Service = z.infer<typeof serviceSchema>;

const resources = <Schema extends z.ZodType>(schema: Schema) => z.record(z.string(), schema);

/** One file of the stack, with `x-` parts gone. */
export const composeFileSchema = z.strictObject({
  name: z.string().optional(),
  services: resources(serviceSchema),
  networks: resources(z.strictObject({ internal: z.boolean().optional() })).optional(),
  volumes: resources(z.strictObject({})).optional(),
  secrets: resources(z.strictObject({ file: z.string() })).optional(),
});
export type ComposeFile = z.infer<typeof composeFileSchema>;
