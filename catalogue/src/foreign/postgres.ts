import { foreign } from "../external.ts";

/** What the PostgreSQL exporter says of the directory's database, as far as we read it. */

export const pgStatActivityCount = foreign(
  "gauge",
  "pg_stat_activity_count",
  "items",
  "Connections of a database by what they do",
  ["datname", "state", "server"],
);
export const pgSettingsMaxConnections = foreign(
  "gauge",
  "pg_settings_max_connections",
  "items",
  "Connections that the server accepts",
  ["server"],
);
export const pgStatActivityMaxTxDuration = foreign(
  "gauge",
  "pg_stat_activity_max_tx_duration",
  "seconds",
  "Age of the oldest open transaction",
  ["datname", "state", "server"],
);
export const pgLocksCount = foreign("gauge", "pg_locks_count", "items", "Locks that are held or waited for", [
  "datname",
  "mode",
  "server",
]);
export const pgDatabaseSizeBytes = foreign(
  "gauge",
  "pg_database_size_bytes",
  "bytes",
  "Size of a database on disk",
  ["datname", "server"],
);
export const pgStatDatabaseXactCommit = foreign(
  "counter",
  "pg_stat_database_xact_commit",
  "items",
  "Transactions that were committed",
  ["datid", "datname", "server"],
);
export const pgStatDatabaseXactRollback = foreign(
  "counter",
  "pg_stat_database_xact_rollback",
  "items",
  "Transactions that were rolled back",
  ["datid", "datname", "server"],
);
export const pgStatDatabaseBlksHit = foreign(
  "counter",
  "pg_stat_database_blks_hit",
  "items",
  "Blocks that were found in memory",
  ["datid", "datname", "server"],
);
export const pgStatDatabaseBlksRead = foreign(
  "counter",
  "pg_stat_database_blks_read",
  "items",
  "Blocks that had to be read from disk",
  ["datid", "datname", "server"],
);
export const pgStatDatabaseDeadlocks = foreign(
  "counter",
  "pg_stat_database_deadlocks",
  "items",
  "Transactions that waited for each other until one was ended",
  ["datid", "datname", "server"],
);
