import { readdir } from "node:fs/promises";

/** `npm run bench -- <name>`: measures with `bench/<name>.bench.ts`. The last line that it prints is JSON. */
const ENDING = ".bench.ts";
const folder = new URL("./", import.meta.url);
const names = (await readdir(folder))
  .filter((file) => file.endsWith(ENDING))
  .map((file) => file.slice(0, -ENDING.length))
  .sort();

const [name = "", ...args] = process.argv.slice(3);
if (names.includes(name)) {
  const bench: { run(print: (line: string) => void, args: readonly string[]): Promise<void> } = await import(
    new URL(name + ENDING, folder).href
  );
  try {
    await bench.run((line) => void process.stdout.write(`${line}\n`), args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
} else {
  process.stderr.write(`Cannot measure "${name}" as there is no such benchmark: ${names.join(", ")}\n`);
  process.exitCode = 1;
}
