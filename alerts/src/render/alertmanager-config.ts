import {
  defaultReceiver,
  defaultTiming,
  groupBy,
  inhibitions,
  type Matching,
  type Receiver,
  receivers,
  routes,
  type Timing,
} from "../routing.ts";
import { renderYaml } from "./document.ts";

/** The pager's token lies beside the configuration, in a file that only its owner can read. */
const INGEST_TOKEN_FILE = "pager-ingest-token";

const matchers = (when: Matching): string[] =>
  Object.entries({
    alertname: when.alert?.name,
    severity: when.severity,
    owner: when.owner,
    service: when.service,
  }).flatMap(([label, value]) => (value === undefined ? [] : [`${label}="${value}"`]));

const timing = (values: Partial<Timing>) => ({
  ...(values.groupWait && { group_wait: values.groupWait }),
  ...(values.groupInterval && { group_interval: values.groupInterval }),
  ...(values.repeatInterval && { repeat_interval: values.repeatInterval }),
});

function configOf(receiver: Receiver) {
  if ("email" in receiver) {
    // Without STARTTLS the stand-in takes it on loopback; a server that offers it is spoken to with it.
    return { email_configs: [{ ...receiver.email, require_tls: false, send_resolved: true }] };
  }
  return {
    webhook_configs: [
      {
        url: receiver.webhook,
        send_resolved: true,
        max_alerts: 0,
        http_config: { authorization: { type: "Bearer", credentials_file: INGEST_TOKEN_FILE } },
      },
    ],
  };
}

/** Alertmanager's configuration. `max_alerts: 0` sends a group whole, however large it is. */
export const renderAlertmanagerConfig = (): string =>
  renderYaml("alerts/src/routing.ts", {
    route: {
      receiver: defaultReceiver,
      group_by: groupBy,
      ...timing(defaultTiming),
      routes: routes.map((route) => ({
        matchers: matchers(route.when),
        receiver: route.receiver,
        ...timing(route.timing ?? {}),
      })),
    },
    inhibit_rules: inhibitions.map(({ source, targets }) => ({
      source_matchers: matchers({ alert: source, severity: source.severity }),
      target_matchers: [`alertname=~"${targets.map(({ name }) => name).join("|")}"`],
      equal: ["service"],
    })),
    receivers: Object.entries(receivers).map(([name, receiver]) => ({ name, ...configOf(receiver) })),
  });
