import { DEFAULT_PORT_BASE, type Service, type ServiceName, services } from "@watchkeeper/catalogue/services";
import { isFree } from "./free-port.ts";
import { listenerOf } from "./proc.ts";
import { StackError } from "./stack-error.ts";

/** Highest offset from the base that a service uses; the base must leave room for it. */
const HIGHEST_OFFSET = 99;

/** @throws StackError when WATCHKEEPER_PORT_BASE is set and is no usable port */
export function parsePortBase(value: string | undefined): number {
  if (value === undefined || value === "") return DEFAULT_PORT_BASE;
  const base = Number(value);
  const highest = 65_535 - HIGHEST_OFFSET;
  if (Number.isInteger(base) && base >= 1024 && base <= highest) return base;
  throw new StackError(
    `Cannot use WATCHKEEPER_PORT_BASE as it must be a whole number from 1024 to ${highest}: current value is ${value}`,
  );
}

/** The port of a service when all are counted from `base`. */
export function portOf<Name extends ServiceName>(
  base: number,
  name: Name,
  purpose: keyof (typeof services)[Name]["ports"] & string,
): number {
  const ports: Readonly<Record<string, number>> = services[name].ports;
  return base + (ports[purpose] ?? 0) - DEFAULT_PORT_BASE;
}

/** Refuses to start while somebody else listens on one of our ports. @throws StackError that names port and program */
export async function requireFreePorts(base: number): Promise<void> {
  for (const service of Object.values(services) as Service[]) {
    for (const defaultPort of Object.values(service.ports)) {
      const port = base + defaultPort - DEFAULT_PORT_BASE;
      if (await isFree(port)) continue;
      const listener = listenerOf(port);
      const who = listener ? `process ${listener.pid} (${listener.command})` : "another user's process";
      throw new StackError(
        `Cannot start as port ${port} (${service.title}) is taken by ${who}: end it, or set WATCHKEEPER_PORT_BASE to another base such as ${base + 1000}`,
      );
    }
  }
}
