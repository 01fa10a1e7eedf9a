import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Stands between the app and a server, to take the server away as a network does, for tests. */
export interface TestProxy {
  /** The server's URL by way of the proxy. */
  readonly url: string;
  /** Ends every connection and refuses new ones at once. */
  cut(): void;
  /** Keeps connections open and lets nothing through. */
  hang(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startTestProxy(targetUrl: string): Promise<TestProxy> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  let mode: "open" | "cut" | "hang" = "open";
  const server = createServer((near) => {
    if (mode === "cut") return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => undefined);
      from.on("data", (chunk) => void (mode === "open" && to.write(chunk)));
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(targetUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut() {
      mode = "cut";
      endAll();
    },
    hang() {
      mode = "hang";
    },
    restore() {
      mode = "open";
      // What was swallowed meanwhile is lost: connections that hung cannot go on.
      endAll();
    },
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
