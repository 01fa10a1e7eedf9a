import { foreign } from "./external.ts";
import { recorded, sloSeries } from "./names.ts";

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

export const recordedLatencyP95 = foreign(
  "gauge",
  recorded.latencyP95,
  "seconds",
  "Time within which 95 % of each service's requests were answered, over five minutes",
);

/** Series of promises, as boards select them; `alerts/src/slo/` has their expressions. */
const ofPromise = ["slo"] as const;
/** A promise that is made to each tenant has each series once for each of them. */
const ofEach = [...ofPromise, "tenant"] as const;

export const recordedSloEvents = foreign(
  "counter",
  sloSeries.eventsCumulative,
  "items",
  "Events that each promise has counted since it was first evaluated",
  ofEach,
);

export const recordedSloErrors = foreign(
  "counter",
  sloSeries.errorsCumulative,
  "items",
  "Events that broke each promise since it was first evaluated",
  ofEach,
);

export const recordedErrorBudget = foreign(
  "gauge",
  sloSeries.budgetRatio,
  "ratio",
  "Share of events that may break each promise, with whose it is and how it is watched",
  [...ofPromise, "service", "owner", "urgency", "preset", "window", "idle"],
);

export const recordedBudgetRemaining = foreign(
  "gauge",
  sloSeries.budgetRemaining,
  "ratio",
  "Share of each promise's error budget that is left; below 0 the promise is broken",
  ofEach,
);

export const recordedBurnRate1h = foreign(
  "gauge",
  sloSeries.burnRate1h,
  "items",
  "How many times as fast as allowed each promise's budget was spent over an hour",
  ofEach,
);

export const recordedBurnRate6h = foreign(
  "gauge",
  sloSeries.burnRate6h,
  "items",
  "How many times as fast as allowed each promise's budget was spent over six hours",
  ofEach,
);

/** Written with the made-up past of a demo, and by nothing that measures. */
export const demoHistory = foreign(
  "gauge",
  recorded.demoHistory,
  "timestamp_seconds",
  "There while what is shown was made up for a demo and never measured: when that ends, in Unix time",
);

/** Written with the same. */
export const demoHistoryStep = foreign(
  "gauge",
  recorded.demoHistoryStep,
  "seconds",
  "For how long each point of a demo's made-up past stands",
);
