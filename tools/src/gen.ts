import { writeGenerated } from "./drift.ts";
import { ROOT } from "./repository.ts";

/** `npm run gen`: writes what differs and names what no generator makes any more, which is for a person to delete. */
async function generate(): Promise<ReadonlyMap<string, string>> {
  try {
    const { generateAll } = await import("./generators.ts");
    return await generateAll();
  } catch (error) {
    // A definition that is refused says all in one sentence; anything else is a mistake of a generator.
    if (!(error instanceof Error && error.message.startsWith("Cannot "))) throw error;
    console.error(`${error.message}. Nothing was written.`);
    process.exit(1);
  }
}

const files = await generate();
const { written, strangers } = writeGenerated(ROOT, files);
for (const path of written) console.log(`${path}: written`);
for (const path of strangers) console.error(`${path}: comes from no generator: delete it`);
if (written.length + strangers.length === 0) console.log(`${files.size} generated files are up to date`);
if (strangers.length > 0) process.exitCode = 1;
