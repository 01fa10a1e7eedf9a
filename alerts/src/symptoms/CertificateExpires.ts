import { probeSslEarliestCertExpiry } from "@watchkeeper/catalogue/external";
import { promql, series } from "@watchkeeper/catalogue/promql";
import { defineAlert } from "../alert.ts";
import { noWayBack } from "../wording.ts";

const certificate = { job: "probe", instance: "https://directory.example", target: "app" } as const;
const left = promql`${series(probeSslEarliestCertExpiry)} - time()`;

/** Only a probe that speaks TLS has this series; without one there is no certificate to expire. */
export const certificateExpires = defineAlert({
  name: "CertificateExpires",
  expr: promql`${left} < ${14 * 86_400}`,
  for: "1h",
  severity: "ticket",
  service: "app",
  owner: "platform",
  summary: "A certificate expires soon.",
  description: "The certificate of {{ $labels.instance }} expires in {{ $value | humanizeDuration }}.",
  runbook: {
    meaning:
      "A certificate on the way to the service is valid for less than two weeks: it should have been renewed by now.",
    impact: "Nobody yet. On that day browsers refuse the page.",
    firstQuery: promql`${left}`,
    diagnosis: [
      "The renewal runs and fails: its log says why; a name that no longer points here is common.",
      "It was renewed and is not used: the server was not told to read it again.",
    ],
    mitigation: ["Renew it by hand, then mend the renewal."],
    rollback: noWayBack,
  },
  board: "infrastructure",
  panel: "infrastructure/certificate",
  logs: "blackbox-exporter",
  inhibitedBy: { never: "it is known for weeks, and nothing else tells of it" },
  tests: {
    fires: [
      {
        title: "ten days are left",
        input: [{ series: series(probeSslEarliestCertExpiry, certificate), values: "867600x260" }],
        at: "1h",
        labels: certificate,
        description: "The certificate of https://directory.example expires in 10d 0h 0m 0s.",
      },
    ],
    quiet: [
      {
        title: "a month is left",
        input: [{ series: series(probeSslEarliestCertExpiry, certificate), values: "2592000x260" }],
        at: "61m",
      },
      { title: "no probe speaks TLS", input: [], at: "61m" },
    ],
  },
});
