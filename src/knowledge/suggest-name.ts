import jaroWinkler from 'natural/lib/natural/distance/jaro-winkler_distance.js';

/** The known name nearest to a mistyped one (Jaro-Winkler at least 0.8), or null. */
export function suggestName(typed: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestScore = 0.8;
  for (const name of known) {
    const score = jaroWinkler(typed.toLowerCase(), name.toLowerCase());
    if (score > bestScore) {
      best = name;
      bestScore = score;
    }
  }
  return best;
}
