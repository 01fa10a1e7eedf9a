import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MEASURE = fileURLToPath(new URL("../../../bench/exporters/child.ts", import.meta.url));

/** Of a request, over the same server without instruments. Time is noise on a busy machine; bytes are not. */
const MAX_BYTES = 200;

test("recording a request allocates next to nothing", { timeout: 60_000 }, async () => {
  const flags = ["--import", "tsx", "--expose-gc", "--min-semi-space-size=256", "--max-semi-space-size=256"];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    MEASURE,
    "bytes",
    "bare",
    "ours",
    "hand",
  ]);
  const [bare = 0, ours = 0, hand = 0] = JSON.parse(stdout);
  expect(ours - bare).toBeLessThan(MAX_BYTES);
  // The measurement itself can tell: a hand-written middleware on prom-client costs ten times as much.
  expect(hand - bare).toBeGreaterThan(1_000);
});
