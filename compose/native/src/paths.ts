import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the clone. */
export const PROJECT_ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../../..");

/** Where everything that this machine adds to the clone is kept; `npm run reset` empties it. */
export interface StateFolder {
  readonly root: string;
  /** Databases, time series: what must survive. */
  readonly data: string;
  /** One file a secret, mode 0600. */
  readonly secrets: string;
  /** One file a process. */
  readonly logs: string;
  /** Process records and the configuration as the servers read it; made anew at every start. */
  readonly run: string;
}

/** @param root absolute path of the state folder, by default `.watchkeeper` in the clone */
export function stateFolder(root: string): StateFolder {
  return {
    root,
    data: join(root, "data"),
    secrets: join(root, "secrets"),
    logs: join(root, "logs"),
    run: join(root, "run"),
  };
}

/** Downloaded servers. They belong to the clone, not to one state folder, so that tests share them. */
export const TOOLS_FOLDER = join(PROJECT_ROOT, ".watchkeeper", "tools");
