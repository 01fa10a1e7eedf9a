import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { ReportDocument } from "@watchkeeper/catalogue/report-document";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { systemClock } from "@watchkeeper/process/clock";
import { createLog } from "@watchkeeper/process/log";
import { reasonOf } from "@watchkeeper/process/main";
import { createDatabase } from "../database/database.ts";
import { migrate } from "../database/migrate.ts";
import { lastPeriod, parsePeriod, type ReportPeriod } from "../report/period.ts";
import { createReports } from "../report/reports.ts";
import { reportSources } from "../run.ts";
import { readCollectorSettings } from "../settings.ts";
import { CommandError } from "./command-error.ts";
import type { Environment } from "./environment.ts";

const USAGE = "it takes --week 2026-W46 or --month 2026-11, --out report.html or report.pdf, and --send";

function readOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        week: { type: "string" },
        month: { type: "string" },
        out: { type: "string" },
        send: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`Cannot make a report: ${reasonOf(error).split(". ")[0]} (${USAGE})`);
  }
}

function periodOf(week: string | undefined, month: string | undefined, timeZone: string): ReportPeriod {
  if (week !== undefined && month !== undefined) {
    throw new CommandError(`Cannot make a report of a week and a month at once (${USAGE})`);
  }
  const name = week ?? month;
  if (name === undefined) return lastPeriod("week", systemClock.now(), timeZone);
  let period: ReportPeriod;
  try {
    period = parsePeriod(name, timeZone);
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
  if ((period.kind === "week") !== (week !== undefined)) {
    throw new CommandError(
      `Cannot use --${week === undefined ? "month" : "week"} ${name} as it is a ${period.kind}`,
    );
  }
  return period;
}

/** The report as the file's name says: a page, or a PDF. What draws is loaded by whoever asks for it. */
async function render(report: ReportDocument, out: string): Promise<string | Buffer> {
  if (out.endsWith(".html")) {
    const { renderFile } = await import("../report/file.ts");
    return renderFile(report);
  }
  const { drawCharts } = await import("../report/picture.ts");
  const { renderPdf } = await import("../report/pdf.ts");
  return renderPdf(report, await drawCharts(report));
}

/**
 * `npm run report -- --week 2026-W46 --out report.html`: makes a report as the schedule would. `--send` mails it to the
 * recipients of the schedule, also when that was done before.
 *
 * @throws CommandError in one line when it cannot be made, written or sent
 */
export async function makeReport(
  args: readonly string[],
  env: Environment,
  print: (line: string) => void,
): Promise<void> {
  const { week, month, out, send } = readOptions(args);
  if (out === undefined && !send) throw new CommandError(`Cannot make a report for nobody (${USAGE})`);
  if (out !== undefined && !/\.(?:html|pdf)$/.test(out)) {
    throw new CommandError(`Cannot write ${out} as it must end in .html or .pdf`);
  }
  const settings = readCollectorSettings(env);
  const { mail, timeZone, consoleUrl } = settings;
  if (send && !mail) throw new CommandError("Cannot send a report as no mail server is set");
  const period = periodOf(week, month, timeZone);
  await migrate(settings.databaseUrl);
  const database = createDatabase(settings.databaseUrl, createMetrics(), createLog("collector", "silent"));
  try {
    const reports = createReports(reportSources(settings, database), timeZone, systemClock);
    const report = await reports.make(period).catch((error: unknown) => {
      throw new CommandError(reasonOf(error));
    });
    print(report.summary);
    for (const { text } of report.notices) print(`! ${text}`);
    if (out !== undefined) {
      await writeFile(out, await render(report, out)).catch((error: unknown) => {
        throw new CommandError(`Cannot write ${out}: ${reasonOf(error)}`);
      });
      print(`wrote ${out}`);
    }
    if (send && mail) {
      const { sendReport } = await import("../report/mail.ts");
      const sent = await sendReport(report, mail, consoleUrl);
      if (sent.result !== "sent") throw new CommandError(`Cannot send the report: ${sent.reason}`);
      print(`sent to ${mail.to}`);
    }
  } finally {
    await database.close();
  }
}
