import { SCRAPE_INTERVAL as scraped } from "@watchkeeper/alerts/render/prometheus-config";
import { SCRAPE_INTERVAL as drawn } from "@watchkeeper/dashboards/grafana/data-sources";
import { expect, test } from "vitest";

test("Grafana is told how often Prometheus really scrapes", () => {
  expect(drawn).toBe(scraped);
});
