import { reasonOf } from "@watchkeeper/process/main";
import { runHistory } from "./run.ts";

const ending = new AbortController();
process.once("SIGTERM", () => ending.abort());
try {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  await runHistory(process.env, Date.now(), print, ending.signal);
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`);
  process.exitCode = 1;
}
