import type { Content } from '../../knowledge/content.ts';
import { type Shape, shapeText } from '../reading/similarity.ts';

/** The ways of asking the facts of a fiche, by the parts they are made of: a message is compared with all of them at once. */
interface FicheWays {
  readonly facts: readonly string[];
  readonly ways: readonly { readonly fact: number; readonly shape: Shape }[];
  /** Part → places in `ways`. */
  readonly byStem: ReadonlyMap<string, readonly number[]>;
  readonly byTrigram: ReadonlyMap<string, readonly number[]>;
}

const knownWays = new WeakMap<Content, Map<string, FicheWays>>();

/**
 * How much the message is like a way of asking each fact of these fiches, in [0, 1], by `fiche/fact`: the best of
 * `similarity`. `unseen`: in training, a way of asking must not find itself.
 */
export function compareFacts(
  text: string,
  fiches: Iterable<string>,
  content: Content,
  unseen: boolean,
): ReadonlyMap<string, number> {
  const asked = shapeText(text);
  const likeness = new Map<string, number>();
  for (const fiche of fiches) {
    const { facts, ways, byStem, byTrigram } = waysOf(content, fiche);
    const stems = countShared(asked.stems, byStem, ways.length);
    const trigrams = countShared(asked.trigrams, byTrigram, ways.length);
    const best = new Float64Array(facts.length);
    for (const [index, { fact, shape }] of ways.entries()) {
      const same = shape.folded === asked.folded;
      if (same && unseen) continue;
      const like = same
        ? 1
        : (stems[index] as number) / (asked.stems.size + shape.stems.size) +
          (trigrams[index] as number) / (asked.trigrams.size + shape.trigrams.size);
      best[fact] = Math.max(best[fact] as number, like);
    }
    for (const [index, fact] of facts.entries()) likeness.set(fact, best[index] as number);
  }
  return likeness;
}

/** How many of the parts each way holds. */
function countShared(
  parts: ReadonlySet<string>,
  holders: ReadonlyMap<string, readonly number[]>,
  count: number,
): Uint16Array {
  const shared = new Uint16Array(count);
  for (const part of parts) {
    for (const way of holders.get(part) ?? []) shared[way] = (shared[way] as number) + 1;
  }
  return shared;
}

/** Cut once for a content. */
function waysOf(content: Content, fiche: string): FicheWays {
  const known = knownWays.get(content) ?? new Map<string, FicheWays>();
  knownWays.set(content, known);
  const found = known.get(fiche) ?? cutWays(content, fiche);
  known.set(fiche, found);
  return found;
}

function cutWays(content: Content, fiche: string): FicheWays {
  const facts = content.fiches.get(fiche)?.facts ?? [];
  const ways = facts.flatMap(({ questions }, fact) =>
    questions.map((question) => ({ fact, shape: shapeText(question) })),
  );
  const byStem = new Map<string, number[]>();
  const byTrigram = new Map<string, number[]>();
  for (const [index, { shape }] of ways.entries()) {
    for (const stem of shape.stems) byStem.set(stem, [...(byStem.get(stem) ?? []), index]);
    for (const trigram of shape.trigrams) byTrigram.set(trigram, [...(byTrigram.get(trigram) ?? []), index]);
  }
  return { facts: facts.map(({ id }) => `${fiche}/${id}`), ways, byStem, byTrigram };
}
