import { createServer, IncomingMessage, type Server, type ServerOptions, ServerResponse } from "node:http";
import type { Express, Request, Response } from "express";
import { createFastClasses, type ServerClasses } from "./http/fast-classes.ts";
import {
  CLIENT_CLOSED_REQUEST,
  createRecorder,
  type HttpOptions as RecorderOptions,
} from "./http/recorder.ts";
import { Watcher } from "./http/watch.ts";
import type { Metrics } from "./metrics.ts";

export interface HttpOptions extends RecorderOptions {
  /**
   * Whether servers make requests and answers that already are what Express turns them into, which is several times
   * faster on Node 20 and 22: see `createFastClasses`. On unless said.
   */
  readonly fastClasses?: boolean;
}

/** An instrumented app. */
export interface HttpInstrument {
  /** As `createServer` of `node:http` with the app as its handler. `app.listen` does the same. */
  createServer(options?: ServerOptions): Server;
  /** For servers that are made otherwise, such as `watch(https.createServer({ key, cert, ...classes }, app))`. */
  readonly classes: ServerClasses;
  watch<S extends Server>(server: S): S;
  /** Ends the recording. */
  close(): void;
}

/** `app.handle` is how Express's function enters the app; its types do not know it. */
interface Handler {
  handle(this: unknown, request: Request, response: Response, done?: unknown): void;
  listen: Express["listen"];
}

/**
 * Counts and times every request of an Express 5 app by method, route template and status, and its bytes by route.
 * Routes and middleware may be added before or after.
 *
 * A path without a route is `unmatched`, an unknown method `OTHER`; a client that goes away before the whole answer
 * is sent counts as 499. Servers of `createServer` and `app.listen` are recorded at next to no cost; requests that
 * come to the app in any other way are recorded too, with a listener for each.
 */
export function instrumentHttp(app: Express, metrics: Metrics, options: HttpOptions = {}): HttpInstrument {
  const recorder = createRecorder(app, metrics, options);
  const watcher = new Watcher(recorder);
  const classes =
    options.fastClasses === false ? { IncomingMessage, ServerResponse } : createFastClasses(app);

  function recordForeign(request: Request, response: Response): void {
    const { socket } = request;
    watcher.begin(socket, response);
    response.once("close", () => {
      const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
      watcher.end(socket, request, response, status);
    });
  }

  const handler = app as unknown as Handler;
  const { handle } = handler;
  handler.handle = function handleRecorded(request, response, done) {
    if (!watcher.watches(request.socket)) recordForeign(request, response);
    handle.call(this, request, response, done);
  };

  function watch<S extends Server>(server: S): S {
    watcher.watch(server);
    return server;
  }
  const createWatchedServer = (serverOptions: ServerOptions = {}): Server =>
    watch(createServer({ ...serverOptions, ...classes } as ServerOptions, app));

  handler.listen = ((...args: unknown[]) => {
    const server = createWatchedServer();
    const done = args.at(-1);
    if (typeof done === "function") {
      // As Express 5 does: the callback hears of a port that is taken, and of no error that comes later.
      let isDone = false;
      const doneOnce = (error?: Error): void => {
        if (!isDone) done.call(server, error);
        isDone = true;
      };
      args[args.length - 1] = doneOnce;
      server.once("error", doneOnce);
    }
    return Reflect.apply(server.listen, server, args);
  }) as Express["listen"];

  return {
    classes,
    watch,
    createServer: createWatchedServer,
    close: () => {
      watcher.close();
      handler.handle = handle;
    },
  };
}
