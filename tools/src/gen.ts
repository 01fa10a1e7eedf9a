import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { findDrift } from "./drift.ts";
import { generateAll } from "./generators.ts";
import { ROOT } from "./repository.ts";

/** Writes what differs and names what no generator makes any more, which is for a person to delete. */
const files = await generateAll();
const drift = findDrift(ROOT, files);
for (const { path, kind } of drift) {
  const text = files.get(path);
  if (text === undefined) {
    console.error(`${path}: ${kind}: delete it`);
    process.exitCode = 1;
    continue;
  }
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
  console.log(`${path}: written`);
}
if (drift.length === 0) console.log(`${files.size} generated files are up to date`);
