import type { LabelValue } from "@watchkeeper/catalogue/labels";
import { brokenDestination } from "./incidents/own-alerts.ts";
import type { Severity } from "./incidents/severity.ts";

export type ChannelName = LabelValue<"channel">;

/** Which channels a severity uses; all of them at once. */
const channelsOf: Readonly<Record<Severity, readonly ChannelName[]>> = {
  page: ["pagerduty", "slack", "email", "webhook"],
  ticket: ["slack", "email"],
  info: [],
};

/** The channels that are set up, and whether each wants to hear of every change or of start and end alone. */
export type Destinations = ReadonlyMap<ChannelName, { readonly showsUpdates: boolean }>;

/** Where messages about an incident go. A broken destination is never told of its own trouble. */
export function destinationsFor(
  incident: { readonly severity: Severity; readonly labels: Readonly<Record<string, string>> },
  destinations: Destinations,
): readonly ChannelName[] {
  const broken = brokenDestination(incident.labels);
  return channelsOf[incident.severity].filter((name) => destinations.has(name) && name !== broken);
}
