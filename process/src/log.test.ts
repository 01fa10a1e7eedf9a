import { expect, test } from "vitest";
import { createLog } from "./log.ts";

test("a line is one JSON object with timestamp, level, service and message, and secrets are redacted", () => {
  const lines: string[] = [];
  const log = createLog("demo", "info", { write: (line) => void lines.push(line) });
  log.warn({ password: "p", slack: { token: "t" }, durationMs: 3 }, "slow");
  log.debug("not written");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    level: "warn",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    service: "demo",
    password: "[redacted]",
    slack: { token: "[redacted]" },
    durationMs: 3,
    message: "slow",
  });
});
