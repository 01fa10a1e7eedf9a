import { once } from "node:events";
import { createServer } from "node:net";
import { services } from "@watchkeeper/catalogue/services";
import { expect, test } from "vitest";
import { freeBase } from "./free-base.ts";
import { portOf, requireFreePorts } from "./ports.ts";

test("every port keeps its distance from the base", () => {
  expect(portOf(4700, "prometheus", "http")).toBe(4710);
  expect(portOf(24_700, "inbox", "smtp")).toBe(24_731);
});

test("no two services share a port", () => {
  const ports = Object.values(services).flatMap((service) => Object.values(service.ports));
  expect(new Set(ports).size).toBe(ports.length);
});

test("a taken port is refused with the port, its service, the program on it and the way out", async () => {
  const base = await freeBase();
  const blocker = createServer().listen(portOf(base, "inbox", "smtp"), "127.0.0.1");
  await once(blocker, "listening");
  await expect(requireFreePorts(base)).rejects.toThrow(
    new RegExp(
      `^Cannot start as port \\d+ \\(.+\\) is taken by process \\d+ \\(.+\\): end it, or set WATCHKEEPER_PORT_BASE to another base such as ${base + 1000}$`,
    ),
  );
  blocker.close();
});
