import { httpRequestDurationSeconds, httpRequestsTotal } from "@watchkeeper/catalogue/metrics/http";
import { address } from "@watchkeeper/catalogue/services";
import { DIRECTORY_DATA_SOURCE } from "@watchkeeper/catalogue/top-lists";
import { renderYaml } from "./document.ts";

/**
 * The data sources of a provisioned Grafana. Their uids never change: links from one to the other name them.
 * Grafana replaces `$NAME` by a variable of its environment; a dollar sign that is meant is written twice.
 */
export const dataSourceUids = {
  prometheus: "prometheus",
  alertmanager: "alertmanager",
  loki: "loki",
  tempo: "tempo",
  directory: DIRECTORY_DATA_SOURCE.uid,
} as const;

/** How often Prometheus scrapes: the smallest step that a chart may have, and a quarter of `$__rate_interval`. */
export const SCRAPE_INTERVAL = "15s";

/** Variables of Grafana's environment that hold what must not stand in a file. */
export const grafanaSecrets = { directoryPassword: "WATCHKEEPER_GRAFANA_POSTGRES_PASSWORD" } as const;

/** A role that may read what the boards' tables need and nothing else; see the guide on boards. */
export const READER_ROLE = "grafana_reader";

/** These run beside Grafana in containers alone, and keep the ports that they are known by. */
const LOKI_URL = "http://loki:3100";
const TEMPO_URL = "http://tempo:3200";

const prometheus = {
  name: "Prometheus",
  uid: dataSourceUids.prometheus,
  type: "prometheus",
  access: "proxy",
  url: `http://${address("prometheus", "http")}`,
  isDefault: true,
  editable: false,
  jsonData: {
    httpMethod: "POST",
    timeInterval: SCRAPE_INTERVAL,
    prometheusType: "Prometheus",
    manageAlerts: true,
    alertmanagerUid: dataSourceUids.alertmanager,
    exemplarTraceIdDestinations: [
      { name: "trace_id", datasourceUid: dataSourceUids.tempo, urlDisplayLabel: "Show the trace" },
    ],
  },
};

const alertmanager = {
  name: "Alertmanager",
  uid: dataSourceUids.alertmanager,
  type: "alertmanager",
  access: "proxy",
  url: `http://${address("alertmanager", "http")}`,
  editable: false,
  jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
};

const loki = {
  name: "Loki",
  uid: dataSourceUids.loki,
  type: "loki",
  access: "proxy",
  url: LOKI_URL,
  editable: false,
  jsonData: {
    maxLines: 1_000,
    derivedFields: [
      {
        name: "trace_id",
        matcherType: "label",
        matcherRegex: "trace_id",
        datasourceUid: dataSourceUids.tempo,
        url: "$$" + "{__value.raw}",
        urlDisplayLabel: "Show the trace",
      },
    ],
  },
};

const tempo = {
  name: "Tempo",
  uid: dataSourceUids.tempo,
  type: "tempo",
  access: "proxy",
  url: TEMPO_URL,
  editable: false,
  jsonData: {
    tracesToLogsV2: {
      datasourceUid: dataSourceUids.loki,
      spanStartTimeShift: "-5m",
      spanEndTimeShift: "5m",
      tags: [{ key: "service.name", value: "service" }],
      customQuery: true,
      query: "{$$" + '{__tags}} | trace_id = "$$' + '{__trace.traceId}"',
    },
    tracesToMetrics: {
      datasourceUid: dataSourceUids.prometheus,
      spanStartTimeShift: "-10m",
      spanEndTimeShift: "10m",
      tags: [{ key: "service.name", value: "job" }],
      queries: [
        { name: "Requests a second", query: `sum(rate(${httpRequestsTotal.name}{$$__tags}[5m]))` },
        {
          name: "95 % answer within",
          query: `histogram_quantile(0.95, sum by (le) (rate(${httpRequestDurationSeconds.name}_bucket{$$__tags}[5m])))`,
        },
      ],
    },
    serviceMap: { datasourceUid: dataSourceUids.prometheus },
    nodeGraph: { enabled: true },
  },
};

const directory = {
  name: "Directory's PostgreSQL (read only)",
  uid: dataSourceUids.directory,
  type: DIRECTORY_DATA_SOURCE.type,
  access: "proxy",
  url: address("directory-postgres", "postgres"),
  user: READER_ROLE,
  editable: false,
  jsonData: {
    database: "directory",
    sslmode: "disable",
    maxOpenConns: 4,
    maxIdleConns: 1,
    connMaxLifetime: 3_600,
    postgresVersion: 1_500,
  },
  secureJsonData: { password: `$${grafanaSecrets.directoryPassword}` },
};

/** Grafana's data sources; what is no longer listed is removed from a running Grafana. */
export const renderDataSources = (): string =>
  renderYaml("dashboards/src/grafana/data-sources.ts", {
    apiVersion: 1,
    prune: true,
    datasources: [prometheus, alertmanager, loki, tempo, directory],
  });
