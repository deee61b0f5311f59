import type { Content } from '../../knowledge/content.ts';
import { type Shape, shapeText } from '../reading/similarity.ts';

/** The ways of asking the facts of a fiche, by the parts they are made of: a message is compared with all of them at once. */
interface FicheWays {
  readonly facts: readonly string[];
  /** Each way of asking, and the place of its fact. */
  readonly ways: readonly Shape[];
  readonly factOf: Int32Array;
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
    const { facts, ways, factOf, byStem, byTrigram } = waysOf(content, fiche);
    const stems = countShared(asked.stems, byStem, ways.length);
    const trigrams = countShared(asked.trigrams, byTrigram, ways.length);
    const best = new Float64Array(facts.length);
    // Hundreds of ways for each message: the loop stays plain.
    for (let index = 0; index < ways.length; index += 1) {
      const shape = ways[index] as Shape;
      const same = shape.folded === asked.folded;
      if (same && unseen) continue;
      const like = same
        ? 1
        : (stems[index] as number) / (asked.stems.size + shape.stems.size) +
          (trigrams[index] as number) / (asked.trigrams.size + shape.trigrams.size);
      const fact = factOf[index] as number;
      if (like > (best[fact] as number)) best[fact] = like;
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
    const held = holders.get(part);
    if (held === undefined) continue;
    for (let at = 0; at < held.length; at += 1) {
      const way = held[at] as number;
      shared[way] = (shared[way] as number) + 1;
    }
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
  const ways = facts.flatMap(({ questions }) => questions.map(shapeText));
  const factOf = Int32Array.from(facts.flatMap(({ questions }, fact) => questions.map(() => fact)));
  const byStem = new Map<string, number[]>();
  const byTrigram = new Map<string, number[]>();
  for (const [index, { stems, trigrams }] of ways.entries()) {
    for (const stem of stems) hold(byStem, stem, index);
    for (const trigram of trigrams) hold(byTrigram, trigram, index);
  }
  return { facts: facts.map(({ id }) => `${fiche}/${id}`), ways, factOf, byStem, byTrigram };
}

function hold(holders: Map<string, number[]>, part: string, way: number): void {
  const held = holders.get(part);
  if (held === undefined) holders.set(part, [way]);
  else held.push(way);
}
