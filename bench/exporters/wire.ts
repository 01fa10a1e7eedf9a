import type { Server } from "node:http";
import { Duplex } from "node:stream";

const REQUEST = Buffer.from("GET /api/items/7 HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n\r\n");

/** A connection without a kernel: Node's real parser and answers, and nothing of what a network costs. */
class Wire extends Duplex {
  bytesRead = 0;
  bytesWritten = 0;
  onAnswer: () => void = () => undefined;

  /** The server asks; requests are pushed when it is their turn. */
  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytesWritten += chunk.length;
    if (chunk.subarray(0, 5).toString("latin1") === "HTTP/") this.onAnswer();
    done();
  }

  ask(): void {
    this.bytesRead += REQUEST.length;
    this.push(REQUEST);
  }

  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
}

/** Asks a server many times over a few connections that stay open. */
export interface Caller {
  /** Resolves when so many requests are answered. */
  call(requests: number): Promise<void>;
}

const CONNECTIONS = 4;

export function createCaller(server: Server): Caller {
  const wires = Array.from({ length: CONNECTIONS }, () => {
    const wire = new Wire();
    server.emit("connection", wire);
    return wire;
  });
  return {
    call: (requests) =>
      new Promise((resolve) => {
        let asked = 0;
        let answered = 0;
        const next = (wire: Wire): void => {
          if (asked < requests) {
            asked++;
            wire.ask();
          }
        };
        for (const wire of wires) {
          wire.onAnswer = () => {
            answered++;
            if (answered === requests) setImmediate(resolve);
            // The server must be done with this answer before the next request comes.
            else setImmediate(next, wire);
          };
          next(wire);
        }
      }),
  };
}
