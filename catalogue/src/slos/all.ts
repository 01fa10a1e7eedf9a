import { defineSlos, type Slo } from "../slo.ts";
import * as directory from "./directory.ts";
import * as directoryLatency from "./directory-latency.ts";
import * as pager from "./pager.ts";

/** Every promise, sorted by name. */
export const slos: readonly Slo[] = defineSlos(
  [directory, directoryLatency, pager]
    .flatMap((family): readonly Slo[] => Object.values(family))
    .sort((a, b) => (a.name < b.name ? -1 : 1)),
);
