/** What an alert of the past was about: the labels under which Prometheus recorded it. */
export interface PastAlert {
  readonly alertname: string;
  readonly severity: "page" | "ticket";
  readonly service: string;
  readonly owner: string;
}

/** Something that happened. All of it lies days back: what is recent must be calm, or real alerts would fire of it. */
export interface Happening {
  /** Midnights before the end of the history, at least `CALM_DAYS`, and the local time of that day. */
  readonly daysAgo: number;
  readonly at: `${number}:${number}`;
  readonly minutes: number;
  /** The directory was away. */
  readonly away?: true;
  /** The share of requests that failed. */
  readonly failing?: number;
  /** The share of sign-ins that failed by our fault. */
  readonly failingLogins?: number;
  /** How many times as long everything took. */
  readonly slowness?: number;
  /** How soon somebody heard of it, and of what; the alert ends five minutes after what caused it. */
  readonly alert?: PastAlert & { readonly afterMinutes: number };
}

/** Longer than the longest window in which an alert looks for a fast or slow burn. */
export const CALM_DAYS = 5;

const directory = { service: "app", owner: "directory" } as const;

/** The month that every demo has had. */
export const happenings: readonly Happening[] = [
  {
    daysAgo: 25,
    at: "3:10",
    minutes: 9,
    away: true,
    alert: { alertname: "ServiceDown", severity: "page", ...directory, afterMinutes: 2 },
  },
  {
    daysAgo: 22,
    at: "9:05",
    minutes: 12,
    failingLogins: 0.1,
    alert: { alertname: "SloBurnsFast", severity: "page", ...directory, afterMinutes: 4 },
  },
  {
    daysAgo: 19,
    at: "10:05",
    minutes: 35,
    failing: 0.07,
    slowness: 2,
    alert: { alertname: "SloBurnsFast", severity: "page", ...directory, afterMinutes: 9 },
  },
  { daysAgo: 15, at: "9:00", minutes: 480, slowness: 2 },
  {
    daysAgo: 12,
    at: "14:20",
    minutes: 5,
    away: true,
    alert: { alertname: "ServiceDown", severity: "page", ...directory, afterMinutes: 2 },
  },
  // A new version that fails, and the one before it again.
  {
    daysAgo: 8,
    at: "16:31",
    minutes: 14,
    failing: 0.14,
    alert: { alertname: "HighErrorRate", severity: "page", ...directory, afterMinutes: 5 },
  },
  {
    daysAgo: 6,
    at: "11:00",
    minutes: 90,
    slowness: 3,
    alert: { alertname: "SloBurnsSlowly", severity: "ticket", ...directory, afterMinutes: 35 },
  },
];

/** When the directory was started with another version, besides the ends of its outages. */
export const deploys: readonly Pick<Happening, "daysAgo" | "at">[] = [
  { daysAgo: 28, at: "11:15" },
  { daysAgo: 23, at: "14:02" },
  { daysAgo: 18, at: "10:40" },
  { daysAgo: 14, at: "15:20" },
  { daysAgo: 8, at: "16:30" },
  { daysAgo: 8, at: "16:45" },
  { daysAgo: 5, at: "11:05" },
];
