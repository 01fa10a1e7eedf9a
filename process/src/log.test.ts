import { expect, test, vi } from "vitest";
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

const written = (write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown> => {
  const lines: string[] = [];
  write(createLog("demo", "info", { write: (line) => void lines.push(line) }));
  return JSON.parse(lines[0] ?? "");
};

test("secrets of an error and of a child's own fields are redacted too, and what was logged stays as it was", () => {
  const error = Object.assign(new TypeError("refused"), { token: "t", code: "E1" });
  const fields = { err: error, headers: { cookie: "c", accept: "*/*" }, list: ["password"] };
  expect(written((log) => log.info(fields, "tried"))).toMatchObject({
    err: {
      type: "TypeError",
      message: "refused",
      stack: expect.any(String),
      token: "[redacted]",
      code: "E1",
    },
    headers: { cookie: "[redacted]", accept: "*/*" },
    list: ["password"],
  });
  expect([error.token, fields.headers.cookie]).toEqual(["t", "c"]);
  expect(
    written((log) => log.child({ secret: "s", job: "j" }).info({ password: undefined }, "x")),
  ).toMatchObject({ secret: "[redacted]", job: "j", message: "x" });
});

test("each line has the moment at which it was written, to the millisecond", () => {
  const lines: string[] = [];
  const log = createLog("demo", "info", { write: (line) => void lines.push(line) });
  const moments = [5, 1_004, 1_004, 1_050, 61_000].map((ms) =>
    new Date(1_700_000_000_000 + ms).toISOString(),
  );
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    for (const moment of moments) {
      vi.setSystemTime(new Date(moment));
      log.info("x");
    }
  } finally {
    vi.useRealTimers();
  }
  expect(lines.map((line) => JSON.parse(line).timestamp)).toEqual(moments);
});
