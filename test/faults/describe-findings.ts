import type { Finding } from './judge.ts';

/** In French, for the lines of a campaign: the three promises always, what else was found behind them. */
export function describeFindings(findings: readonly { readonly kind: string }[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of findings) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const promises: readonly [Finding['kind'], string][] = [
    ['lost', 'perdues'],
    ['doubled', 'doublées'],
    ['out of order', 'hors d’ordre'],
  ];
  const kept = promises.map(([kind, word]) => `${counts.get(kind) ?? 0} ${word}`).join(', ');
  const others = [...counts].filter(([kind]) => promises.every(([promise]) => promise !== kind));
  if (others.length === 0) return `${kept}, rien d’autre`;
  return `${kept}, et ${others.map(([kind, times]) => `${kind} ${times}`).join(', ')}`;
}
