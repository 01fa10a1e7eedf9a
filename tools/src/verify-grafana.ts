import { runVerification } from "./grafana/run.ts";
import { ROOT } from "./repository.ts";

/** `npm run verify:grafana`: compares a running Grafana with `grafana/`, exit code 1 when anything is wrong. */
if (!(await runVerification(process.env, ROOT, console.log))) process.exitCode = 1;
