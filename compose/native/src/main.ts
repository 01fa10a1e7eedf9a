import { runCommand } from "./command-line.ts";

process.exit(await runCommand(process.argv.slice(2), process.env));
