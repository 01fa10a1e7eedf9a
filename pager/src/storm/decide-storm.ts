import { type Priority, rankOf } from "../incidents/priority.ts";

/*
 * A route's storm breaker. What is limited is messages; every alert is stored and shown whatever the weather.
 *
 *   calm ── the minute's new incidents would make more than MESSAGES_A_MINUTE messages,
 *    ▲      or are more than INCIDENTS_A_MINUTE ──► storm: new ones are folded into the storm's own incident,
 *    │                                                     P0 of a service that no P0 has told of yet pierces
 *    └───────────── no new incident for QUIET_MS ◄──┘
 */

/** In the minute before a storm, over all of the team's channels and the first pages to people. */
export const MESSAGES_A_MINUTE = 20;
export const INCIDENTS_A_MINUTE = 10;
/** P0 incidents that pierce a storm, in a minute. */
export const PIERCING_A_MINUTE = 5;
export const QUIET_MS = 5 * 60_000;
/**
 * How often the storm's own message changes. With two channels that show updates this makes 8 messages a minute; with
 * the 20 before it, an announcement on each of four channels, 3 pages to a responder and 5 piercing ones in Slack: 40.
 */
export const STORM_UPDATE_MS = 15_000;

export interface NewIncident {
  readonly id: string;
  readonly priority: Priority;
  readonly service: string;
  /** How many messages announce it: the team's channels, and one for the person on call. */
  readonly messages: number;
}

export interface Weather {
  readonly storm: boolean;
  /** Messages and incidents of the minute that are not folded. */
  readonly messages: number;
  readonly incidents: number;
  /** Services that an open P0 tells of. */
  readonly p0Services: readonly string[];
  readonly pierced: number;
}

export interface StormDecision {
  readonly reason: "calm" | "too-many-messages" | "too-many-incidents" | "storm-goes-on";
  readonly fold: readonly string[];
  /** P0 incidents that are told although there is a storm. */
  readonly pierce: readonly string[];
}

/** Which new incidents of a route are told one by one, and which the storm's incident speaks for. */
export function decideStorm(weather: Weather, opened: readonly NewIncident[]): StormDecision {
  const told = opened.filter(({ messages }) => messages > 0);
  const messages = told.reduce((sum, incident) => sum + incident.messages, weather.messages);
  const tooMany = messages > MESSAGES_A_MINUTE;
  if (!weather.storm && !tooMany && weather.incidents + told.length <= INCIDENTS_A_MINUTE) {
    return { reason: "calm", fold: [], pierce: [] };
  }
  const worstFirst = [...told].sort((one, other) => rankOf(one.priority) - rankOf(other.priority));
  const fold: string[] = [];
  const pierce: string[] = [];
  const p0Services = new Set(weather.p0Services);
  let room = weather.storm
    ? { messages: 0, incidents: 0 }
    : { messages: MESSAGES_A_MINUTE - weather.messages, incidents: INCIDENTS_A_MINUTE - weather.incidents };
  for (const incident of worstFirst) {
    const isNews = incident.priority === "P0" && !p0Services.has(incident.service);
    if (incident.messages <= room.messages && room.incidents > 0) {
      room = { messages: room.messages - incident.messages, incidents: room.incidents - 1 };
    } else if (isNews && weather.pierced + pierce.length < PIERCING_A_MINUTE) pierce.push(incident.id);
    else {
      fold.push(incident.id);
      continue;
    }
    if (incident.priority === "P0") p0Services.add(incident.service);
  }
  const reason = weather.storm ? "storm-goes-on" : tooMany ? "too-many-messages" : "too-many-incidents";
  return { reason, fold, pierce };
}
