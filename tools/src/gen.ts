import { writeGenerated } from "./drift.ts";
import { generateAll } from "./generators.ts";
import { ROOT } from "./repository.ts";

/** `npm run gen`: writes what differs and names what no generator makes any more, which is for a person to delete. */
const files = await generateAll();
const { written, strangers } = writeGenerated(ROOT, files);
for (const path of written) console.log(`${path}: written`);
for (const path of strangers) console.error(`${path}: comes from no generator: delete it`);
if (written.length + strangers.length === 0) console.log(`${files.size} generated files are up to date`);
if (strangers.length > 0) process.exitCode = 1;
