import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ReportDocument } from "@watchkeeper/catalogue/report-document";

/** A report in pictures. */
export interface Drawn {
  /** PNG, in the order of `chartsOf`. */
  readonly charts: readonly Uint8Array[];
  readonly pdf: Uint8Array;
}

/** What the process that draws says before it ends. */
export type Answer = { readonly drawn: Drawn } | { readonly reason: string };

const MAIN = fileURLToPath(new URL("./draw-main.ts", import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
/** Drawing takes about a second; what takes so much longer does not end by itself. */
const PATIENCE_MS = 60_000;

function answerOf(child: ChildProcess): Promise<Drawn> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => {
      const answer = message as Answer;
      if ("drawn" in answer) resolve(answer.drawn);
      else reject(new Error(`Cannot draw the report: ${answer.reason}`));
    });
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`Cannot draw the report: the process that draws ended with ${signal ?? code}`)),
    );
  });
}

/**
 * Draws a report in a process of its own, which ends afterwards: fonts, canvas and PDF would keep some 55 MB in a collector
 * that needs them once a week.
 *
 * @param making while the report is made the process gets ready
 * @throws Error of making it, or when drawing fails or does not end
 */
export async function drawApart(making: ReportDocument | Promise<ReportDocument>): Promise<Drawn> {
  const child = fork(MAIN, [], {
    // It needs no secret of the collector's.
    env: {},
    execArgv: ["--max-old-space-size=256", "--import", tsx],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const drawn = answerOf(child);
  // Where the report cannot be made, nobody asks for its pictures.
  drawn.catch(() => undefined);
  let patience: NodeJS.Timeout | undefined;
  try {
    child.send(await making);
    // Making it is not counted: a Prometheus that answers slowly has its own time.
    patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
    return await drawn;
  } finally {
    clearTimeout(patience);
    child.kill("SIGKILL");
  }
}
