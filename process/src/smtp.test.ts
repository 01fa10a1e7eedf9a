import { expect, test } from "vitest";
import { mailDomainOf, parseSmtpUrl } from "./smtp.ts";

test.each([
  ["smtp://mail.example", { host: "mail.example", port: 587, secure: false, requireTLS: false }],
  ["smtps://mail.example", { host: "mail.example", port: 465, secure: true, requireTLS: false }],
  ["smtp://[::1]:2525", { host: "::1", port: 2525, secure: false, requireTLS: false }],
  [
    "smtp://us%40er:p%3Ass@mail.example",
    {
      host: "mail.example",
      port: 587,
      secure: false,
      requireTLS: true,
      auth: { user: "us@er", pass: "p:ss" },
    },
  ],
])("%s is read whole", (url, server) => {
  expect(parseSmtpUrl(url)).toEqual(server);
});

test("a password goes in the clear to this machine only", () => {
  expect(parseSmtpUrl("smtp://user:password@127.0.0.1:1025").requireTLS).toBe(false);
  expect(parseSmtpUrl("smtp://user:password@10.0.0.1:1025").requireTLS).toBe(true);
});

test.each([
  ["Watchkeeper <watch@mail.example>", "mail.example"],
  ["watch@localhost", "localhost"],
  ["nobody", "watchkeeper.invalid"],
])("the domain of %j is %s", (from, domain) => {
  expect(mailDomainOf(from)).toBe(domain);
});
