import { DEFAULT_PORT_BASE, services } from "@watchkeeper/catalogue/services";
import { isFree } from "./free-port.ts";

/** Below the ports that systems give to outgoing connections, any of which may be taken in the next moment. */
const FIRST = 21_000;
const LAST = 32_000;
const DISTANCE = 40;

const offsets = Object.values(services).flatMap(({ ports }) =>
  Object.values(ports).map((port: number) => port - DEFAULT_PORT_BASE),
);

/** A base all of whose ports are free right now, for tests. */
export async function freeBase(): Promise<number> {
  for (let base = FIRST + Math.floor(Math.random() * 200) * DISTANCE; base < LAST; base += DISTANCE) {
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`Cannot find free ports for the test: end what occupies ${FIRST} to ${LAST}`);
}
