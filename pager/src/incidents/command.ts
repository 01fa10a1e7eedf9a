/** What people may ask of an incident. */
export type Command =
  /** "I look after it": nobody else is asked, until the acknowledgement runs out. Also takes a snooze back. */
  | { readonly action: "acknowledge" }
  /** Over for people; if an alert fires on and is heard of again, a new incident opens. */
  | { readonly action: "resolve"; readonly as?: Verdict }
  /** Nobody is asked until then; afterwards everybody from the first level again. At most a week. */
  | { readonly action: "snooze"; readonly until: Date }
  | { readonly action: "unsnooze" }
  /** Somebody looks after it from now on; counts as an acknowledgement by whoever says so. Null: nobody, ask again. */
  | { readonly action: "reassign"; readonly to: string | null }
  | { readonly action: "note"; readonly text: string }
  /** Whether the page was worth it. Possible before and after the end; the last word counts. */
  | { readonly action: "closeAs"; readonly as: Verdict };

export type Verdict = "actionable" | "noise";

/** Why nothing was done; each has a sentence in `refusals`. */
export type Refusal = keyof typeof refusals;

export const refusals = {
  "unknown-incident": "There is no such incident",
  "version-changed": "The incident has changed in the meantime: look again",
  "already-resolved": "The incident is over",
  "already-acknowledged": "Somebody looks after it already",
  "not-snoozed": "The incident is not snoozed",
  "snooze-not-in-range": "A snooze ends between one minute and one week from now",
  "empty-note": "A note has between 1 and 10,000 characters",
} as const;
