import { run } from "@watchkeeper/pager/run";
import { runProcess } from "@watchkeeper/process/main";
import { chaosDirectory } from "./people.ts";

/*
 * A pager that ends itself, as `kill -9` would, at one of its named points: `CHAOS_KILL_AT` names the point and
 * `CHAOS_KILL_ON` which time it is reached. Everything else is the pager as it is.
 */
const { CHAOS_KILL_AT: killAt, CHAOS_KILL_ON: killOn } = process.env;
let reached = 0;

await runProcess("pager", (context) =>
  run(context, {
    directory: chaosDirectory,
    checkpoint: (point) => {
      if (point !== killAt) return;
      reached += 1;
      if (reached !== Number(killOn)) return;
      context.log.warn({ point }, "ends itself here");
      process.kill(process.pid, "SIGKILL");
    },
  }),
);
