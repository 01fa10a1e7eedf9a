import { renderPage } from "@watchkeeper/alerts/render/document";
import type { ForeignMetric } from "@watchkeeper/catalogue/external";
import { foreignMetrics } from "@watchkeeper/catalogue/foreign/all";
import { type LabelName, labels } from "@watchkeeper/catalogue/labels";
import type { Metric } from "@watchkeeper/catalogue/metric";
import { metrics } from "@watchkeeper/catalogue/metrics/all";

const list = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ") || "none";

const metricRow = ({ name, type, unit, labels, help, emittedBy }: Metric): string =>
  `| \`${name}\` | ${type} | ${unit.replace("_", " ")} | ${list(labels)} | ${help} | ${emittedBy.join(", ")} |`;

const foreignRow = ({ name, kind, unit, labels, help }: ForeignMetric): string =>
  `| \`${name}\` | ${kind} | ${unit.replace("_", " ")} | ${list(labels)} | ${help} |`;

function labelRow(name: LabelName): string {
  const label = labels[name];
  const values = label.kind === "closed" ? list(label.values) : `at most ${label.maxValues}`;
  return `| \`${name}\` | ${label.description.replaceAll("|", "\\|")} | ${values} |`;
}

/** The page that documents every metric and label of the catalogue. */
export const generateMetricsPage = async (): Promise<Readonly<Record<string, string>>> => ({
  "docs/generated/metrics.md": renderPage(
    "catalogue/src/metrics, catalogue/src/foreign and catalogue/src/labels.ts",
    [
      "# Metrics",
      "",
      "Everything that Watchkeeper's own code measures. Prometheus adds `job` (the service) and `instance` to each.",
      "",
      "| Name | Type | Unit | Labels | Meaning | Emitted by |",
      "|---|---|---|---|---|---|",
      ...metrics.map(metricRow),
      "",
      "## Series of others",
      "",
      "What Prometheus and foreign exporters make, as far as our rules and boards read it.",
      "",
      "| Name | Type | Unit | Labels | Meaning |",
      "|---|---|---|---|---|",
      ...foreignMetrics.map(foreignRow),
      "",
      "## Labels",
      "",
      "| Label | Meaning | Values |",
      "|---|---|---|",
      ...(Object.keys(labels) as LabelName[]).map(labelRow),
    ],
  ),
});
