import type { ChannelName } from "./channels/channel-name.ts";
import type { Directory } from "./escalation/directory.ts";
import { brokenDestination, isForOwner } from "./incidents/own-alerts.ts";
import type { Severity } from "./incidents/severity.ts";

/** Which channels a severity uses; all of them at once. */
const channelsOf: Readonly<Record<Severity, readonly ChannelName[]>> = {
  page: ["pagerduty", "slack", "email", "webhook"],
  ticket: ["slack", "email"],
  info: [],
};

/** The channels that are set up, whom they reach, and whether each shows every change or start and end alone. */
export type Destinations = ReadonlyMap<
  ChannelName,
  {
    readonly showsUpdates: boolean;
    readonly reaches: readonly ("team" | "people")[];
    readonly minIntervalMs: number;
  }
>;

/** Whom an incident can reach: the channels that are set up and the people behind them. */
export interface Reach {
  readonly destinations: Destinations;
  readonly directory: Directory;
  /** Where people open the console, without a slash at its end: the links of what the pager says about itself. */
  readonly consoleUrl: string;
}

/**
 * Which of the team's destinations hear of an incident. A broken destination is never told of its own trouble, and what
 * is for a team's owner reaches them by their own channels alone.
 */
export function destinationsFor(
  incident: { readonly severity: Severity; readonly labels: Readonly<Record<string, string>> },
  destinations: Destinations,
): readonly ChannelName[] {
  if (isForOwner(incident.labels)) return [];
  const broken = brokenDestination(incident.labels);
  return channelsOf[incident.severity].filter(
    (name) => destinations.get(name)?.reaches.includes("team") && name !== broken,
  );
}
