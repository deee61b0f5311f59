import type { TrainingSet } from '../understanding/understanding.ts';
import type { LabelledQuestion } from './labelled-question.ts';

/** A training set of labelled questions alone: no lexicon, no fiches. */
export function trainingSetOfLines(lines: readonly LabelledQuestion[]): TrainingSet {
  const byLabel = new Map<string, string[]>();
  const outOfScope: string[] = [];
  for (const { text, label } of lines) {
    if (label === null) outOfScope.push(text);
    else byLabel.set(label, [...(byLabel.get(label) ?? []), text]);
  }
  return {
    intents: [...byLabel].map(([id, questions]) => ({ id, questions, product: null, evidence: [] })),
    outOfScope,
    lexicon: { products: [], outOfScopeProducts: [], abbreviations: new Map(), synonyms: [] },
  };
}
