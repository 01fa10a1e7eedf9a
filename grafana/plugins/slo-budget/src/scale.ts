import type { Sample } from "./budget.ts";

/** Where moments and shares lie on the drawing. */
export interface Scale {
  x(atMs: number): number;
  y(share: number): number;
}

export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Past what is spent a line says no more than that it is spent. */
const LOWEST = -1;

/** The lowest share that is drawn: 0, or as far below as the budgets went, down to a second budget overspent. */
export const floorOf = (shares: readonly number[]): number =>
  Math.max(LOWEST, Math.min(0, ...shares.map((share) => Math.floor(share * 4) / 4)));

export function createScale(frame: Frame, fromMs: number, toMs: number, floor: number): Scale {
  const span = Math.max(1, toMs - fromMs);
  const clamp = (share: number): number => Math.max(floor, Math.min(1, share));
  return {
    x: (atMs) => frame.left + ((atMs - fromMs) / span) * (frame.right - frame.left),
    y: (share) => frame.bottom - ((clamp(share) - floor) / (1 - floor)) * (frame.bottom - frame.top),
  };
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);

/** A line through samples as the path of an SVG. */
export const pathOf = (samples: readonly Sample[], { x, y }: Scale): string =>
  samples
    .map(({ atMs, left }, i) => `${i === 0 ? "M" : "L"}${rounded(x(atMs))} ${rounded(y(left))}`)
    .join("");
