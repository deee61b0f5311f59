import type { Step } from '../../knowledge/content.ts';
import { foldedWords } from '../../text/fold-text.ts';

/** Words of steps that say nothing of which one it is. */
const common: ReadonlySet<string> = new Set(
  'alors apres arrive arrivez avec aussi bien bouton cela cette clique cliquer cliquez dans deja deux encore ensuite est etape fait faite fenetre fois les leur mais merci met mets mis mon jtrouve nous notre ouvre ouvrez pas pour puis quand que qui saisissez sans ses son sur suivant suivante trouve trouver une vois vous votre voila'.split(
    ' ',
  ),
);
/** Least part of the message's words that a step must share, and fewest of them. */
const leastShared = 0.3;
const fewestShared = 1;

/** Words shared with a step beyond the next one, at least: one may be chance. A name (« ResetVPN ») counts as two. */
const fewestFarther = 2;

/**
 * The step (from 1) whose words a message uses to say what was done; the latest of those that fit as well. Null: none.
 * `current`: the step that is shown (0: none).
 */
export function findNamedStep(text: string, steps: readonly Step[], current: number): number | null {
  const said = stemsOf(text);
  if (said.size === 0) return null;
  let best: { step: number; shared: number } | null = null;
  for (const [index, { text: told, points, branches }] of steps.entries()) {
    const written = [
      told,
      ...points,
      ...branches.map(({ condition, advice }) => `${condition} ${advice}`),
    ].join(' ');
    const stems = stemsOf(written);
    const names = stemsOf((written.match(/\S*\p{Ll}\p{Lu}\S*/gu) ?? []).join(' '));
    const found = [...said].filter((stem) => stems.has(stem));
    const shared = found.length;
    const weight = found.reduce((sum, stem) => sum + (names.has(stem) ? 2 : 1), 0);
    if (shared < fewestShared || shared / said.size < leastShared) continue;
    if (current > 0 && index > current && weight < fewestFarther) continue;
    // What fits the step that is shown is said of it.
    const isShown = best?.step === current && shared === best.shared;
    if (best === null || (shared >= best.shared && !isShown)) best = { step: index + 1, shared };
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
