import { createTask, parse, validate } from "node-cron";

/** The moments at which something is due. */
export interface Slots {
  /** The first moment after this one. In milliseconds since 1970. */
  after(ms: number): number;
}

const MINUTE = 60_000;
/** Longer than any schedule of ours: who asks for more has written one that never comes. */
const HORIZON_MINUTES = 8 * 24 * 60;

/**
 * Reads a cron expression in a time zone. node-cron judges which minutes it means; its own timers are not used, since
 * they fall silent after a clock that jumped ahead is set right, and cannot be driven by a test.
 *
 * @throws Error that names an expression or a time zone that does not exist
 */
export function createSlots(cron: string, timeZone: string): Slots {
  const refuse = (reason: string): never => {
    throw new Error(`Cannot use "${cron}" in ${timeZone} as a schedule: ${reason}`);
  };
  if (!validate(cron)) refuse("it is no cron expression");
  if (!isTimeZone(timeZone)) refuse("there is no such time zone");
  const task = createTask(cron, () => undefined, { timezone: timeZone });
  const seconds = [...parse(cron).second].sort((a, b) => a - b);
  return {
    after(ms) {
      const first = Math.floor(ms / MINUTE) * MINUTE;
      for (let minute = first; minute <= first + HORIZON_MINUTES * MINUTE; minute += MINUTE) {
        const slot = seconds.map((second) => minute + second * 1_000).find((moment) => moment > ms);
        if (slot !== undefined && task.match(new Date(slot))) return slot;
      }
      return refuse(`it is not due within ${HORIZON_MINUTES / 1_440} days`);
    },
  };
}

/** Whether the runtime knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
