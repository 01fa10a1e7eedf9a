import { statfsSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { DEFAULT_PORT_BASE, type Service, services } from "@watchkeeper/catalogue/services";
import type { Job } from "./shape.ts";

/** Where the history is to be told as if it had happened there: live series must go on where its end. */
export interface Place {
  /** The label `instance` of a job's target. */
  readonly instanceOf: (job: Job) => string;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly diskAvailableBytes: number;
  readonly processors: number;
  /** Where Prometheus reads its rules: part of the names of their groups. */
  readonly rulesFolder: string;
}

/** This machine, with the suite on ports that are counted from `portBase`. */
export function thisMachine(portBase: number, rulesFolder: string): Place {
  const { blocks, bavail, bsize } = statfsSync("/");
  const local = (port = 0): string => `127.0.0.1:${portBase + port - DEFAULT_PORT_BASE}`;
  return {
    instanceOf: (job) => {
      if (job === "probe") return `http://${local(services.app.ports.http)}/healthz`;
      const { ports, scrapePort = "" }: Service = services[job];
      return local(ports[scrapePort]);
    },
    memoryBytes: totalmem(),
    diskBytes: blocks * bsize,
    diskAvailableBytes: bavail * bsize,
    processors: availableParallelism(),
    rulesFolder,
  };
}
