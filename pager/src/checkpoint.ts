/**
 * The points between which a crash is interesting, in the order in which a page passes them. Whatever ends a pager at one
 * of them, nothing that was answered with 200 is lost; `npm run chaos` does it.
 */
export const checkpoints = [
  /** A webhook's body is here and not on disk. */
  "received",
  /** It is on disk and not answered. */
  "stored",
  /** What follows from it is written and not committed. */
  "applied",
  /** Committed, and nobody was woken. */
  "processed",
  /** Levels are fired and not committed. */
  "fired",
  /** Committed, and the next ones not looked for. */
  "escalated",
  /** A message is leased. */
  "claimed",
  /** Its attempt is logged and no byte has left. */
  "begun",
  /** Its bytes have left and their outcome is not written. */
  "sent",
  /** In an emergency: the attempt is in the ledger and no byte has left. */
  "noted",
  /** In an emergency: the bytes have left and their outcome is not in the ledger. */
  "told",
  /** The ledger is read in and not committed. */
  "adopted",
  /** Committed, and the ledger not emptied. */
  "imported",
] as const;

export type Checkpoint = (typeof checkpoints)[number];

/** Called at a checkpoint; an experiment may end the process in it. */
export type Pass = (point: Checkpoint) => Promise<void> | void;
