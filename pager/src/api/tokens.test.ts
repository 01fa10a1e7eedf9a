import { createHash } from "node:crypto";
import { SettingsError } from "@watchkeeper/process/settings";
import { expect, test } from "vitest";
import { createAuthenticate, parseTokens } from "./tokens.ts";

const SECRET = "ada-token-0123456789";

test("a token, or one of which only the hash is written down, names its caller and role", () => {
  const hash = createHash("sha256").update("bob-token-0123456789").digest("hex");
  const authenticate = createAuthenticate(
    "console-token-012345",
    parseTokens(`# who may do what\n\nada  responder  ${SECRET}\r\nbob viewer sha256:${hash}\n`),
  );
  expect(authenticate("console-token-012345")).toEqual({ name: "console", role: "admin" });
  expect(authenticate(SECRET)).toEqual({ name: "ada", role: "responder" });
  expect(authenticate("bob-token-0123456789")).toEqual({ name: "bob", role: "viewer" });
  for (const wrong of ["", "ada", `${SECRET}x`, SECRET.slice(1), hash, `sha256:${hash}`]) {
    expect(authenticate(wrong)).toBeUndefined();
  }
});

test.each([
  [`Ada responder ${SECRET}`, "line 1 of the API tokens as its name has small letters"],
  [
    `\nada root ${SECRET}`,
    'line 2 of the API tokens as the role of "ada" is none of viewer, responder, admin',
  ],
  ["ada responder", '"ada" needs one token'],
  [`ada responder ${SECRET} more`, '"ada" needs one token'],
  ["ada responder short", 'the token of "ada" has fewer than 16 characters'],
  [`ada viewer ${SECRET}\nbob admin ${SECRET}`, '"bob" has the token of another'],
])("%j is refused without showing a token", (text, message) => {
  expect(() => parseTokens(text)).toThrow(SettingsError);
  expect(() => parseTokens(text)).toThrow(message);
  expect(() => parseTokens(text)).not.toThrow(SECRET);
});
