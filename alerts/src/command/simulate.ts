import type { Slo } from "@watchkeeper/catalogue/slo";
import { outcomeOf, quantile } from "../simulation/outcome.ts";
import { seededRandom } from "../simulation/random.ts";
import { type Contender, contenders, simulate } from "../simulation/simulate.ts";
import type { World } from "../simulation/world.ts";
import { defineTiming, type RuleTiming, ruleTiming } from "../slo/timing.ts";
import type { Command } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { numberFrom, parseOptions, selectSlos } from "./options.ts";
import { renderShare, renderSpan, renderTable } from "./table.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** As much history as the longest window of an alert. */
const HISTORY = 4 * DAY;

interface Setting {
  readonly slo: Slo;
  readonly rps: number;
  readonly instances: number;
  readonly runs: number;
  readonly months: number;
  readonly timing: RuleTiming;
}

interface Scenario {
  readonly title: string;
  readonly share: number;
  readonly seconds: number;
  readonly severity: "page" | "ticket";
}

/** Everything fails, or as many times more than allowed as the promise leaves room for. */
function scenariosOf({ objective }: Slo): readonly Scenario[] {
  const budget = 1 - objective;
  const burning = (rate: number, seconds: number, severity: "page" | "ticket"): Scenario => ({
    title: `${Number((rate * budget * 100).toPrecision(3))}% fails (burn rate ${rate}), ${severity}`,
    share: rate * budget,
    seconds,
    severity,
  });
  return [
    { title: "100% fails, page", share: 1, seconds: budget > 0.1 ? 5 * HOUR : HOUR, severity: "page" },
    burning(100, 2 * HOUR, "page"),
    burning(30, 3 * HOUR, "page"),
    burning(10, 8 * HOUR, "page"),
    burning(2, 60 * HOUR, "ticket"),
  ].filter(({ share }, i) => i === 0 || share < 1) as readonly Scenario[];
}

const worldOf = ({ rps, instances }: Setting, seconds: number, failing: Partial<World>): World => ({
  seconds,
  instances,
  rate: () => rps,
  background: 0,
  failures: [],
  errorSeries: "from the start",
  ...failing,
});

/** Each contender's outcomes of the same failure in several worlds. */
function play(setting: Setting, { share, seconds, severity }: Scenario) {
  const { slo, rps, timing, runs } = setting;
  const budget = (1 - slo.objective) * rps * slo.days * DAY;
  const failure = { begin: HISTORY, end: HISTORY + seconds, share };
  const grace = 2 * HOUR;
  const worlds = Array.from({ length: runs }, (_, i) =>
    simulate({
      world: worldOf(setting, failure.end + grace, { failures: [failure] }),
      objective: slo,
      timing,
      random: seededRandom(i + 1),
      from: HISTORY - 60,
      severities: [severity],
    }),
  );
  return (name: Contender) =>
    worlds.flatMap(({ scraped, fired }) => {
      const outcome = outcomeOf(failure, fired[name][severity], scraped, budget, 600);
      return outcome ? [outcome] : [];
    });
}

/** Pages a month for a service that is exactly as good as promised, each of them false. */
function falsePages(setting: Setting): Readonly<Record<Contender, number>> {
  const { slo, timing, months } = setting;
  const { fired } = simulate({
    world: worldOf(setting, HISTORY + months * 30 * DAY, { background: 1 - slo.objective }),
    objective: slo,
    timing,
    random: seededRandom(1),
    from: HISTORY,
    severities: ["page"],
  });
  return Object.fromEntries(contenders.map((name) => [name, fired[name].page.length / months])) as Record<
    Contender,
    number
  >;
}

const row = (title: string, value: (name: Contender) => string) => [title, ...contenders.map(value)];

function rowsOf(setting: Setting, scenario: Scenario): readonly (readonly string[])[] {
  const outcomes = play(setting, scenario);
  const median = (name: Contender, of: "detection" | "reset" | "budget") =>
    quantile(
      outcomes(name).map((outcome) => outcome[of]),
      0.5,
    );
  return [
    row(scenario.title, (name) => renderSpan(median(name, "detection"))),
    row("  budget spent by then", (name) => {
      const budget = median(name, "budget");
      return budget === undefined ? "-" : renderShare(budget);
    }),
    ...(scenario.severity === "page"
      ? [
          row("  over after its end", (name) =>
            median(name, "detection") === undefined ? "-" : renderSpan(median(name, "reset")),
          ),
        ]
      : []),
  ];
}

function blipRow(setting: Setting, seconds: number): readonly string[] {
  const outcomes = play(setting, { title: "", share: 1, seconds, severity: "page" });
  return row(`100% fails for ${seconds} s, pages`, (name) => {
    const all = outcomes(name);
    const paged = all.filter(({ detection }) => detection !== undefined).length;
    return `${Math.round((paged / all.length) * 100)}%`;
  });
}

/** `npm run slo -- simulate`: how rules of several shapes would alert for a promise and its traffic. */
export const showSimulation: Command = async (args, _, print) => {
  const options = parseOptions("simulate", args, [
    "slo",
    "rps",
    "instances",
    "runs",
    "months",
    "scrape-timeout",
  ]);
  const [slo, ...others] = selectSlos(options.slo ?? "DirectoryAvailability");
  if (!slo || others.length > 0) throw new CommandError("Cannot simulate several promises at once");
  if (slo.indicator.kind === "samples") {
    throw new CommandError(
      `Cannot simulate SLO "${slo.name}" as it counts looks at a gauge: choose one that counts events`,
    );
  }
  const timeout = numberFrom("scrape-timeout", options["scrape-timeout"], ruleTiming.lag - 1, 1, 14);
  const setting: Setting = {
    slo,
    rps: numberFrom("rps", options.rps, 10, 0.0001, 100_000),
    instances: Math.round(numberFrom("instances", options.instances, 2, 1, 100)),
    runs: Math.round(numberFrom("runs", options.runs, 15, 1, 1_000)),
    months: numberFrom("months", options.months, 3, 1, 120),
    timing: defineTiming({ ...ruleTiming, lag: timeout + 1 }, timeout),
  };
  print(
    `${slo.name}: ${slo.objective * 100}% over ${slo.days} days, ${setting.rps} requests/s on ${setting.instances} ` +
      `instances, scrapes and rules every ${setting.timing.interval} s; medians of ${setting.runs} runs.`,
  );
  print(
    `Its preset is ${slo.preset}${slo.urgency === "ticket" ? ", and it only makes tickets: pages are what its rules would do" : ""}.`,
  );
  const faults = falsePages(setting);
  print(
    renderTable([
      ["", ...contenders],
      ...scenariosOf(slo).flatMap((scenario) => rowsOf(setting, scenario)),
      ...[20, 40, 60].map((seconds) => blipRow(setting, seconds)),
      row("exactly as good as promised, pages a month", (name) => faults[name].toFixed(2)),
    ]),
  );
};
