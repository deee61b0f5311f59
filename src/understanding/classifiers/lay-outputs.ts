import type { TrainingSet } from '../understanding.ts';

/** What a class is to the ranker. */
export interface ClassTraits {
  /** Small talk: an intent without a fiche, in a set that has fiches. */
  readonly kind: 'fiche' | 'small talk' | 'out of scope';
  readonly product: string | null;
}

/**
 * The linear classifiers that learn side by side: one a class (intents in order, then what is out of scope when
 * there is any), one a product, and one a need shared by several products ("presentation", "connexion", "securite"). Few
 * questions say both which tool and which trouble in words of one fiche: the shared outputs learn each from all fiches.
 */
export interface Outputs {
  readonly count: number;
  readonly classes: number;
  readonly traits: readonly ClassTraits[];
  /** Output of a class's product and of its need; -1 for none. */
  readonly productOf: Int32Array;
  readonly needOf: Int32Array;
}

export function layOutputs(training: TrainingSet): Outputs {
  const hasFiches = training.intents.some((intent) => intent.evidence.length > 0);
  const traits: ClassTraits[] = training.intents.map((intent) => ({
    kind: hasFiches && intent.evidence.length === 0 ? 'small talk' : 'fiche',
    product: intent.product,
  }));
  if (training.outOfScope.length > 0) traits.push({ kind: 'out of scope', product: null });
  const products = shared(
    training.intents.map((intent) => intent.product),
    1,
  );
  const needs = shared(
    training.intents.map((intent) => (intent.product === null ? null : needIn(intent.id))),
    2,
  );
  const firstNeed = traits.length + products.length;
  const indexIn = (list: readonly string[], name: string | null, first: number): number => {
    const index = name === null ? -1 : list.indexOf(name);
    return index < 0 ? -1 : first + index;
  };
  const ids = training.intents.map((intent) => intent.id);
  return {
    count: firstNeed + needs.length,
    classes: traits.length,
    traits,
    productOf: Int32Array.from(traits, ({ product }) => indexIn(products, product, traits.length)),
    needOf: Int32Array.from(traits, ({ product }, c) =>
      product === null ? -1 : indexIn(needs, needIn(ids[c] ?? ''), firstNeed),
    ),
  };
}

/** The intents, in the order of their classes, that are fiches. */
export function fichesAmong(intents: readonly string[], traits: readonly ClassTraits[]): ReadonlySet<string> {
  return new Set(intents.filter((_, index) => traits[index]?.kind === 'fiche'));
}

/** Ids of fiches are `<tool>-<need>`. */
function needIn(id: string): string | null {
  return /^[^-]+-(.+)$/.exec(id)?.[1] ?? null;
}

/** Names found at least `times`, in order of appearance. */
function shared(names: readonly (string | null)[], times: number): string[] {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= times).map(([name]) => name);
}
