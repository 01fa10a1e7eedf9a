import { runCommand } from "./run.ts";

process.exitCode = await runCommand(process.argv.slice(3), process.env, (line) =>
  process.stdout.write(`${line}\n`),
);
