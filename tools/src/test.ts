import { checkAll, laws, renderOutcome } from "./laws.ts";
import { ROOT } from "./repository.ts";
import { addTallies, renderTally, runVitest } from "./vitest-run.ts";

/** `npm test`: the laws, each of which counts as a test, then all tests. The last line is the count. */
const outcomes = await checkAll(laws, (outcome) => console.log(renderOutcome(outcome)));
const broken = outcomes.filter(({ problems }) => problems.length > 0);
const judged = { passed: outcomes.length - broken.length, failed: broken.length, skipped: 0 };
const unit = await runVitest(ROOT, "unit");
const endToEnd = await runVitest(ROOT, "e2e");
const total = addTallies([judged, unit, endToEnd]);
for (const { name } of broken) console.log(`The law on ${name} is broken: see above`);
console.log(renderTally(total));
if (total.failed > 0) process.exitCode = 1;
