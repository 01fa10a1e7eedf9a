import { expect, test } from "vitest";
import { z } from "zod";
import { createCursors } from "./cursor.ts";
import { Problem } from "./problem.ts";

const schema = z.object({ name: z.string(), id: z.number() });
const cursors = createCursors("a secret of at least 32 characters");
const position = { name: "Żółw, “quoted” \u0000", id: 7 };
const context = ["tenant-1", "employees", "q"];
const cursor = cursors.seal(context, position);

test("a cursor opens to what was sealed in it, also in another instance with the same secret", () => {
  expect(createCursors("a secret of at least 32 characters").open(context, cursor, schema)).toEqual(position);
});

const [payload = "", seal = ""] = cursor.split(".");
const forged = Buffer.from(JSON.stringify({ ...position, id: 8 })).toString("base64url");

test.each([
  ["another tenant's", ["tenant-2", "employees", "q"], cursor],
  ["another question's", ["tenant-1", "employees", "other"], cursor],
  ["one whose context is cut elsewhere", ["tenant-1", "employees,q"], cursor],
  ["a changed position", context, `${forged}.${seal}`],
  ["a changed seal", context, `${payload}.${seal.startsWith("A") ? "B" : "A"}${seal.slice(1)}`],
  ["a seal cut short", context, `${payload}.${seal.slice(0, -2)}`],
  ["a seal in another spelling", context, `${payload}.${seal}==`],
  ["no seal", context, payload],
  ["more parts", context, `${cursor}.x`],
  ["nothing", context, ""],
  ["a long text", context, "x".repeat(100_000)],
  ["a sealed position of another shape", context, cursors.seal(context, { name: 1 })],
])("%s is refused", (_what, where, made) => {
  expect(() => cursors.open(where, made, schema)).toThrow(Problem);
});

test("another secret opens nothing", () => {
  const others = createCursors("another secret of at least 32 chars");
  expect(() => others.open(context, cursor, schema)).toThrow(Problem);
});
