import type { Classifiers } from '../classifiers/consult-classifiers.ts';
import { type ExampleIndex, indexExamples } from '../classifiers/index-examples.ts';
import { layOutputs, type Outputs } from '../classifiers/lay-outputs.ts';
import { countWords } from '../classifiers/score-words.ts';
import { extractFeatures } from '../features/extract-features.ts';
import { toRows } from '../features/sparse-rows.ts';
import { learnVectorSpace, type SparseVector, toVector, type VectorSpace } from '../features/vector-space.ts';
import { normalise, normaliseQuoting } from '../reading/normalise.ts';
import { readLexicon } from '../reading/read-lexicon.ts';
import { type Message, readMessage } from '../reading/read-message.ts';
import { createReader, type ReadText } from '../reading/read-words.ts';
import { stripCourtesies } from '../reading/strip-courtesies.ts';
import { learnVocabulary, type Vocabulary } from '../reading/vocabulary.ts';
import type { TrainingSet } from '../understanding.ts';
import { createSvm, type Svm } from './train-svm.ts';

const seed = 20_261_123;
/** Chosen by cross-validation; docs/understanding.md has the table. */
const cost = 0.8;
/** Visits to a question until the margins are settled: in a large set each pass leaves less to do. */
const passesAllowed = { least: 4, most: 10 };
const enoughVisits = 12_000;
/** Title, question and summary of a fiche teach like questions, but weigh less: nobody wrote them to ask. */
const headlineCount = 3;
const headlineCost = 0.3;

/** One training question, read. `label` counts intents in order, then what is out of scope. */
export interface Example {
  readonly text: string;
  readonly label: number;
  /** Null: of the house. */
  readonly writer: string | null;
  readonly message: Message;
  readonly vector: SparseVector;
}

/** Classifiers that learnt all of a training set, with what it takes to have them forget a part of it. */
export interface Training {
  readonly examples: readonly Example[];
  readonly vocabulary: Vocabulary;
  readonly classifiers: Classifiers;
  /** The same as `classifiers.scorer`, with what it takes to train it further. */
  readonly svm: Svm;
  /** Takes these questions out of `words` (-1), or back in. */
  changeWords(rows: Iterable<number>, by: 1 | -1): void;
}

/** Reads the training set, extracts its features once, and trains every classifier on all of it. */
export function trainClassifiers(training: TrainingSet): Training {
  const outputs = layOutputs(training);
  const lexicon = readLexicon(training.lexicon);
  const questions = training.intents
    .flatMap(({ questions, writers }, label) =>
      questions.map((text, i) => ({ text, label, writer: writers?.[i] ?? null })),
    )
    .concat(
      training.outOfScope.map((text, i) => ({
        text,
        label: training.intents.length,
        writer: training.outOfScopeWriters?.[i] ?? null,
      })),
    )
    .map((question) => {
      const normalised = normaliseQuoting(question.text) ?? normalise(question.text);
      return { ...question, normalised, words: lexicon.split(stripCourtesies(normalised)) };
    });
  const sentences = training.intents.flatMap((intent, label) =>
    intent.evidence.map((text, i) => ({
      label,
      words: lexicon.split(normalise(text)),
      isHeadline: i < headlineCount,
    })),
  );
  const vocabulary = learnVocabulary(
    [...questions, ...sentences].map(({ words }) => words),
    lexicon,
  );
  const readWords = createReader(lexicon, vocabulary);
  const read = (text: string): ReadText => readWords(lexicon.split(text));
  const messages = questions.map(({ normalised, words }) => readMessage(normalised, read, readWords(words)));
  const features = messages.map((message) => extractFeatures(message.whole.words));
  const space = learnVectorSpace(features);
  const examples = questions.map(
    ({ text, label, writer }, i): Example => ({
      text,
      label,
      writer,
      message: messages[i] as Message,
      vector: toVector(space, features[i] as (typeof features)[number]),
    }),
  );
  const fiches = sentences.map(({ label, words, isHeadline }) => ({
    label,
    isHeadline,
    vector: toVector(space, extractFeatures(readWords(words).words)),
  }));
  const svm = trainSvm(
    examples,
    fiches.filter((sentence) => sentence.isHeadline),
    outputs,
    space,
  );
  const { words, change } = countWords(
    messages.map((message) => message.whole),
    Int32Array.from(examples, ({ label }) => label),
    outputs.classes,
  );
  return {
    examples,
    vocabulary,
    classifiers: {
      space,
      outputs,
      scorer: svm,
      questions: indexTexts(examples, outputs, space),
      sentences: indexTexts(fiches, outputs, space),
      words,
    },
    svm,
    changeWords: change,
  };
}

type LabelledVector = Pick<Example, 'label' | 'vector'>;

function indexTexts(texts: readonly LabelledVector[], outputs: Outputs, space: VectorSpace): ExampleIndex {
  return indexExamples(
    toRows(
      texts.map(({ vector }) => vector),
      space.rarity.length,
    ),
    Int32Array.from(texts, ({ label }) => label),
    outputs.classes,
  );
}

function trainSvm(
  examples: readonly LabelledVector[],
  headlines: readonly LabelledVector[],
  outputs: Outputs,
  space: VectorSpace,
): Svm {
  const all = [...examples, ...headlines];
  const vectors = all.map(({ vector }) => vector);
  const svm = createSvm(toRows(vectors, space.rarity.length), {
    outputs: outputs.count,
    costs: Float32Array.from(all, (_, row) => cost * (row < examples.length ? 1 : headlineCost)),
    isPositive: (row, output) => {
      const label = all[row]?.label ?? -1;
      return output === label || output === outputs.productOf[label] || output === outputs.needOf[label];
    },
    seed: seed,
  });
  const passes = Math.round(enoughVisits / Math.max(1, all.length));
  svm.run(Int32Array.from(all.keys()), Math.min(passesAllowed.most, Math.max(passesAllowed.least, passes)));
  return svm;
}
