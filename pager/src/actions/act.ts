import type { Queries } from "@watchkeeper/exporters/database";
import type { Log } from "@watchkeeper/process/log";
import type { Command } from "../incidents/command.ts";
import type { CommandOptions, CommandOrigin, CommandResult } from "../incidents/commands.ts";
import { runCommand } from "../incidents/commands.ts";
import type { GrantedAction } from "./grant.ts";

export interface ActOptions extends CommandOptions {
  readonly log: Log;
  /** Something may leave now: the message that shows the change. */
  readonly wake: () => void;
}

/** What a button may ask for. */
export type Button = Exclude<GrantedAction, "call">;

/** How long a snooze is when nobody chose. */
export const SNOOZE_MINUTES = 60;

/** A snooze ends by the database's clock, which also decides when it is over. */
async function commandOf(database: Queries, button: Button, minutes: number): Promise<Command> {
  if (button !== "snooze") return { action: button };
  const { rows } = await database.query<{ until: Date }>(
    "snooze-until",
    "SELECT pager_now() + $1 * interval '1 minute' AS until",
    [minutes],
  );
  return { action: "snooze", until: rows[0]?.until ?? new Date(Number.NaN) };
}

/**
 * Does what a button asks, and says so in the log.
 *
 * @param minutes of a snooze
 * @throws Error when the database is away
 */
export async function act(
  { log, wake, ...options }: ActOptions,
  incidentId: string,
  button: Button,
  origin: CommandOrigin,
  minutes = SNOOZE_MINUTES,
): Promise<CommandResult> {
  const command = await commandOf(options.database, button, minutes);
  const result = await runCommand(options, incidentId, command, origin);
  const { actor, source } = origin;
  if (result.done) {
    log.info({ incident: result.number, action: button, actor, source }, "action taken");
    wake();
  } else log.info({ incidentId, action: button, actor, source, reason: result.reason }, "action refused");
  return result;
}

const DONE: Readonly<Record<Button, string>> = {
  acknowledge: "acknowledged",
  resolve: "resolved",
  snooze: "snoozed",
};

/** What became of it, in a sentence for whoever asked. */
export const sentenceOf = (button: Button, result: CommandResult): string =>
  result.done ? `Incident #${result.number} is ${DONE[button]}.` : `${result.message}.`;
