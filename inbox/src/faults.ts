import type { Channel } from "./message.ts";

/**
 * How a provider may misbehave:
 * - `error`: it answers 500 (SMTP: 451 after the final dot) and keeps nothing
 * - `rate-limit`: it answers 429 with Retry-After (SMTP: 421 at MAIL FROM) and keeps nothing
 * - `hang`: it reads the request and never answers
 * - `drop-after-accept`: it keeps the message and cuts the connection instead of answering
 */
export const faultModes = ["ok", "error", "rate-limit", "hang", "drop-after-accept"] as const;

export type FaultMode = (typeof faultModes)[number];

export interface Fault {
  readonly mode: FaultMode;
  /** How many requests it still hits; null for all until it is changed. */
  readonly count: number | null;
}

export interface Faults {
  get(channel: Channel): Fault;
  set(channel: Channel, fault: Fault): void;
  /** The mode that hits this request when it is one of `modes`, else `ok`. Uses up one of the count. */
  take(channel: Channel, modes: readonly FaultMode[]): FaultMode;
  readonly version: number;
}

/** Modes that are decided before a request is looked at. */
export const BEFORE_ACCEPTING = ["error", "rate-limit", "hang"] as const satisfies readonly FaultMode[];

/** The mode that is decided once a message is kept. */
export const AFTER_ACCEPTING = ["drop-after-accept"] as const satisfies readonly FaultMode[];

/** What `Retry-After` says, in seconds, while the fault `rate-limit` is on. */
export const FAULT_RETRY_AFTER_SECONDS = 1;

const OK: Fault = { mode: "ok", count: null };

export function createFaults(): Faults {
  const faults = new Map<Channel, Fault>();
  let version = 0;
  const set = (channel: Channel, fault: Fault): void => {
    version++;
    if (fault.mode === "ok" || fault.count === 0) faults.delete(channel);
    else faults.set(channel, fault);
  };
  return {
    get: (channel) => faults.get(channel) ?? OK,
    set,
    take(channel, modes) {
      const fault = faults.get(channel) ?? OK;
      if (!modes.includes(fault.mode)) return "ok";
      if (fault.count !== null) set(channel, { ...fault, count: fault.count - 1 });
      return fault.mode;
    },
    get version() {
      return version;
    },
  };
}
