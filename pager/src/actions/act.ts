import type { Log } from "@watchkeeper/process/log";
import type { CommandOptions, CommandOrigin, CommandResult } from "../incidents/commands.ts";
import { type Command, runCommand } from "../incidents/commands.ts";
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

/** @param minutes of a snooze */
export function commandOf(button: Button, nowMs: number, minutes = SNOOZE_MINUTES): Command {
  return button === "snooze"
    ? { action: "snooze", until: new Date(nowMs + minutes * 60_000) }
    : { action: button };
}

/** Does what a button asks, and says so in the log. */
export async function act(
  { log, wake, ...options }: ActOptions,
  incidentId: string,
  command: Command,
  origin: CommandOrigin,
): Promise<CommandResult> {
  const result = await runCommand(options, incidentId, command, origin);
  const { actor, source } = origin;
  const { action } = command;
  if (result.done) {
    log.info({ incident: result.number, action, actor, source }, "action taken");
    wake();
  } else log.info({ incidentId, action, actor, source, reason: result.reason }, "action refused");
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
