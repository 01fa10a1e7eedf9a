export interface TrafficFigures {
  readonly requests: number;
  /** Answers by class of status code, such as `2xx`. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests without any answer. */
  readonly failures: number;
  readonly lastFailure: string | undefined;
  /** Requests that were not sent: too many were under way, or nobody was ready. */
  readonly skipped: number;
}

/** Counts what became of the requests until the figures are taken. */
export function createSummary() {
  let answers: Record<string, number> = {};
  let failures = 0;
  let lastFailure: string | undefined;
  let skipped = 0;
  return {
    countAnswer(status: number): void {
      const statusClass = `${Math.floor(status / 100)}xx`;
      answers[statusClass] = (answers[statusClass] ?? 0) + 1;
    },
    countFailure(reason: string): void {
      failures++;
      lastFailure = reason;
    },
    countSkipped(): void {
      skipped++;
    },
    /** Gives the figures and starts again at zero. */
    take(): TrafficFigures {
      const requests = Object.values(answers).reduce((sum, count) => sum + count, failures);
      const figures = { requests, answers, failures, lastFailure, skipped };
      answers = {};
      failures = 0;
      lastFailure = undefined;
      skipped = 0;
      return figures;
    },
  };
}
