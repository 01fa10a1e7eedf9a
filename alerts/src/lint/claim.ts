/** What somebody has promised or set up, as numbers that can be held against each other. */
export type Claim =
  /** A share of events that keeps a promise, over some days. `of` is what is promised, such as `availability`. */
  | {
      readonly kind: "objective";
      readonly of: string;
      readonly objective: number;
      readonly days: number;
      /**
       * How far back its rules read, where that is not its days: over a calendar, what had been counted when the period
       * began is carried along.
       */
      readonly readDays?: number;
    }
  /** A promise to each of several: how many are told apart, and how many values the label has at most. */
  | {
      readonly kind: "groups";
      readonly of: string;
      readonly label: string;
      readonly atMost: number;
      readonly values: number;
    }
  /** A duration in seconds. A statistic of undefined is one that nobody named. */
  | {
      readonly kind: "latency";
      readonly of: string;
      readonly seconds: number;
      readonly statistic?: "average" | number;
      /** Edges of the histogram that measures it. */
      readonly edges?: readonly number[];
    }
  /** An alert on a share of bad events that guards the objective of the same `of`. */
  | {
      readonly kind: "ratio-alert";
      readonly of: string;
      readonly above: number;
      readonly forMinutes: number;
    }
  /** An alert on a burn rate that guards the objective of the same `of`. */
  | {
      readonly kind: "burn-alert";
      readonly of: string;
      readonly burnRate: number;
      readonly longestDays: number;
    }
  | { readonly kind: "retention"; readonly days: number }
  | { readonly kind: "backup"; readonly everyMinutes: number; readonly keptDays: number }
  | {
      readonly kind: "recovery";
      readonly pointMinutes?: number;
      readonly pointInTimeDays?: number;
      readonly timeMinutes?: number;
    }
  /** Planned time in which nothing is served. */
  | { readonly kind: "maintenance"; readonly of: string; readonly minutesPerMonth: number }
  | {
      readonly kind: "cost";
      readonly normalFrom: number;
      readonly normalTo: number;
      readonly alertAbove: number;
    }
  /** A level of use. An alert at or below the target would fire while all is as wished. */
  | { readonly kind: "use"; readonly of: string; readonly target?: number; readonly alertAbove: number }
  | {
      readonly kind: "pool";
      readonly perInstance: number;
      readonly instances: number;
      readonly serverAccepts: number;
    }
  | {
      readonly kind: "request-limit";
      readonly of: "one visitor" | "all of an address";
      readonly perMinute: number;
    };

/** Where a claim was found, for people to look it up. */
export interface Sourced {
  readonly source: string;
  readonly claim: Claim;
}

/** Claims that cannot all hold. */
export interface Contradiction {
  readonly rule: string;
  /** One sentence with the numbers. */
  readonly says: string;
  readonly sources: readonly string[];
}
