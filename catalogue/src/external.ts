/**
 * Series that Prometheus itself or a foreign exporter makes and that our rules and boards read.
 * Their names and labels are their authors'; nothing here is emitted by us.
 */
export interface ExternalMetric<Label extends string = string> {
  readonly type: "external";
  readonly name: string;
  readonly labels: readonly Label[];
}

const external = <const Label extends string = never>(
  name: string,
  labels: readonly Label[] = [],
): ExternalMetric<Label> => ({ type: "external", name, labels });

/** 1 while Prometheus can scrape the target. */
export const up = external("up");

/** 1 while the blackbox exporter's probe succeeds. */
export const probeSuccess = external("probe_success", ["target"]);

/** 1 while the PostgreSQL exporter can query its server. */
export const pgUp = external("pg_up");

/** 1 while the Redis exporter can query its server. */
export const redisUp = external("redis_up");

/** When the earliest certificate that the probe was shown expires, in Unix time; only where the probe speaks TLS. */
export const probeSslEarliestCertExpiry = external("probe_ssl_earliest_cert_expiry", ["target"]);

/** Memory of the host that programs could still get, and all of it. */
export const nodeMemoryAvailable = external("node_memory_MemAvailable_bytes");
export const nodeMemoryTotal = external("node_memory_MemTotal_bytes");

/** Space of a file system that ordinary users can still fill, and all of it. */
export const nodeFilesystemAvail = external("node_filesystem_avail_bytes", [
  "device",
  "fstype",
  "mountpoint",
]);
export const nodeFilesystemSize = external("node_filesystem_size_bytes", ["device", "fstype", "mountpoint"]);

/** Connections of the PostgreSQL server by state, and how many it accepts. */
export const pgStatActivityCount = external("pg_stat_activity_count", ["datname", "state"]);
export const pgSettingsMaxConnections = external("pg_settings_max_connections", ["server"]);

/** Prometheus about itself. */
export const prometheusRuleFailures = external("prometheus_rule_evaluation_failures_total", ["rule_group"]);
export const prometheusConfigReloadOk = external("prometheus_config_last_reload_successful");
export const prometheusNotificationsDropped = external("prometheus_notifications_dropped_total");

/** Alertmanager about its messages. */
export const alertmanagerNotificationsFailed = external("alertmanager_notifications_failed_total", [
  "integration",
]);
