/** A sample of a test's input: a number, nothing, or the mark of a series that ended. */
export type Sample = number | "_" | "stale";

/** Writes samples in promtool's notation, runs of equal steps as `from+stepxtimes`. */
export function renderSamples(samples: readonly Sample[]): string {
  const parts: string[] = [];
  for (let i = 0; i < samples.length; ) {
    const first = samples[i] as Sample;
    let last = i;
    if (typeof first !== "number") {
      while (samples[last + 1] === first) last += 1;
      parts.push(last === i ? first : `${first}x${last - i + 1}`);
      i = last + 1;
      continue;
    }
    const step = (samples[i + 1] as number) - first;
    while (
      typeof samples[last + 1] === "number" &&
      (samples[last + 1] as number) - (samples[last] as number) === step
    ) {
      last += 1;
    }
    parts.push(last === i ? `${first}` : `${first}${step < 0 ? "" : "+"}${step}x${last - i}`);
    i = last + 1;
  }
  return parts.join(" ").replace(/stalex(\d+)/g, (_, times: string) => `stale _x${Number(times) - 1}`);
}
