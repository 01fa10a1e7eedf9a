/** A place in which a rule does not hold, and why that is right. */
export interface Exception {
  readonly rule: string;
  readonly board: string;
  /** Title of the panel; without it, the board itself. */
  readonly panel?: string;
  readonly because: string;
}

/** Every exception to the rules of boards. One that nothing needs any more is itself a mistake. */
export const exceptions: readonly Exception[] = [];

const SAME_AS_REDIS_EXPORTER =
  "boards show redis_exporter's series of the same; this is for apps that run without that exporter";

/** Series of the catalogue that no board shows, and why that is right. */
export const unseen: Readonly<Record<string, string>> = {
  nodejs_heap_size_total_bytes:
    "used ÷ total is high in every healthy process; boards show the limit instead",
  redis_server_clients: SAME_AS_REDIS_EXPORTER,
  redis_server_command_seconds_total: SAME_AS_REDIS_EXPORTER,
  redis_server_commands_total: SAME_AS_REDIS_EXPORTER,
  redis_server_evicted_keys_total: SAME_AS_REDIS_EXPORTER,
  redis_server_memory_bytes: SAME_AS_REDIS_EXPORTER,
  redis_server_memory_limit_bytes: SAME_AS_REDIS_EXPORTER,
};
