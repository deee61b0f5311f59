import { extractFeatures } from '../features/extract-features.ts';
import { type SparseVector, toVector, type VectorSpace } from '../features/vector-space.ts';
import type { ReadText } from '../reading/read-words.ts';
import type { Outputs } from './lay-outputs.ts';
import type { Scorer } from './linear-scorer.ts';
import { compareWithExamples, type ExampleIndex, nearestByClass, nearestRows } from './nearest-examples.ts';
import { createWordScorer, type WordCounts } from './score-words.ts';

/** What each classifier says of one text; arrays run over classes. */
export interface Opinions {
  /** SVM margins. */
  readonly margins: Float64Array;
  /** Margins of the class's product and need; -1, a plain no, when it has none. */
  readonly productMargins: Float64Array;
  readonly needMargins: Float64Array;
  /** Cosine of the nearest training question, and mean of the three nearest. */
  readonly nearest: Float64Array;
  readonly neighbourhood: Float64Array;
  /** Cosine of the nearest sentence of the fiche. */
  readonly text: Float64Array;
  /** See score-words.ts. */
  readonly coverage: Float64Array;
  readonly bayes: Float64Array;
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
export function createConsultation(
  classifiers: Classifiers,
  leftOut: Int32Array = new Int32Array(0),
): Consultation {
  const { space, outputs, scorer, questions, sentences, words } = classifiers;
  const { classes } = outputs;
  const products = new Float32Array(questions.rows);
  const sentenceProducts = new Float32Array(sentences.rows);
  let scale = 1;
  const margins = new Float64Array(outputs.count);
  const scoreWords = createWordScorer(words);

  return {
    nearest: (count) =>
      nearestRows(products, count).map((row) => ({ row, similarity: (products[row] as number) * scale })),
    opine(read, vector = toVector(space, extractFeatures(read.words))) {
      const { columns, values } = vector;
      scorer.score(columns, values, margins);
      scale = compareWithExamples(questions, columns, values, products);
      for (const row of leftOut) products[row] = 0;
      const sentenceScale = compareWithExamples(sentences, columns, values, sentenceProducts);
      const productMargins = new Float64Array(classes);
      const needMargins = new Float64Array(classes);
      for (let c = 0; c < classes; c++) {
        productMargins[c] = margins[outputs.productOf[c] as number] ?? -1;
        needMargins[c] = margins[outputs.needOf[c] as number] ?? -1;
      }
      return {
        margins: margins.slice(0, classes),
        productMargins,
        needMargins,
        ...nearestByClass(questions, products, scale),
        text: nearestByClass(sentences, sentenceProducts, sentenceScale).nearest,
        ...scoreWords(read),
      };
    },
  };
}
