import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { instrumentHttp } from "@watchkeeper/exporters/http";
import { traceRequests } from "@watchkeeper/exporters/http-traces";
import { createMetrics } from "@watchkeeper/exporters/metrics";
import { inSpan } from "@watchkeeper/exporters/span";
import { createLog } from "@watchkeeper/process/log";
import { openTelemetry } from "@watchkeeper/process/telemetry";
import express from "express";
import { pino } from "pino";
import type { Account, Contender, FromService, ToService } from "./contract.ts";

/*
 * A service that is measured, in a process of its own: each request writes some lines of log and makes a span below
 * its own. Standard output is thrown away by whoever starts it.
 */

const [contender, url = ""] = process.argv.slice(2) as [Contender, string?];
const tell = (message: FromService): void => void process.send?.(message);

interface Measured {
  write(line: object): void;
  close(): Promise<Account>;
}

/** As pino-loki's documentation sets it up, with a listener for errors, without which a hanging Loki ends the process. */
function openPinoLoki(): Measured {
  const transport = pino.transport({
    targets: [
      { target: "pino/file", options: { destination: 1 } },
      { target: "pino-loki", options: { host: url, labels: { service: "bench" }, silenceErrors: true } },
    ],
  });
  transport.on("error", () => undefined);
  const log = createLog("bench", "info", transport);
  let written = 0;
  return {
    write: (line) => {
      written += 1;
      log.info(line, "request");
    },
    close: () =>
      new Promise((resolve) => {
        transport.on("close", () => resolve({ written, lost: 0 }));
        transport.end();
      }),
  };
}

function openOurs(): Measured {
  const telemetry = openTelemetry("bench", {
    ...(contender === "logs" && { WATCHKEEPER_TELEMETRY_LOKI_URL: url }),
    ...(contender === "spans" && {
      WATCHKEEPER_TELEMETRY_OTLP_URL: url,
      WATCHKEEPER_TELEMETRY_TRACE_RATIO: "1",
    }),
  });
  return {
    write: (line) => telemetry.log.info(line, "request"),
    close: async () => {
      await telemetry.close(2_500);
      const lines = telemetry.lines();
      const { exported, dropped, unsampled } = telemetry.spans();
      return contender === "spans"
        ? { written: exported + dropped + unsampled, lost: dropped + unsampled }
        : { written: lines.written, lost: lines.dropped + lines.refused };
    },
  };
}

const measured = contender === "pino-loki" ? openPinoLoki() : openOurs();
const app = express();
instrumentHttp(app, createMetrics());
traceRequests(app);
app.get("/lines/:count", async (request, response) => {
  const count = Number(request.params.count);
  for (let i = 0; i < count; i += 1) {
    measured.write({
      requestId: `${Date.now()}-${i}`,
      duration: 12.3,
      metadata: { method: "GET", status: 200 },
    });
  }
  await inSpan("work", {}, async () => undefined);
  response.end();
});
const server = createServer(app).listen(0, "127.0.0.1", () => {
  tell({ kind: "listening", port: (server.address() as AddressInfo).port });
});
// A connection that is closed just when the driver takes it again would look like a fault of the service.
server.keepAliveTimeout = 600_000;

/** Whoever measures is gone. */
const end = (): void => process.exit();
process.once("disconnect", end);
process.on("message", async (message: ToService) => {
  if (message.kind === "weigh") return tell({ kind: "weight", rssBytes: process.memoryUsage.rss() });
  server.close();
  server.closeAllConnections();
  const start = performance.now();
  const account = await measured.close();
  tell({ kind: "closed", ms: performance.now() - start, ...account });
  process.off("disconnect", end).disconnect();
});
