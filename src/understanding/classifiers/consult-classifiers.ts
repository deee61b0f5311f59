import { extractFeatures } from '../features/extract-features.ts';
import { type SparseVector, toVector, type VectorSpace } from '../features/vector-space.ts';
import type { ReadText } from '../reading/read-words.ts';
import { createComparison } from './compare-examples.ts';
import type { ExampleIndex } from './index-examples.ts';
import type { Outputs } from './lay-outputs.ts';
import type { Scorer } from './linear-scorer.ts';
import { createWordScorer, type WordCounts, type WordScores } from './score-words.ts';

/** What each classifier says of one text; arrays run over classes. */
export interface Opinions extends WordScores {
  /** SVM margins; those of products and needs come after. */
  readonly margins: Float64Array;
  /** Margins of the class's product and need; -1, a plain no, when it has none. */
  productMargin(c: number): number;
  needMargin(c: number): number;
  /** Cosine of the nearest training question, and mean of the three nearest. */
  readonly nearest: Float64Array;
  readonly neighbourhood: Float64Array;
  /** Cosine of the nearest sentence of the fiche. */
  readonly text: Float64Array;
}

export interface Consultation {
  /** `vector`: that of the text, where it is known already. */
  opine(text: ReadText, vector?: SparseVector): Opinions;
  /** The training questions nearest to the text that `opine` was last asked about, best first, with their cosines. */
  nearest(count: number): { readonly row: number; readonly similarity: number }[];
}

export interface Classifiers {
  readonly space: VectorSpace;
  readonly outputs: Outputs;
  readonly scorer: Scorer;
  /** Training questions, and sentences of the fiches. */
  readonly questions: ExampleIndex;
  readonly sentences: ExampleIndex;
  readonly words: WordCounts;
}

/** `leftOut`: training questions that count as unlike anything (cross-validation). */
export function createConsultation(classifiers: Classifiers, leftOut?: Int32Array): Consultation {
  const { space, outputs, scorer, questions, sentences, words } = classifiers;
  const { productOf, needOf } = outputs;
  const likeQuestions = createComparison(questions, leftOut);
  const likeSentences = createComparison(sentences);
  const scoreWords = createWordScorer(words);

  return {
    nearest: likeQuestions.nearestRows,
    opine(read, vector = toVector(space, extractFeatures(read.words))) {
      const { columns, values } = vector;
      const margins = new Float64Array(outputs.count);
      scorer.score(columns, values, margins);
      const marginOf = (output: number): number => (output < 0 ? -1 : (margins[output] as number));
      likeQuestions.compare(columns, values);
      likeSentences.compare(columns, values);
      return {
        margins,
        productMargin: (c) => marginOf(productOf[c] as number),
        needMargin: (c) => marginOf(needOf[c] as number),
        ...likeQuestions.nearestByClass(),
        text: likeSentences.nearestByClass().nearest,
        ...scoreWords(read),
      };
    },
  };
}
