import { extractFeatures } from './extract-features.ts';
import type { Outputs } from './lay-outputs.ts';
import type { Scorer } from './linear-scorer.ts';
import { compareWithExamples, type ExampleIndex, nearestByClass } from './nearest-examples.ts';
import type { ReadText } from './read-words.ts';
import { createWordScorer, type WordCounts } from './score-words.ts';
import { type SparseVector, toVector, type VectorSpace } from './vector-space.ts';

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
  /** Cosines of the last text with every training question. */
  readonly cosines: Float32Array;
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
  const cosines = new Float32Array(questions.rows);
  const sentenceCosines = new Float32Array(sentences.rows);
  const margins = new Float64Array(outputs.count);
  const scoreWords = createWordScorer(words);

  return {
    cosines,
    opine(read, vector = toVector(space, extractFeatures(read.words))) {
      const { columns, values } = vector;
      scorer.score(columns, values, margins);
      compareWithExamples(questions, columns, values, cosines);
      for (const row of leftOut) cosines[row] = 0;
      compareWithExamples(sentences, columns, values, sentenceCosines);
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
        ...nearestByClass(questions, cosines),
        text: nearestByClass(sentences, sentenceCosines).nearest,
        ...scoreWords(read),
      };
    },
  };
}
