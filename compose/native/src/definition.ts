import type { Probe } from "./probes.ts";

/** One process of the stack: how it runs, what it needs first and how to tell that it works. */
export interface ProcessDefinition {
  readonly name: string;
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The user to run as; undefined means the current one. */
  readonly uid?: number | undefined;
  /** Processes that must be healthy before it starts. */
  readonly after: readonly string[];
  /** What must be there before it starts for the first time, besides other processes. */
  readonly before?: Promise<void>;
  readonly probe: Probe;
  /** Runs once after the process became healthy for the first time and before others build on it. */
  readonly prepare?: () => Promise<void>;
  readonly stopSignal: NodeJS.Signals;
  /** Data stores end last, when nobody writes to them any more. */
  readonly isStore: boolean;
  /** What a person opens, where there is something to open. */
  readonly address?: string;
  /** Folders of the clone whose change restarts it in `npm run dev`. */
  readonly sources: readonly string[];
}
