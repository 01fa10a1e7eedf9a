/** The colours that say how things are. Blue judges nothing. */
export type Colour = "green" | "orange" | "red" | "blue" | "yellow" | "purple";

/** From which value on which colour is shown; the first step begins at minus infinity. */
export type Thresholds = readonly [
  { readonly from: null; readonly colour: Colour },
  ...(readonly { readonly from: number; readonly colour: Colour }[]),
];

/** More is worse: orange from `warning`, red from `critical`. */
export const rising = (warning: number, critical: number): Thresholds => [
  { from: null, colour: "green" },
  { from: warning, colour: "orange" },
  { from: critical, colour: "red" },
];

/** Less is worse: red below `critical`, orange below `warning`. */
export const falling = (warning: number, critical: number): Thresholds => [
  { from: null, colour: "red" },
  { from: critical, colour: "orange" },
  { from: warning, colour: "green" },
];

/** Red from `limit`, green below. */
export const atMost = (limit: number): Thresholds => [
  { from: null, colour: "green" },
  { from: limit, colour: "red" },
];

/** Red below `limit`, green from it on. */
export const atLeast = (limit: number): Thresholds => [
  { from: null, colour: "red" },
  { from: limit, colour: "green" },
];

/** A number that is neither good nor bad. */
export const neutral: Thresholds = [{ from: null, colour: "blue" }];
