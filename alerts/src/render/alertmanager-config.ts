import type { MaintenanceWindow } from "@watchkeeper/catalogue/maintenance";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { maintenance } from "@watchkeeper/catalogue/slos/maintenance";
import type { Alert } from "../alert.ts";
import {
  defaultReceiver,
  defaultTiming,
  groupBy,
  type InhibitRule,
  inhibitionsOf,
  inhibitionsOfPromises,
  type Matching,
  type Receiver,
  type Route,
  receivers,
  routes,
  type Timing,
} from "../routing.ts";
import { renderYaml } from "./document.ts";
import { mutedServices, renderTimeIntervals } from "./mute-intervals.ts";

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

/**
 * Tickets of a service wait while planned work is done on it, and come afterwards if they still hold. Pages never wait:
 * what does not come back is no plan.
 */
const mutes = (route: Route, windows: readonly MaintenanceWindow[]) => {
  const muted = route.when.severity === "ticket" ? mutedServices(windows, slos) : new Map();
  return muted.size === 0
    ? {}
    : {
        routes: [...muted].map(([service, names]) => ({
          matchers: matchers({ service }),
          mute_time_intervals: names,
        })),
      };
};

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

const inhibitRule = ({ sources, target, equal }: InhibitRule) => ({
  source_matchers: [`alertname=~"${sources.join("|")}"`],
  target_matchers: [`alertname="${target}"`],
  equal,
});

/** Alertmanager's configuration. `max_alerts: 0` sends a group whole, however large it is. */
export const renderAlertmanagerConfig = (
  alerts: readonly Alert[],
  windows: readonly MaintenanceWindow[] = maintenance,
): string =>
  renderYaml("alerts/src/routing.ts, alerts/src/symptoms and catalogue/src/slos/maintenance.ts", {
    route: {
      receiver: defaultReceiver,
      group_by: groupBy,
      ...timing(defaultTiming),
      routes: routes.map((route) => ({
        matchers: matchers(route.when),
        receiver: route.receiver,
        ...timing(route.timing ?? {}),
        ...mutes(route, windows),
      })),
    },
    ...(windows.length > 0 && { time_intervals: renderTimeIntervals(windows) }),
    inhibit_rules: [...inhibitionsOf(alerts), ...inhibitionsOfPromises(slos)].map(inhibitRule),
    receivers: Object.entries(receivers).map(([name, receiver]) => ({ name, ...configOf(receiver) })),
  });
