import { type Directory, teamOnlyDirectory } from "@watchkeeper/pager/escalation/directory";
import { run } from "@watchkeeper/pager/run";
import { runProcess } from "@watchkeeper/process/main";

/*
 * A pager that ends itself, as `kill -9` would, at one of its named points: `CHAOS_KILL_AT` names the point and
 * `CHAOS_KILL_ON` which time it is reached. Everything else is the pager as it is.
 */
const { CHAOS_KILL_AT: killAt, CHAOS_KILL_ON: killOn } = process.env;
let reached = 0;

/** Each service has a route of its own, or storms would speak for nearly all incidents. */
const directory: Directory = {
  ...teamOnlyDirectory,
  policyFor: (incident) => ({ ...teamOnlyDirectory.policyFor(incident), id: incident.service }),
};

await runProcess("pager", (context) =>
  run(context, {
    directory,
    checkpoint: (point) => {
      if (point !== killAt) return;
      reached += 1;
      if (reached === Number(killOn)) process.kill(process.pid, "SIGKILL");
    },
  }),
);
