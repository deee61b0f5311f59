import type { Outputs } from './lay-outputs.ts';
import { createNearestExamples } from './nearest-examples.ts';
import type { ReadText } from './read-words.ts';
import { createWordScorer } from './score-words.ts';
import type { SparseRows } from './sparse-rows.ts';
import type { Svm } from './train-svm.ts';
import type { SparseVector } from './vector-space.ts';

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
  opine(text: ReadText, vector: SparseVector): Opinions;
  /** Cosines of the last vector with every training question. */
  readonly cosines: Float32Array;
  /** Leaves these questions out of everything but the SVM, until the next call. */
  holdOut(rows: Int32Array): void;
}

interface Texts {
  readonly rows: SparseRows;
  readonly labels: Int32Array;
}

export function createConsultation(
  svm: Svm,
  outputs: Outputs,
  questions: Texts & { readonly reads: readonly ReadText[] },
  sentences: Texts,
): Consultation {
  const { classes } = outputs;
  const { labels } = questions;
  const sentenceLabels = sentences.labels;
  const nearestQuestions = createNearestExamples(questions.rows, labels.length);
  const nearestSentences = createNearestExamples(sentences.rows, sentences.labels.length);
  const words = createWordScorer(questions.reads, labels, classes);
  const cosines = new Float32Array(labels.length);
  const sentenceCosines = new Float32Array(sentences.labels.length);
  const margins = new Float64Array(outputs.count);
  const second = new Float64Array(classes);
  const third = new Float64Array(classes);
  let heldRows = new Int32Array(0);
  const held = new Uint8Array(labels.length);

  return {
    cosines,
    holdOut(rows) {
      words.remember(heldRows);
      held.fill(0);
      heldRows = rows.slice();
      for (const row of rows) held[row] = 1;
      words.forget(heldRows);
    },
    opine(read, { columns, values }) {
      svm.score(columns, values, margins);
      nearestQuestions.compare(columns, values, cosines);
      nearestSentences.compare(columns, values, sentenceCosines);
      const nearest = new Float64Array(classes);
      second.fill(0);
      third.fill(0);
      for (let row = 0; row < labels.length; row++) {
        const c = labels[row] as number;
        const cosine = cosines[row] as number;
        if (cosine <= (third[c] as number) || held[row] === 1) continue;
        if (cosine <= (second[c] as number)) third[c] = cosine;
        else {
          third[c] = second[c] as number;
          if (cosine <= (nearest[c] as number)) second[c] = cosine;
          else {
            second[c] = nearest[c] as number;
            nearest[c] = cosine;
          }
        }
      }
      const text = new Float64Array(classes);
      for (let row = 0; row < sentenceCosines.length; row++) {
        const c = sentenceLabels[row] as number;
        if ((sentenceCosines[row] as number) > (text[c] as number)) text[c] = sentenceCosines[row] as number;
      }
      const neighbourhood = new Float64Array(classes);
      const productMargins = new Float64Array(classes);
      const needMargins = new Float64Array(classes);
      for (let c = 0; c < classes; c++) {
        neighbourhood[c] = ((nearest[c] as number) + (second[c] as number) + (third[c] as number)) / 3;
        productMargins[c] = margins[outputs.productOf[c] as number] ?? -1;
        needMargins[c] = margins[outputs.needOf[c] as number] ?? -1;
      }
      return {
        margins: margins.slice(0, classes),
        productMargins,
        needMargins,
        nearest,
        neighbourhood,
        text,
        ...words.score(read),
      };
    },
  };
}
