import { chooseThresholds, type Outcome, type Thresholds } from './choose-thresholds.ts';
import { bestOf, collectEvidence, type Evidence, evidenceKinds } from './collect-evidence.ts';
import { createConsultation } from './consult-classifiers.ts';
import { createCoverage } from './cover-words.ts';
import { extractFeatures } from './extract-features.ts';
import { fitRanker, type RankedCase, rankCandidates } from './fit-ranker.ts';
import { layOutputs } from './lay-outputs.ts';
import { normalise } from './normalise.ts';
import { type Message, readMessage } from './read-message.ts';
import { createReader, type ReadText } from './read-words.ts';
import { stripCourtesies } from './strip-courtesies.ts';
import { createSvm } from './train-svm.ts';
import type { Candidate, Matcher, TrainingSet, Understanding } from './understanding.ts';
import { createVectorSpace, type SparseVector } from './vector-space.ts';

// biome-ignore lint: experiment
const O: any = { ww: 0.8, cw: 1, cost: 0.5, folds: 5, pf: 3, passes: 10, ev: 0.3, evn: 3, ...(globalThis as any).__o };
const SEED = 20_261_123;
const MOST_CHOICES = 4;
const FEWEST_CHOICES = 2;
const MOST_CANDIDATES = 5;
const LONGEST_VECTOR = 8192;

export interface ValidatedQuestion extends Outcome {
  readonly text: string;
  /** Null for the foreign class. */
  readonly expected: string | null;
  readonly found: string | null;
  readonly share: number;
}

export interface TrainedMatcher {
  readonly matcher: Matcher;
  readonly thresholds: Thresholds;
  /** Every training question, ranked by a model that had not seen its fold. */
  readonly validated: readonly ValidatedQuestion[];
  readonly weights: ReadonlyMap<string, number>;
}

