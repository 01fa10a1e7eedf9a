import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Server } from "node:http";
import type { Socket } from "node:net";
// The global of this name is a getter, which a request would run twice: a seventh of what its whole record costs.
import { performance } from "node:perf_hooks";
import type { Request, Response } from "express";
import { CLIENT_CLOSED_REQUEST, type Recorder } from "./recorder.ts";

/** What Node.js says on its channels when a request begins and when its answer has been handed to the system. */
interface Message {
  readonly request: Request;
  readonly response: Response;
  readonly socket: Socket;
  readonly server: Server & { [WATCHER]?: Watcher };
}

const START = "http.server.request.start";
const FINISH = "http.server.response.finish";

const WATCHER = Symbol("watchkeeper.watcher");

/**
 * What is under way on one connection. It lives as long as the connection, so that a request costs no memory: nearly
 * always there is one at a time, and only pipelined requests need the map.
 */
class Connection {
  response: Response | undefined = undefined;
  startMs = 0;
  pipelined: Map<Response, number> | undefined = undefined;
  bytesRead = 0;
  bytesWritten = 0;

  begin(response: Response): void {
    if (this.response === undefined) {
      this.response = response;
      this.startMs = performance.now();
    } else {
      this.pipelined ??= new Map();
      this.pipelined.set(response, performance.now());
    }
  }

  /** @returns when the answer's request began; undefined when it is over already */
  end(response: Response): number | undefined {
    if (this.response === response) {
      this.response = undefined;
      return this.startMs;
    }
    const startMs = this.pipelined?.get(response);
    this.pipelined?.delete(response);
    return startMs;
  }

  /** Ends everything that is under way. */
  endAll(): readonly (readonly [Response, number])[] {
    const first: [Response, number][] = this.response ? [[this.response, this.startMs]] : [];
    const all = [...first, ...(this.pipelined ?? [])];
    this.response = undefined;
    this.pipelined = undefined;
    return all;
  }
}

/** Records requests without a layer of Express, a listener or an object for each of them. */
export class Watcher {
  readonly #recorder: Recorder;
  /** Where a socket keeps its connection; another watcher of the same socket has another. */
  readonly #connection = Symbol("watchkeeper.connection");

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    subscribe(START, this.#onStart);
    subscribe(FINISH, this.#onFinish);
  }

  watch(server: Server): void {
    (server as Message["server"])[WATCHER] = this;
  }

  /** Whether the requests of this socket are recorded here already. */
  watches(socket: Socket): boolean {
    const { server } = socket as Socket & { server?: Message["server"] };
    return server?.[WATCHER] === this;
  }

  /** Begins a request; it ends with `end` or with its connection, whichever comes first. */
  begin(socket: Socket, response: Response): void {
    this.#recorder.begin();
    (this.#connectionOf(socket) ?? this.#meet(socket)).begin(response);
  }

  /** @param status of the answer, or 499 */
  end(socket: Socket, request: Request, response: Response, status: number): void {
    const connection = this.#connectionOf(socket);
    const startMs = connection?.end(response);
    if (connection === undefined || startMs === undefined) return;
    const ms = performance.now() - startMs;
    const { bytesRead, bytesWritten } = socket;
    const received = bytesRead - connection.bytesRead;
    const sent = bytesWritten - connection.bytesWritten;
    connection.bytesRead = bytesRead;
    connection.bytesWritten = bytesWritten;
    this.#recorder.end(request, response, status, ms, received, sent);
  }

  close(): void {
    unsubscribe(START, this.#onStart);
    unsubscribe(FINISH, this.#onFinish);
  }

  #connectionOf(socket: Socket): Connection | undefined {
    return (socket as unknown as Record<symbol, Connection | undefined>)[this.#connection];
  }

  #meet(socket: Socket): Connection {
    const connection = new Connection();
    (socket as unknown as Record<symbol, Connection>)[this.#connection] = connection;
    socket.on("close", () => this.#abandon(connection));
    return connection;
  }

  /** The client is gone, or the server is. Answers that waited behind another never hear of it themselves. */
  #abandon(connection: Connection): void {
    const nowMs = performance.now();
    for (const [response, startMs] of connection.endAll()) {
      const ms = nowMs - startMs;
      this.#recorder.end(response.req, response, CLIENT_CLOSED_REQUEST, ms, Number.NaN, Number.NaN);
    }
  }

  readonly #onStart = (message: unknown): void => {
    const { server, socket, response } = message as Message;
    if (server[WATCHER] === this) this.begin(socket, response);
  };

  readonly #onFinish = (message: unknown): void => {
    const { server, socket, request, response } = message as Message;
    if (server[WATCHER] === this) this.end(socket, request, response, response.statusCode);
  };
}
