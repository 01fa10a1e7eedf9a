/** Text columns under their titles; the first is aligned to the left, all others to the right. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A span for people: `47 s`, `21.9 min`, `3.6 h`; `never` where there is no end to it. */
export function renderSpan(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return "never";
  if (seconds < 300) return `${Math.round(seconds)} s`;
  if (seconds < 2 * 3_600) return `${(seconds / 60).toFixed(1)} min`;
  if (seconds < 3 * 86_400) return `${(seconds / 3_600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} d`;
}

/** A share for people: `1.52%`. */
export const renderShare = (share: number): string => `${(share * 100).toFixed(2)}%`;