export function trainMatcher(training: TrainingSet): TrainedMatcher {
  const outputs = layOutputs(training);
  const { classes, traits } = outputs;
  const intentCount = training.intents.length;
  const hasForeign = training.outOfScope.length > 0;
  const examples = training.intents.flatMap((intent, label) => intent.utterances.map((text) => ({ text, label })));
  for (const text of training.outOfScope) examples.push({ text, label: intentCount });
  const evidenceTexts = training.intents.flatMap((intent, label) =>
    intent.evidence.map((text, i) => ({ text: normalise(text), label, headline: i < O.evn })),
  );
  const read = createReader(training.lexicon, [
    ...examples.map((example) => stripCourtesies(normalise(example.text))),
    ...evidenceTexts.map((sentence) => sentence.text),
  ]);
  const messages = examples.map((example) => readMessage(example.text, read));
  const counts = messages.map((message) => extractFeatures(message.whole.words));
  const space = createVectorSpace(counts, O.ww, O.cw);
  const vectorOf = (text: ReadText): SparseVector => space.toVector(extractFeatures(text.words));
  const vectors = counts.map(space.toVector);
  const textVectors = evidenceTexts.map((sentence) => vectorOf(read(sentence.text)));
  const labels = Int32Array.from(examples, (example) => example.label);
  const folds = foldsOf(labels, classes);
  const headlines = evidenceTexts.flatMap((sentence, i) => (sentence.headline ? [i] : []));
  const svmLabels = [...labels, ...headlines.map((i) => evidenceTexts[i]?.label as number)];
  const svm = createSvm(space.toRows([...vectors, ...headlines.map((i) => textVectors[i] as SparseVector)]), {
    outputs: outputs.count,
    costs: Float32Array.from(svmLabels, (_, row) => O.cost * (row < labels.length ? 1 : O.ev)),
    isPositive: (row, output) => {
      const label = svmLabels[row] as number;
      return output === label || output === outputs.productOf[label] || output === outputs.needOf[label];
    },
    seed: SEED,
    longestVector: LONGEST_VECTOR,
  });
  const consultation = createConsultation(
    svm,
    outputs,
    { rows: space.toRows(vectors), labels, folds },
    { rows: space.toRows(textVectors), labels: Int32Array.from(evidenceTexts, (sentence) => sentence.label) },
  );
  const coverage = createCoverage(messages.map((message) => message.whole), labels, folds, O.folds, classes);
  const weigh = (message: Message, vector: SparseVector, fold: number, right?: number): Evidence => {
    const sentences = message.sentences.map((sentence) => ({ ...consultation.opine(vectorOf(sentence.read), fold), ...coverage.cover(sentence.read, fold) }));
    return collectEvidence(message, { ...consultation.opine(vector, fold), ...coverage.cover(message.whole, fold) }, sentences, traits, right);
  };

  const every = Int32Array.from(svmLabels.keys());
  svm.run(every, O.passes);
  const trained = svm.save();
  const cases: RankedCase[] = new Array(examples.length);
  for (let fold = 0; fold < O.folds; fold++) {
    const held = every.filter((row) => folds[row] === fold);
    svm.forget(held);
    svm.run(
      every.filter((row) => folds[row] !== fold),
      O.pf,
    );
    for (const row of held) {
      const evidence = weigh(messages[row] as Message, vectors[row] as SparseVector, fold, labels[row]);
      cases[row] = { evidence, right: evidence.classes.indexOf(labels[row] as number) };
    }
    svm.restore(trained);
  }

  const weights = fitRanker(cases);
  const idOf = (label: number): string | null => training.intents[label]?.id ?? null;
  const sharesOf = (evidence: Evidence): Float64Array => {
    const shares = new Float64Array(classes);
    for (const [line, share] of rankCandidates(evidence, weights).entries()) shares[evidence.classes[line] as number] = share;
    return shares;
  };
  const validated = cases.map(({ evidence }, row): ValidatedQuestion => {
    const right = labels[row] as number;
    const shares = sharesOf(evidence);
    const order = bestOf(shares.subarray(0, intentCount), MOST_CHOICES);
    let top = order[0] as number;
    if (hasForeign && (shares[intentCount] as number) > (shares[top] as number)) top = intentCount;
    return {
      text: (examples[row] as { text: string }).text,
      expected: idOf(right),
      found: idOf(top),
      confidence: shares[order[0] as number] as number,
      right: order[0] === right,
      share: shares[right] as number,
      offered: order.slice(0, MOST_CHOICES).reduce((sum, label) => sum + (shares[label] as number), 0),
      foreign: right === intentCount,
    };
  });
  const thresholds = chooseThresholds(validated);

  const understand = (raw: string): Understanding => {
    const message = readMessage(raw, read);
    const reading = {
      normalised: message.normalised,
      words: message.whole.words.map((word) => word.text),
      corrections: message.whole.corrections,
      products: message.whole.products,
      foreignProducts: message.whole.foreignProducts,
    };
    if (message.whole.words.length === 0) {
      return { decision: 'refuse', candidates: [], confidence: 0, choices: [], alsoAsked: [], nearest: [], thresholds, reading };
    }
    const shares = sharesOf(weigh(message, vectorOf(message.whole), -1));
    const nearest = bestOf(consultation.cosines, 3).map((row) => ({
      utterance: (examples[row] as { text: string }).text,
      intent: idOf(labels[row] as number),
      similarity: consultation.cosines[row] as number,
    }));
    const order = bestOf(shares.subarray(0, intentCount), MOST_CANDIDATES);
    const candidates: Candidate[] = order.map((label) => ({ id: idOf(label) as string, score: shares[label] as number }));
    const confidence = candidates[0]?.score ?? 0;
    const choices = candidates.slice(0, MOST_CHOICES).filter((candidate, i) => i < FEWEST_CHOICES || candidate.score > 0.05);
    const offered = choices.reduce((sum, candidate) => sum + candidate.score, 0);
    const decision =
      confidence >= thresholds.answer
        ? 'answer'
        : offered >= thresholds.refuse && choices.length >= FEWEST_CHOICES
          ? 'clarify'
          : 'refuse';
    return {
      decision,
      candidates,
      confidence,
      choices: decision === 'clarify' ? choices.map((choice) => choice.id) : [],
      alsoAsked: [],
      nearest,
      thresholds,
      reading,
    };
  };

  return {
    matcher: { understand },
    thresholds,
    validated,
    weights: new Map(evidenceKinds.map((kind, k) => [kind, weights[k] as number])),
  };
}

function foldsOf(labels: Int32Array, classes: number): Int32Array {
  const seen = new Int32Array(classes);
  return labels.map((label) => {
    const place = seen[label] as number;
    seen[label] = place + 1;
    return place % O.folds;
  });
}
