import type { Step } from '../../knowledge/content.ts';
import { foldedWords } from '../../text/fold-text.ts';

/** Words of steps that say nothing of which one it is. */
const common: ReadonlySet<string> = new Set(
  'alors apres avec aussi bien bouton cela cette clique cliquer cliquez dans deja deux encore ensuite est etape fait faite fenetre fois les leur mais merci met mets mis mon nous notre ouvre ouvrez pour puis quand que qui saisissez sans ses son sur suivant suivante une vous votre voila'.split(
    ' ',
  ),
);
/** Least part of the message's words that a step must share, and fewest of them. */
const leastShared = 0.34;
const fewestShared = 1;

/** The step (from 1) whose words a message uses to say what was done; the latest of those that fit as well. Null: none. */
export function findNamedStep(text: string, steps: readonly Step[]): number | null {
  const said = stemsOf(text);
  if (said.size === 0) return null;
  let best: { step: number; shared: number } | null = null;
  for (const [index, step] of steps.entries()) {
    const stems = stemsOf([step.text, ...step.points].join(' '));
    const shared = [...said].filter((stem) => stems.has(stem)).length;
    if (shared < fewestShared || shared / said.size < leastShared) continue;
    if (best === null || shared >= best.shared) best = { step: index + 1, shared };
  }
  return best?.step ?? null;
}

/** Words cut to their first five letters, a crude French stem; small words left out. */
function stemsOf(text: string): Set<string> {
  return new Set(
    foldedWords(text)
      .filter((word) => word.length > 2 && !common.has(word))
      .map((word) => word.slice(0, 5)),
  );
}
