import type { Outputs } from './lay-outputs.ts';
import { createNearestExamples } from './nearest-examples.ts';
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
}

export interface Consultation {
  /** `fold`: the fold whose questions must not be seen, -1 for none. */
  opine(vector: SparseVector, fold: number): Opinions;
  /** Cosines of the last vector with every training question. */
  readonly cosines: Float32Array;
}

export function createConsultation(
  svm: Svm,
  outputs: Outputs,
  questions: { readonly rows: SparseRows; readonly labels: Int32Array; readonly folds: Int32Array },
  texts: { readonly rows: SparseRows; readonly labels: Int32Array },
): Consultation {
  const { classes } = outputs;
  const nearestQuestions = createNearestExamples(questions.rows, questions.labels.length);
  const nearestTexts = createNearestExamples(texts.rows, texts.labels.length);
  const cosines = new Float32Array(questions.labels.length);
  const textCosines = new Float32Array(texts.labels.length);
  const all = new Float64Array(outputs.count);

  return {
    cosines,
    opine({ columns, values }, fold) {
      svm.score(columns, values, all);
      nearestQuestions.compare(columns, values, cosines);
      nearestTexts.compare(columns, values, textCosines);
      const nearest = new Float64Array(classes);
      const second = new Float64Array(classes);
      const third = new Float64Array(classes);
      const { labels, folds } = questions;
      for (let row = 0; row < labels.length; row++) {
        const c = labels[row] as number;
        const cosine = cosines[row] as number;
        if (cosine <= (third[c] as number) || folds[row] === fold) continue;
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
      for (let row = 0; row < textCosines.length; row++) {
        const c = texts.labels[row] as number;
        if ((textCosines[row] as number) > (text[c] as number)) text[c] = textCosines[row] as number;
      }
      const neighbourhood = new Float64Array(classes);
      const productMargins = new Float64Array(classes);
      const needMargins = new Float64Array(classes);
      for (let c = 0; c < classes; c++) {
        neighbourhood[c] = ((nearest[c] as number) + (second[c] as number) + (third[c] as number)) / 3;
        productMargins[c] = all[outputs.productOf[c] as number] ?? -1;
        needMargins[c] = all[outputs.needOf[c] as number] ?? -1;
      }
      return { margins: all.slice(0, classes), productMargins, needMargins, nearest, neighbourhood, text };
    },
  };
}
