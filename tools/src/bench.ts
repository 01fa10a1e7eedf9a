import { benchmarks } from "./benchmarks.ts";

/** `npm run bench -- <name>`: measures and prints one line of JSON. */
const name = process.argv[3] ?? "";
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
if (benchmark) console.log(JSON.stringify(await benchmark()));
else {
  console.error(
    `Cannot run bench "${name}" as there is no such benchmark: ${Object.keys(benchmarks).join(", ")}`,
  );
  process.exitCode = 1;
}
