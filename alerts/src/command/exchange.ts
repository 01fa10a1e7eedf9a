import { presets } from "@watchkeeper/catalogue/slo";
import { slos } from "@watchkeeper/catalogue/slos/all";
import { maintenance } from "@watchkeeper/catalogue/slos/maintenance";
import { exportPromises, importPromises } from "../slo-tools/exchange/commands.ts";
import { backfill } from "../slo-tools/history/backfill.ts";
import { backtest } from "../slo-tools/history/backtest.ts";
import { type LabelledIncident, loadIncidents } from "../slo-tools/history/incidents.ts";
import { createPrometheusApi } from "../slo-tools/history/prometheus-api.ts";
import { renderVerdict, type Sent } from "../slo-tools/history/verdict.ts";
import type { Command } from "./command.ts";
import { CommandError } from "./command-error.ts";
import { numberFrom, parseOptions, prometheusFrom, selectSlos } from "./options.ts";

const DAY = 86_400;

/** What a command refuses in a sentence of its own is a mistake of the person at the keyboard. */
const plainly =
  (command: Command): Command =>
  async (...given) => {
    try {
      await command(...given);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith("Cannot "))
        throw new CommandError(error.message);
      throw error;
    }
  };

/** Commands print lines; texts that are whole end with a line break already. */
const linesTo = (print: (line: string) => void) => (text: string) => print(text.replace(/\n$/, ""));

const now = (): number => Math.floor(Date.now() / 1_000);

/** `npm run slo -- import <file>`: promises of OpenSLO or sloth as source. */
export const bringIn: Command = plainly(async ([file, ...others], _, print) => {
  if (file === undefined || file.startsWith("--") || others.length > 0) {
    throw new CommandError("Cannot run slo import: it takes the name of one file");
  }
  await importPromises({ file }, linesTo(print));
});

/** `npm run slo -- export`: our promises as OpenSLO. */
export const giveOut: Command = plainly(async (args, _, print) => {
  const { slo } = parseOptions("export", args, ["slo"]);
  await exportPromises(slo === undefined ? {} : { slo }, linesTo(print));
});

/** `npm run slo -- backfill`: whole budgets on the first day, out of raw history. */
export const fillBack: Command = plainly(async (args, env, print) => {
  const options = parseOptions("backfill", args, ["slo", "days", "into", "prometheus", "promtool"]);
  if (options.into === undefined) {
    throw new CommandError("Cannot run slo backfill: --into must name the folder that blocks are written to");
  }
  const to = now();
  const days = numberFrom("days", options.days, 30, 0.01, 400);
  await backfill(
    {
      slos: selectSlos(options.slo),
      from: Math.round(to - days * DAY),
      to,
      into: options.into,
      promtool: options.promtool ?? "promtool",
      windows: maintenance,
    },
    createPrometheusApi(prometheusFrom(options.prometheus, env.WATCHKEEPER_PORT_BASE).href),
    linesTo(print),
  );
});

/** `npm run slo -- backtest`: which pages the recorded past would have brought. */
export const testBack: Command = plainly(async (args, env, print) => {
  const options = parseOptions("backtest", args, [
    "slo",
    "days",
    "objective",
    "preset",
    "incidents",
    "prometheus",
  ]);
  const preset = presets.find((each) => each === options.preset);
  if (options.preset !== undefined && preset === undefined) {
    throw new CommandError(
      `Cannot use --preset as it must be one of ${presets.join(", ")}: current value is ${options.preset}`,
    );
  }
  const objective =
    options.objective === undefined
      ? undefined
      : Number((numberFrom("objective", options.objective, 0, 1, 99.999) / 100).toPrecision(12));
  const changed = { ...(objective !== undefined && { objective }), ...(preset && { preset }) };
  const api = createPrometheusApi(prometheusFrom(options.prometheus, env.WATCHKEEPER_PORT_BASE).href);
  const days = numberFrom("days", options.days, 30, 0.01, 400);
  const to = now();
  const all = options.incidents === undefined ? [] : await loadIncidents(options.incidents, slos);
  const [before, after]: [Sent[], Sent[]] = [[], []];
  for (const slo of selectSlos(options.slo)) {
    const args = { slo, days, to, ...(Object.keys(changed).length > 0 && { changed }) };
    const sent = await backtest(args, api, linesTo(print));
    before.push(...sent.before);
    after.push(...sent.after);
  }
  if (options.incidents === undefined) return;
  const inTime = all.filter((incident) => incident.to > to - days * DAY && incident.from < to);
  printVerdict(inTime, before, after, print);
});

function printVerdict(
  incidents: readonly LabelledIncident[],
  before: readonly Sent[],
  after: readonly Sent[],
  print: (line: string) => void,
): void {
  const sides = after.length > 0 ? { "as it is": before, changed: after } : { "as it is": before };
  print(`\n${renderVerdict(incidents, sides)}`);
}
