/** How long Prometheus keeps what it has recorded, in days: longer than the longest window of a promise. */
export const METRICS_RETENTION_DAYS = 35;
