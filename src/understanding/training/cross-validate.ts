import { createConsultation, type Opinions } from '../classifiers/consult-classifiers.ts';
import type { ClassTraits } from '../classifiers/lay-outputs.ts';
import { collectEvidence } from '../ranking/collect-evidence.ts';
import type { ReadText } from '../reading/read-words.ts';
import type { RankedCase } from './fit-ranker.ts';
import type { Example, Training } from './train-classifiers.ts';

const mostFolds = 10;
const fewestFolds = 3;
/** With so many questions ranked, calibration and thresholds no longer move. */
const enoughCases = 1500;
const passesAFold = 1;

export interface ValidatedCase extends RankedCase {
  readonly example: Example;
}

/**
 * Ranks training questions by classifiers that have not seen them: tenths are held out one after the other, as many
 * as give enough cases (`everything`: all of them). A fold's SVM starts from the full one, from which the held rows
 * are taken back exactly (their dual variables become 0), so that two more passes are enough. The classifiers are
 * left as they were found.
 */
export function crossValidate(training: Training, everything: boolean): ValidatedCase[] {
  const { classifiers, svm, examples, changeWords } = training;
  const { outputs } = classifiers;
  const folds = foldsOf(examples, outputs.traits);
  const needed = Math.ceil((enoughCases * mostFolds) / Math.max(1, examples.length));
  const count = everything ? mostFolds : Math.min(mostFolds, Math.max(fewestFolds, needed));
  const trained = svm.save();
  const cases: ValidatedCase[] = [];
  for (let fold = 0; fold < count; fold++) {
    const held = rowsWhere(folds, (other) => other === fold);
    if (held.length === 0) continue;
    svm.forget(held);
    svm.run(
      rowsWhere(folds, (other) => other !== fold),
      passesAFold,
    );
    changeWords(held, -1);
    const consultation = createConsultation(classifiers, held);
    for (const row of held) {
      const example = examples[row] as Example;
      const { message, vector, label } = example;
      const opine = (text: ReadText): Opinions =>
        consultation.opine(text, text === message.whole ? vector : undefined);
      const evidence = collectEvidence(opine, outputs.traits, message, label);
      cases.push({ example, evidence, right: evidence.classes.indexOf(label) });
    }
    changeWords(held, 1);
    svm.restore(trained);
  }
  return cases;
}

/** Spreads each class over the folds, and small classes over different ones. */
function foldsOf(examples: readonly Example[], classes: readonly ClassTraits[]): Int32Array {
  const seen = new Int32Array(classes.length);
  return Int32Array.from(examples, ({ label }) => {
    const place = seen[label] as number;
    seen[label] = place + 1;
    return (place + label) % mostFolds;
  });
}

function rowsWhere(folds: Int32Array, isWanted: (fold: number) => boolean): Int32Array {
  const rows: number[] = [];
  for (const [row, fold] of folds.entries()) if (isWanted(fold)) rows.push(row);
  return Int32Array.from(rows);
}
