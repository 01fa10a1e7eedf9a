import type { Matcher } from "@watchkeeper/catalogue/promql";

/** The processes that the person who looks has chosen. */
export type Chosen = Readonly<Record<"job" | "instance", string | Matcher>>;
