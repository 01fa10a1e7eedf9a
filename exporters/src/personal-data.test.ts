import { expect, test } from "vitest";
import { createPersonalData } from "./personal-data.ts";

test.each([
  ["203.0.113.77", "203.0.113.0"],
  ["::ffff:203.0.113.77", "203.0.113.0"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
  ["2001:db8:1::6", "2001:db8:1::"],
  ["2001:db8::6", "2001:db8:0::"],
  ["::1", "0:0:0::"],
  ["", "unknown"],
  ["not an address", "unknown"],
])("the network of %j is %s", (ip, network) => {
  expect(createPersonalData().network(ip)).toBe(network);
});

test("a pseudonym is the same for the same person, and under another key another one", () => {
  const one = createPersonalData("key");
  expect(one.pseudonym("ann")).toBe(one.pseudonym("ann"));
  expect(one.pseudonym("ann")).toBe(createPersonalData("key").pseudonym("ann"));
  expect(one.pseudonym("ann")).not.toBe(one.pseudonym("bob"));
  expect(createPersonalData().pseudonym("ann")).not.toBe(createPersonalData().pseudonym("ann"));
});
