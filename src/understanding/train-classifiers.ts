import { type Consultation, createConsultation } from './consult-classifiers.ts';
import { extractFeatures } from './extract-features.ts';
import { layOutputs, type Outputs } from './lay-outputs.ts';
import { normalise } from './normalise.ts';
import { type Message, readMessage } from './read-message.ts';
import { createReader, type ReadText } from './read-words.ts';
import { stripCourtesies } from './strip-courtesies.ts';
import { createSvm, type Svm } from './train-svm.ts';
import type { TrainingSet } from './understanding.ts';
import { createVectorSpace, type SparseVector, type VectorSpace } from './vector-space.ts';

const SEED = 20_261_123;
/** Chosen by cross-validation; docs/understanding.md has the table. */
const WORD_WEIGHT = 0.8;
const CHARACTER_WEIGHT = 1;
const COST = 0.8;
const PASSES = 10;
/** Title, question and summary of a fiche teach like questions, but weigh less: nobody wrote them to ask. */
const HEADLINES = 3;
const HEADLINE_COST = 0.3;
/** More than the longest message has features. */
const LONGEST_VECTOR = 16_384;

/** One training question, read. `label` counts intents in order, then the foreign class. */
export interface Example {
  readonly text: string;
  readonly label: number;
  readonly message: Message;
  readonly vector: SparseVector;
}

export interface Classifiers {
  readonly outputs: Outputs;
  readonly svm: Svm;
  readonly consultation: Consultation;
  /** Reads normalised text. */
  read(text: string): ReadText;
  vectorOf(text: ReadText): SparseVector;
}

/** Reads the training set, extracts its features once, and trains every classifier on all of it. */
export function trainClassifiers(training: TrainingSet): {
  readonly classifiers: Classifiers;
  /** Large, and of no more use once cross-validated. */
  readonly examples: readonly Example[];
} {
  const outputs = layOutputs(training);
  const questions = training.intents.flatMap((intent, label) =>
    intent.utterances.map((text) => ({ text, label })),
  );
  for (const text of training.outOfScope) questions.push({ text, label: training.intents.length });
  const sentences = training.intents.flatMap((intent, label) =>
    intent.evidence.map((text, i) => ({ text: normalise(text), label, isHeadline: i < HEADLINES })),
  );
  const read = createReader(training.lexicon, [
    ...questions.map((question) => stripCourtesies(normalise(question.text))),
    ...sentences.map((sentence) => sentence.text),
  ]);
  const messages = questions.map((question) => readMessage(question.text, read));
  const counts = messages.map((message) => extractFeatures(message.whole.words));
  const space = createVectorSpace(counts, WORD_WEIGHT, CHARACTER_WEIGHT);
  const vectorOf = (text: ReadText): SparseVector => space.toVector(extractFeatures(text.words));
  const vectors = counts.map(space.toVector);
  const examples = questions.map(
    (question, i): Example => ({
      ...question,
      message: messages[i] as Message,
      vector: vectors[i] as SparseVector,
    }),
  );
  const fiches = sentences.map((sentence) => ({ ...sentence, vector: vectorOf(read(sentence.text)) }));
  const headlines = fiches.filter((sentence) => sentence.isHeadline);
  const svm = trainSvm(examples, headlines, outputs, space);
  const classifiers: Classifiers = {
    outputs,
    svm,
    consultation: createConsultation(
      svm,
      outputs,
      {
        rows: space.toRows(vectors),
        labels: Int32Array.from(examples, (example) => example.label),
        reads: messages.map((message) => message.whole),
      },
      {
        rows: space.toRows(fiches.map(({ vector }) => vector)),
        labels: Int32Array.from(fiches, ({ label }) => label),
      },
    ),
    read,
    vectorOf,
  };
  return { classifiers, examples };
}

type LabelledVector = Pick<Example, 'label' | 'vector'>;

/** Apart from the rest so that no closure that lives on holds the rows. */
function trainSvm(
  examples: readonly LabelledVector[],
  headlines: readonly LabelledVector[],
  outputs: Outputs,
  space: VectorSpace,
): Svm {
  const all = [...examples, ...headlines];
  const svm = createSvm(space.toRows(all.map((row) => row.vector)), {
    outputs: outputs.count,
    costs: Float32Array.from(all, (_, row) => COST * (row < examples.length ? 1 : HEADLINE_COST)),
    isPositive: (row, output) => {
      const label = all[row]?.label ?? -1;
      return output === label || output === outputs.productOf[label] || output === outputs.needOf[label];
    },
    seed: SEED,
    longestVector: LONGEST_VECTOR,
  });
  svm.run(Int32Array.from(all.keys()), PASSES);
  return svm;
}
