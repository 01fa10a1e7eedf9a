import { promql } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";

const description = "Proof that Prometheus, Alertmanager and the pager still reach each other.";

/** The alert whose silence is the news: whoever expects it every minute knows when the way of all others is broken. */
export const watchdog = defineAlert({
  name: "Watchdog",
  expr: promql`vector(1)`,
  for: "0s",
  severity: "info",
  service: "prometheus",
  owner: "platform",
  summary: "The way of alerts works.",
  description,
  runbook: {
    meaning:
      "This alert always fires and travels to the pager every minute. It asks nothing of anybody while it arrives.",
    impact: "None. If it stops arriving, no alert arrives, and nobody is told about any other trouble.",
    firstQuery: promql`ALERTS{alertname="Watchdog"}`,
    diagnosis: [
      "The first query is empty: Prometheus does not evaluate its rules. Read `.watchkeeper/logs/prometheus.log`.",
      "It is not empty: look for the alert in Alertmanager, then read `.watchkeeper/logs/alertmanager.log` " +
        "for failed deliveries to the pager.",
      "Alertmanager delivers: the pager refuses or fails. Read `.watchkeeper/logs/pager.log`.",
    ],
    mitigation: ["Start what `npm run status` shows as stopped: `npm start -- <service>`."],
    rollback: "None: the alert changes nothing.",
  },
  board: "watchkeeper",
  panel: "on-call/watchdog",
  logs: "alertmanager",
  inhibitedBy: { never: "its silence is what tells" },
  tests: {
    fires: [
      { title: "nothing at all is scraped", input: [], at: "0s", labels: {}, description },
      { title: "an hour later", input: [], at: "1h", labels: {}, description },
    ],
    quiet: { never: "it always fires" },
  },
});
