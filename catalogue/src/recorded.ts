import { foreign } from "./external.ts";
import { recorded } from "./names.ts";

/** Series that our own rules record, as boards select them; `alerts/src/recording.ts` has their expressions. */
export const recordedRequestRate = foreign(
  "gauge",
  recorded.requestRate,
  "items",
  "Requests a second of each service, over five minutes",
);

export const recordedErrorRatio = foreign(
  "gauge",
  recorded.errorRatio,
  "ratio",
  "Share of each service's requests that failed by the server's fault, over five minutes",
);
