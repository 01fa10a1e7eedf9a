import type { Claim, Contradiction, Sourced } from "./claim.ts";

type Kind = Claim["kind"];
type Found<K extends Kind> = { readonly source: string; readonly claim: Extract<Claim, { kind: K }> };

const MINUTES_PER_DAY = 1_440;
const BUDGET_DAYS = 30;

const round = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (share: number): string => `${round(share * 100)} %`;
const span = (minutes: number): string =>
  minutes >= 2 * MINUTES_PER_DAY
    ? `${round(minutes / MINUTES_PER_DAY)} days`
    : minutes >= 120
      ? `${round(minutes / 60)} h`
      : `${round(minutes)} min`;

/** All claims of a kind. */
const all = <K extends Kind>(claims: readonly Sourced[], kind: K): readonly Found<K>[] =>
  claims.filter((sourced): sourced is Found<K> => sourced.claim.kind === kind);

/** Every pair of claims of a kind that a test calls contrary, each once. */
const pairs = <T>(items: readonly T[], contrary: (a: T, b: T) => boolean): readonly (readonly [T, T])[] =>
  items.flatMap((a, i) => items.slice(i + 1).flatMap((b) => (contrary(a, b) ? [[a, b] as const] : [])));

type Rule = (claims: readonly Sourced[]) => readonly Omit<Contradiction, "rule">[];

