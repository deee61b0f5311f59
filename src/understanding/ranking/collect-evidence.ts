import type { Opinions } from '../classifiers/consult-classifiers.ts';
import type { ClassTraits } from '../classifiers/lay-outputs.ts';
import type { Message } from '../reading/read-message.ts';
import type { ReadText } from '../reading/read-words.ts';
import { bestOf } from './best-of.ts';

/** Kinds of evidence weighed by the ranker, in order. */
export const evidenceKinds = [
  'margin',
  'product margin',
  'need margin',
  'no product',
  'no need',
  'nearest',
  'neighbourhood',
  'text',
  'coverage',
  'bayes',
  'names its product',
  'names another product',
  'names a product, has none',
  'letter: best margin',
  'letter: best asking margin',
  'letter: best product margin',
  'letter: best need margin',
  'letter: best nearest',
  'letter: best text',
  'letter: best coverage',
  'letter: best bayes',
  'letter: small talk',
  'out of scope',
  'out of scope: margin',
  'out of scope: nearest',
  'out of scope: neighbourhood',
  'out of scope: coverage',
  'out of scope: bayes',
  'out of scope: names a tool out of scope',
  'out of scope: names a product',
  'out of scope: letter',
  'out of scope: margin of a letter',
] as const;

type Kind = (typeof evidenceKinds)[number];

/** Evidence for a few candidates, one line of `kinds` numbers each. */
export interface Evidence {
  readonly classes: Int32Array;
  readonly values: Float64Array;
  /** Best margin plus nearest cosine: how like a training question the text is, whatever the intent. */
  readonly familiarity: number;
}

const kindCount = evidenceKinds.length;
const place = Object.fromEntries(evidenceKinds.map((kind, k) => [kind, k])) as Record<Kind, number>;
/** Classes beyond the best few never win; weighing them all would cost most of the time. */
const shortlistLength = 10;

/**
 * Asks every classifier about each sentence of the message, then about the whole, and gathers the evidence for the most
 * likely classes, that of what is out of scope always among them. `right`: a class to keep whatever its chances.
 */
export function collectEvidence(
  opine: (text: ReadText) => Opinions,
  traits: readonly ClassTraits[],
  message: Message,
  right = -1,
): Evidence {
  const sentences = message.sentences.map(({ read }) => opine(read));
  const whole = opine(message.whole);
  const classes = shortlist(whole, sentences, traits, right);
  const values = new Float64Array(classes.length * kindCount);
  const { products, outOfScopeProducts } = message.whole;
  const letter = sentences.length > 0;
  for (const [line, c] of classes.entries()) {
    const { kind, product } = traits[c] as ClassTraits;
    const set = (name: Kind, value: number): void => {
      values[line * kindCount + place[name]] = value;
    };
    const best = (read: (opinions: Opinions) => number, asking = false): number => {
      let top = Number.NEGATIVE_INFINITY;
      for (const [s, opinions] of sentences.entries()) {
        if (asking && message.sentences[s]?.asks !== true) continue;
        top = Math.max(top, read(opinions));
      }
      return top === Number.NEGATIVE_INFINITY ? read(whole) : top;
    };
    const margin = ({ margins }: Opinions): number => margins[c] as number;
    if (kind === 'out of scope') {
      set('out of scope', 1);
      set('out of scope: margin', whole.margins[c] as number);
      set('out of scope: nearest', whole.nearest[c] as number);
      set('out of scope: neighbourhood', whole.neighbourhood[c] as number);
      set('out of scope: coverage', whole.coverage(c));
      set('out of scope: bayes', whole.bayes(c));
      set('out of scope: names a tool out of scope', outOfScopeProducts.length > 0 ? 1 : 0);
      set('out of scope: names a product', products.length > 0 ? 1 : 0);
      if (letter) {
        set('out of scope: letter', 1);
        set('out of scope: margin of a letter', best(margin, true));
      }
      continue;
    }
    set('margin', whole.margins[c] as number);
    set('product margin', whole.productMargin(c));
    set('need margin', whole.needMargin(c));
    set('no product', product === null ? 1 : 0);
    set('no need', whole.needMargin(c) === -1 ? 1 : 0);
    set('nearest', whole.nearest[c] as number);
    set('neighbourhood', whole.neighbourhood[c] as number);
    set('text', whole.text[c] as number);
    set('coverage', whole.coverage(c));
    set('bayes', whole.bayes(c));
    if (letter && kind === 'small talk') set('letter: small talk', 1);
    else if (letter) {
      set('letter: best margin', best(margin));
      set('letter: best asking margin', best(margin, true));
      set(
        'letter: best product margin',
        best((opinions) => opinions.productMargin(c)),
      );
      set(
        'letter: best need margin',
        best((opinions) => opinions.needMargin(c)),
      );
      set(
        'letter: best nearest',
        best(({ nearest }) => nearest[c] as number),
      );
      set(
        'letter: best text',
        best(({ text }) => text[c] as number),
      );
      set(
        'letter: best coverage',
        best((opinions) => opinions.coverage(c)),
      );
      set(
        'letter: best bayes',
        best((opinions) => opinions.bayes(c)),
      );
    }
    if (products.length === 0) continue;
    if (product === null) set('names a product, has none', 1);
    else set(products.includes(product) ? 'names its product' : 'names another product', 1);
  }
  return { classes, values, familiarity: familiarityOf(whole, sentences, traits) };
}

function shortlist(
  whole: Opinions,
  sentences: readonly Opinions[],
  traits: readonly ClassTraits[],
  right: number,
): Int32Array {
  const chances = new Float64Array(traits.length);
  for (let c = 0; c < traits.length; c++) {
    let margin = whole.margins[c] as number;
    let text = whole.text[c] as number;
    for (const opinions of sentences) {
      margin = Math.max(margin, opinions.margins[c] as number);
      text = Math.max(text, opinions.text[c] as number);
    }
    chances[c] = margin + text + (whole.nearest[c] as number) + 0.5 * whole.productMargin(c);
  }
  const kept = bestOf(chances, shortlistLength);
  const outOfScope = traits.length - 1;
  if (traits[outOfScope]?.kind === 'out of scope' && !kept.includes(outOfScope)) kept.push(outOfScope);
  if (right >= 0 && !kept.includes(right)) kept.push(right);
  return Int32Array.from(kept);
}

/**
 * Lower for questions out of scope: margin and nearest cosine together tell them best when the set has none to learn
 * from.
 */
function familiarityOf(
  whole: Opinions,
  sentences: readonly Opinions[],
  traits: readonly ClassTraits[],
): number {
  let best = Number.NEGATIVE_INFINITY;
  for (const { margins, nearest } of [whole, ...sentences]) {
    for (let c = 0; c < traits.length; c++)
      best = Math.max(best, (margins[c] as number) + (nearest[c] as number));
  }
  return best;
}
