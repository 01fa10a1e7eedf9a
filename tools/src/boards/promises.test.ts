import { pageTiers } from "@watchkeeper/alerts/slo/tiers";
import { burnThresholds1h, burnThresholds6h } from "@watchkeeper/dashboards/promises";
import { expect, test } from "vitest";

const HOURS = 30 * 24;

test.each([
  { long: "1h", hours: 1, thresholds: burnThresholds1h },
  { long: "6h", hours: 6, thresholds: burnThresholds6h },
])("the board's red line of $long is where somebody is paged", ({ long, hours, thresholds }) => {
  for (const tiers of Object.values(pageTiers)) {
    const share = tiers.find((tier) => tier.long === long)?.share ?? 0;
    expect(thresholds.at(-1)?.from).toBeCloseTo((share * HOURS) / hours);
  }
});
