/** What one stretch of load gave. */
export interface LoadTimes {
  /** Milliseconds from the call that sends a question to its answer seen; null when none came. */
  readonly times: readonly (number | null)[];
  readonly perSecond: number;
}

export interface LoadFigures {
  readonly answered: number;
  readonly unanswered: number;
  readonly perSecond: number;
  readonly median: number;
  readonly p99: number;
}

/** Several stretches put together. */
export function toLoadFigures(stretches: readonly LoadTimes[]): LoadFigures {
  const all = stretches.flatMap(({ times }) => times);
  const times = all.filter((time) => time !== null).sort((a, b) => a - b);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return {
    answered: times.length,
    unanswered: all.length - times.length,
    perSecond: stretches.reduce((sum, { perSecond }) => sum + perSecond, 0) / stretches.length,
    median: at(0.5),
    p99: at(0.99),
  };
}
