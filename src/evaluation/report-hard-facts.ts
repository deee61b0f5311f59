import type { HardFact } from './find-hard-facts.ts';

/** One line for who writes the facts. */
export function reportHardFacts(facts: readonly HardFact[]): string {
  const told = facts.map(
    ({ fiche, fact, reached, asked }) => `${fiche}/${fact} (${reached} de ses ${asked} demandes y mènent)`,
  );
  return `Faits difficiles à atteindre : ${told.join(', ') || 'aucun'}.`;
}
