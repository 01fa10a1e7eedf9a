import { checkAll, laws, renderOutcome } from "./laws.ts";

/** `npm run check`: every law, one line each, exit code 1 when one is broken. */
const outcomes = await checkAll(laws, (outcome) => console.log(renderOutcome(outcome)));
if (outcomes.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