/** Each rule by its name: what cannot hold, in the words of its function. */
const rules = {
  "two objectives for one thing": (claims) =>
    pairs(
      all(claims, "objective"),
      (a, b) => a.claim.of === b.claim.of && a.claim.objective !== b.claim.objective,
    ).map(([a, b]) => {
      const [loose, tight] = a.claim.objective < b.claim.objective ? [a, b] : [b, a];
      const burn = (1 - loose.claim.objective) / (1 - tight.claim.objective);
      return {
        says:
          `${percent(loose.claim.objective)} of ${loose.claim.of} burns the budget of ${percent(tight.claim.objective)} ` +
          `${round(burn)} times as fast as allowed: it is gone after ${round(tight.claim.days / burn)} days.`,
        sources: [loose.source, tight.source],
      };
    }),
  "two latencies for one thing": (claims) =>
    pairs(
      all(claims, "latency"),
      (a, b) => a.claim.of === b.claim.of && a.claim.seconds !== b.claim.seconds,
    ).map(([a, b]) => ({
      says: `${a.claim.of} must take ${a.claim.seconds} s and ${b.claim.seconds} s.`,
      sources: [a.source, b.source],
    })),
  "a latency that is no share of events": (claims) =>
    all(claims, "latency")
      .filter(({ claim }) => typeof claim.statistic !== "number")
      .map(({ claim, source }) => ({
        says:
          `${claim.seconds} s for ${claim.of} ` +
          (claim.statistic === "average"
            ? "is an average: one slow request of ten hides behind nine fast ones."
            : "names no statistic: nobody can say when it is broken."),
        sources: [source],
      })),
  "a latency that no bucket can tell": (claims) =>
    all(claims, "latency")
      .filter(({ claim }) => claim.edges !== undefined && !claim.edges.includes(claim.seconds))
      .map(({ claim, source }) => ({
        says: `${claim.of} promises ${claim.seconds} s, and the histogram has no edge there: ${claim.edges?.join(", ")}.`,
        sources: [source],
      })),
  "an alert looser than its promise": (claims) =>
    all(claims, "ratio-alert").flatMap((alert) =>
      all(claims, "objective")
        .filter(
          ({ claim }) => claim.of === alert.claim.of && alert.claim.above > (1 - claim.objective) * 14.4,
        )
        .map((objective) => {
          const budgetMinutes = (1 - objective.claim.objective) * objective.claim.days * MINUTES_PER_DAY;
          return {
            says:
              `Just below ${percent(alert.claim.above)} the alert is silent, and the budget of ` +
              `${percent(objective.claim.objective)} of ${alert.claim.of} is gone after ` +
              `${span(budgetMinutes / alert.claim.above)}.`,
            sources: [alert.source, objective.source],
          };
        }),
    ),
  "a burn rate that cannot be reached": (claims) =>
    all(claims, "burn-alert").flatMap((alert) =>
      all(claims, "objective")
        .filter(
          ({ claim }) => claim.of === alert.claim.of && alert.claim.burnRate * (1 - claim.objective) >= 1,
        )
        .map((objective) => ({
          says:
            `Burning ${round(alert.claim.burnRate)} times as fast as ${percent(objective.claim.objective)} of ` +
            `${alert.claim.of} allows would need ${percent(alert.claim.burnRate * (1 - objective.claim.objective))} errors.`,
          sources: [alert.source, objective.source],
        })),
    ),
  "a window longer than what is kept": (claims) =>
    all(claims, "retention").flatMap((kept) => [
      ...all(claims, "objective")
        .filter(({ claim }) => (claim.readDays ?? claim.days) > kept.claim.days)
        .map(({ claim, source }) => ({
          says: `${claim.of} is promised over ${claim.readDays ?? claim.days} days, and only ${kept.claim.days} are kept.`,
          sources: [source, kept.source],
        })),
      ...all(claims, "burn-alert")
        .filter(({ claim }) => claim.longestDays > kept.claim.days)
        .map(({ claim, source }) => ({
          says: `The alert on ${claim.of} looks back ${claim.longestDays} days, and only ${kept.claim.days} are kept.`,
          sources: [source, kept.source],
        })),
    ]),
  "more groups than there are values": (claims) =>
    all(claims, "groups")
      .filter(({ claim }) => claim.atMost >= claim.values)
      .map(({ claim, source }) => ({
        says:
          `${claim.of} tells ${claim.atMost} apart by ${claim.label} and shares one budget among the others, ` +
          `and ${claim.label} has at most ${claim.values} values.`,
        sources: [source],
      })),
  "a recovery point between two backups": (claims) =>
    all(claims, "recovery").flatMap((recovery) => {
      const point = recovery.claim.pointMinutes;
      const backups = all(claims, "backup");
      if (point === undefined || backups.length === 0) return [];
      const often = backups.reduce((a, b) => (a.claim.everyMinutes <= b.claim.everyMinutes ? a : b));
      return point < often.claim.everyMinutes
        ? [
            {
              says: `At most ${span(point)} may be lost, and backups are ${span(often.claim.everyMinutes)} apart.`,
              sources: [recovery.source, often.source],
            },
          ]
        : [];
    }),
  "a point in time that no backup reaches": (claims) =>
    all(claims, "recovery").flatMap((recovery) => {
      const days = recovery.claim.pointInTimeDays;
      return all(claims, "backup")
        .filter(({ claim }) => days !== undefined && claim.keptDays < days)
        .map(({ claim, source }) => ({
          says: `Any point of ${days} days can be restored, and backups are kept for ${claim.keptDays}.`,
          sources: [recovery.source, source],
        }));
    }),
  "two answers for one recovery": (claims) =>
    (["pointMinutes", "timeMinutes"] as const).flatMap((what) =>
      pairs(
        all(claims, "recovery").filter(({ claim }) => claim[what] !== undefined),
        (a, b) => a.claim[what] !== b.claim[what],
      ).map(([a, b]) => ({
        says:
          `${what === "pointMinutes" ? "At most" : "Within"} ${span(a.claim[what] ?? 0)} and ` +
          `${span(b.claim[what] ?? 0)} ${what === "pointMinutes" ? "may be lost." : "it is back."}`,
        sources: [a.source, b.source],
      })),
    ),
  "maintenance larger than the budget": (claims) =>
    all(claims, "maintenance").flatMap((planned) =>
      all(claims, "objective")
        .filter(({ claim }) => claim.of === planned.claim.of)
        .map((objective) => {
          const budget = (1 - objective.claim.objective) * BUDGET_DAYS * MINUTES_PER_DAY;
          return { objective, budget, share: planned.claim.minutesPerMonth / budget };
        })
        .filter(({ share }) => share > 0.25)
        .map(({ objective, budget, share }) => ({
          says:
            `${round(planned.claim.minutesPerMonth)} min of planned silence a month are ${percent(share)} of the ` +
            `${round(budget)} min that ${percent(objective.claim.objective)} of ${planned.claim.of} leaves.`,
          sources: [planned.source, objective.source],
        })),
    ),
  "a cost alert inside the normal range": (claims) =>
    all(claims, "cost")
      .filter(({ claim }) => claim.alertAbove <= claim.normalTo)
      .map(({ claim, source }) => ({
        says: `The alert at ${claim.alertAbove} fires in an ordinary month, which costs ${claim.normalFrom} to ${claim.normalTo}.`,
        sources: [source],
      })),
  "an alert inside the wished range": (claims) =>
    all(claims, "use")
      .filter(({ claim }) => claim.target !== undefined && claim.alertAbove <= claim.target)
      .map(({ claim, source }) => ({
        says: `The alert on ${claim.of} above ${percent(claim.alertAbove)} fires at the target of ${percent(claim.target ?? 0)}.`,
        sources: [source],
      })),
  "two alerts for one use": (claims) =>
    pairs(
      all(claims, "use"),
      (a, b) => a.claim.of === b.claim.of && a.claim.alertAbove !== b.claim.alertAbove,
    ).map(([a, b]) => ({
      says: `${a.claim.of} alerts above ${percent(a.claim.alertAbove)} and above ${percent(b.claim.alertAbove)}.`,
      sources: [a.source, b.source],
    })),
  "pools larger than their server": (claims) =>
    all(claims, "pool")
      .filter(({ claim }) => claim.perInstance * claim.instances > claim.serverAccepts)
      .map(({ claim, source }) => ({
        says: `${claim.instances} pools of ${claim.perInstance} are more than the ${claim.serverAccepts} connections that the server accepts.`,
        sources: [source],
      })),
  "a limit for all below that for one": (claims) =>
    all(claims, "request-limit")
      .filter(({ claim }) => claim.of === "all of an address")
      .flatMap((address) =>
        all(claims, "request-limit")
          .filter(({ claim }) => claim.of === "one visitor" && claim.perMinute > address.claim.perMinute)
          .map((visitor) => ({
            says:
              `One visitor may ask ${round(visitor.claim.perMinute)} times a minute, and everybody behind an address ` +
              `together ${round(address.claim.perMinute)} times.`,
            sources: [visitor.source, address.source],
          })),
      ),
} as const satisfies Record<string, Rule>;

/** Everything that cannot hold together among these claims. */
export const findContradictions = (claims: readonly Sourced[]): readonly Contradiction[] =>
  Object.entries<Rule>(rules).flatMap(([rule, judge]) =>
    judge(claims).map((contradiction) => ({ rule, ...contradiction })),
  );
