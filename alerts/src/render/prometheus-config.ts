import { PROBE_JOB } from "@watchkeeper/catalogue/names";
import { address, type Service, services } from "@watchkeeper/catalogue/services";
import { renderYaml } from "./document.ts";

/** How often Prometheus scrapes its targets and evaluates its rules; also the step of the rules' tests. */
export const SCRAPE_INTERVAL = "15s";
/** How late a scrape may bring its samples: the rules of promises wait for it, so it delays every page. */
export const SCRAPE_TIMEOUT = "5s";

/** What is probed from outside, by the name that the label `target` shows. */
const probes = { app: `http://${address("app", "http")}/healthz` } as const;

/** The module of the blackbox exporter's configuration that the probes use. */
export const PROBE_MODULE = "http_2xx";

const scrapeJobs = () =>
  Object.entries<Service>(services).flatMap(([name, service]) => {
    if (service.scrapePort === undefined) return [];
    const port = service.ports[service.scrapePort];
    if (port === undefined) {
      throw new Error(`Cannot scrape service "${name}" as it has no port "${service.scrapePort}"`);
    }
    return [{ job_name: name, static_configs: [{ targets: [`${name}:${port}`] }] }];
  });

const probeJob = () => ({
  job_name: PROBE_JOB,
  metrics_path: "/probe",
  params: { module: [PROBE_MODULE] },
  static_configs: Object.entries(probes).map(([target, url]) => ({ targets: [url], labels: { target } })),
  relabel_configs: [
    { source_labels: ["__address__"], target_label: "__param_target" },
    { source_labels: ["__address__"], target_label: "instance" },
    { target_label: "__address__", replacement: address("blackbox-exporter", "http") },
  ],
});

/** Servers that only run in containers, by their jobs, with what serves their own metrics. */
export const containerServers: Readonly<Record<string, string>> = {
  loki: "loki:3100",
  tempo: "tempo:3200",
  "otel-collector": "otel-collector:8888",
  alloy: "alloy:12345",
  grafana: "grafana:3000",
};

/**
 * Prometheus' configuration. Hosts are the services' names; whoever runs the suite elsewhere replaces
 * `service:port` in the text. `rules/` is expected beside the file.
 *
 * @param others what is scraped beside the services of the catalogue
 */
export const renderPrometheusConfig = (others: Readonly<Record<string, string>> = {}): string =>
  renderYaml("alerts/src/render/prometheus-config.ts and catalogue/src/services.ts", {
    global: {
      scrape_interval: SCRAPE_INTERVAL,
      scrape_timeout: SCRAPE_TIMEOUT,
      evaluation_interval: SCRAPE_INTERVAL,
      external_labels: { monitor: "watchkeeper" },
    },
    rule_files: ["rules/*.yml"],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [address("alertmanager", "http")] }] }],
    },
    scrape_configs: [
      ...scrapeJobs(),
      ...Object.entries(others).map(([name, target]) => ({
        job_name: name,
        static_configs: [{ targets: [target] }],
      })),
      probeJob(),
    ],
  });

/** The blackbox exporter's configuration. IPv4 alone, as the suite listens on nothing else by default. */
export const renderBlackboxConfig = (): string =>
  renderYaml("alerts/src/render/prometheus-config.ts", {
    modules: {
      [PROBE_MODULE]: {
        prober: "http",
        // Shorter than a scrape may take, so that a probe that gets no answer is a 0 and not a gap.
        timeout: "4s",
        http: { preferred_ip_protocol: "ip4", ip_protocol_fallback: false },
      },
    },
  });
