import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const bootstrap = fileURLToPath(new URL("../tools/bootstrap.mjs", import.meta.url));

test("a few seconds of chaos lose nothing and double nothing that has a key", {
  timeout: 180_000,
}, async () => {
  const args = [bootstrap, "chaos", "--seconds", "9", "--seed", "299"];
  // What it found is on its standard output, whether it was right or not.
  const { stdout } = await run(process.execPath, args).catch((error: { stdout: string }) => error);
  expect(stdout.trim()).toMatch(
    /^lost=0 duplicated_keyed=0 .*wrong_state=0 escalation=0 unexplained=0 pending=0$(?![\s\S])/m,
  );
});
