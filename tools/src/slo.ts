import { runSlo } from "./slo-commands.ts";

/** `npm run slo -- simulate | budget`. */
try {
  console.log(await runSlo(process.argv.slice(3), process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
