import { chooseThresholds, type Outcome, type Thresholds } from './choose-thresholds.ts';
import { collectEvidence, evidenceKinds, type Opinions } from './collect-evidence.ts';
import { cutSentences } from './cut-sentences.ts';
import { extractFeatures } from './extract-features.ts';
import { fitRanker, type RankedCase, rankCandidates } from './fit-ranker.ts';
import { createNearestExamples } from './nearest-examples.ts';
import { normalise } from './normalise.ts';
import { createReader, type ReadText } from './read-words.ts';
import type { SparseRows } from './sparse-rows.ts';
import { stripCourtesies } from './strip-courtesies.ts';
import { createSvm, score } from './train-svm.ts';
import type { Candidate, Matcher, TrainingSet, Understanding } from './understanding.ts';
import { createVectorSpace } from './vector-space.ts';

const SEED = 20_261_123;
const WORD_WEIGHT = 0.8;
const CHARACTER_WEIGHT = 1;
const COST = 1;
const FOLDS = 5;
const PASSES = 8;
const PASSES_A_FOLD = 3;
const MOST_CHOICES = 4;
const FEWEST_CHOICES = 2;
const MOST_CANDIDATES = 5;

export interface ValidatedQuestion extends Outcome {
  readonly text: string;
  /** Null for the foreign class. */
  readonly expected: string | null;
  readonly found: string | null;
}

export interface TrainedMatcher {
  readonly matcher: Matcher;
  readonly thresholds: Thresholds;
  /** Every training question, ranked by a model that had not seen its fold. */
  readonly validated: readonly ValidatedQuestion[];
  readonly weights: ReadonlyMap<string, number>;
}

export function trainMatcher(training: TrainingSet): TrainedMatcher {
  const examples = training.intents.flatMap((intent, label) =>
    intent.utterances.map((text) => ({ text, label })),
  );
  const hasForeign = training.outOfScope.length > 0;
  const foreignLabel = training.intents.length;
  for (const text of training.outOfScope) examples.push({ text, label: foreignLabel });
  const classes = training.intents.length + (hasForeign ? 1 : 0);
  const products: (string | null | undefined)[] = training.intents.map((intent) => intent.product);
  if (hasForeign) products.push(undefined);

  const evidenceTexts = training.intents.flatMap((intent, label) =>
    intent.evidence.map((text) => ({ text, label })),
  );
  const prepare = (text: string): string => stripCourtesies(normalise(text));
  const prepared = examples.map((example) => prepare(example.text));
  const preparedEvidence = evidenceTexts.map((sentence) => normalise(sentence.text));
  const read = createReader(training.lexicon, [...prepared, ...preparedEvidence]);
  const reads = prepared.map(read);
  const space = createVectorSpace(
    reads.map((text) => extractFeatures(text.words)),
    WORD_WEIGHT,
    CHARACTER_WEIGHT,
  );
  const rows = space.toRows(reads.map((text) => extractFeatures(text.words)));
  const textRows = space.toRows(preparedEvidence.map((text) => extractFeatures(read(text).words)));
  const labels = Int32Array.from(examples, (example) => example.label);
  const textLabels = Int32Array.from(evidenceTexts, (sentence) => sentence.label);
  const nearest = createNearestExamples(rows, examples.length);
  const nearestText = createNearestExamples(textRows, evidenceTexts.length);
  const cosines = new Float32Array(examples.length);
  const textCosines = new Float32Array(evidenceTexts.length);

  const opine = (
    margins: Float64Array,
    columns: Int32Array,
    values: Float32Array,
    excluded: (row: number) => boolean,
  ): Opinions => {
    nearest.compare(columns, values, cosines);
    nearestText.compare(columns, values, textCosines);
    const best = new Float64Array(classes);
    const second = new Float64Array(classes);
    const third = new Float64Array(classes);
    for (let row = 0; row < cosines.length; row++) {
      const c = labels[row] as number;
      const cosine = cosines[row] as number;
      if (cosine <= (third[c] as number) || excluded(row)) continue;
      if (cosine > (best[c] as number)) {
        third[c] = second[c] as number;
        second[c] = best[c] as number;
        best[c] = cosine;
      } else if (cosine > (second[c] as number)) {
        third[c] = second[c] as number;
        second[c] = cosine;
      } else third[c] = cosine;
    }
    const text = new Float64Array(classes);
    for (let row = 0; row < textCosines.length; row++) {
      const c = textLabels[row] as number;
      text[c] = Math.max(text[c] as number, textCosines[row] as number);
    }
    return {
      margins,
      nearest: best,
      neighbourhood: best.map((b, c) => (b + (second[c] as number) + (third[c] as number)) / 3),
      text,
    };
  };

  const svm = createSvm(rows, labels, classes, COST, SEED);
  const folds = foldsOf(labels, classes);
  const all = Int32Array.from(labels.keys());
  svm.run(all, PASSES);
  const cases: RankedCase[] = new Array(examples.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = all.filter((row) => folds[row] === fold);
    svm.forget(held);
    svm.run(
      all.filter((row) => folds[row] !== fold),
      PASSES_A_FOLD,
    );
    for (const row of held) {
      const margins = new Float64Array(classes);
      score(svm.model.weights, classes, rows, row, margins);
      const opinions = opine(margins, ...rowOf(rows, row), (other) => folds[other] === fold);
      cases[row] = {
        evidence: collectEvidence(opinions, reads[row] as ReadText, products),
        candidates: classes,
        right: labels[row] as number,
      };
    }
  }
  svm.run(all, PASSES_A_FOLD);

  const weights = fitRanker(cases, evidenceKinds.length);
  const idOf = (label: number): string | null => training.intents[label]?.id ?? null;
  const validated = cases.map((ranked, row): ValidatedQuestion => {
    const shares = rankCandidates(ranked.evidence, classes, weights);
    const order = ranking(shares, training.intents.length);
    let top = order[0] as number;
    if (hasForeign && (shares[foreignLabel] as number) > (shares[top] as number)) top = foreignLabel;
    return {
      text: (examples[row] as { text: string }).text,
      expected: idOf(ranked.right),
      found: idOf(top),
      confidence: shares[order[0] as number] as number,
      right: order[0] === ranked.right,
      offered: order.slice(0, MOST_CHOICES).reduce((sum, label) => sum + (shares[label] as number), 0),
      foreign: hasForeign && ranked.right === foreignLabel,
    };
  });
  const thresholds = chooseThresholds(validated);

  const rankText = (text: ReadText): Float64Array => {
    const vector = space.toVector(extractFeatures(text.words));
    const margins = new Float64Array(classes);
    for (let at = 0; at < vector.columns.length; at++) {
      const base = (vector.columns[at] as number) * classes;
      const value = vector.values[at] as number;
      for (let c = 0; c < classes; c++)
        margins[c] = (margins[c] as number) + (svm.model.weights[base + c] as number) * value;
    }
    const opinions = opine(margins, vector.columns, vector.values, () => false);
    return rankCandidates(collectEvidence(opinions, text, products), classes, weights);
  };

  const understand = (raw: string): Understanding => {
    const normalised = normalise(raw);
    const whole = read(stripCourtesies(normalised));
    const reading = {
      normalised,
      words: whole.words.map((word) => word.text),
      corrections: whole.corrections,
      products: whole.products,
      foreignProducts: whole.foreignProducts,
    };
    if (whole.words.length === 0) {
      return {
        decision: 'refuse',
        candidates: [],
        confidence: 0,
        choices: [],
        alsoAsked: [],
        nearest: [],
        thresholds,
        reading,
      };
    }
    let shares = rankText(whole);
    const nearestRows = ranking(cosines, cosines.length, 3).map((row) => ({
      utterance: (examples[row] as { text: string }).text,
      intent: idOf(labels[row] as number),
      similarity: cosines[row] as number,
    }));
    const sentences = cutSentences(normalised);
    if (sentences.length > 1 && whole.words.length > 20) {
      const mean = Float64Array.from(shares);
      let best = shares;
      for (const sentence of sentences) {
        const part = rankText(read(stripCourtesies(sentence)));
        const own = part.subarray(0, training.intents.length);
        if (Math.max(...own) > Math.max(...best.subarray(0, training.intents.length))) best = part;
      }
      shares = mean.map((share, c) => (share + (best[c] as number)) / 2);
    }
    const order = ranking(shares, training.intents.length, MOST_CANDIDATES);
    const candidates: Candidate[] = order.map((label) => ({
      id: idOf(label) as string,
      score: shares[label] as number,
    }));
    const confidence = candidates[0]?.score ?? 0;
    const choices = candidates
      .slice(0, MOST_CHOICES)
      .filter((candidate, i) => i < FEWEST_CHOICES || candidate.score > 0.05);
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
      nearest: nearestRows,
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

function rowOf(rows: SparseRows, row: number): [Int32Array, Float32Array] {
  const start = rows.start[row] as number;
  const end = rows.start[row + 1] as number;
  return [rows.columns.subarray(start, end), rows.values.subarray(start, end)];
}

/** Neighbours in a file are paraphrases of one another: contiguous folds keep them together and cross-validation honest. */
function foldsOf(labels: Int32Array, classes: number): Int32Array {
  const sizes = new Int32Array(classes);
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1;
  const seen = new Int32Array(classes);
  return labels.map((label) => {
    const place = seen[label] as number;
    seen[label] = place + 1;
    return Math.floor((place * FOLDS) / (sizes[label] as number));
  });
}

/** Indices of the highest scores below `limit`, best first. */
function ranking(scores: Float64Array | Float32Array, limit: number, count = limit): number[] {
  const order: number[] = [];
  for (let i = 0; i < limit; i++) {
    const score = scores[i] as number;
    if (order.length === count && score <= (scores[order[count - 1] as number] as number)) continue;
    let at = order.length;
    while (at > 0 && (scores[order[at - 1] as number] as number) < score) at--;
    order.splice(at, 0, i);
    if (order.length > count) order.pop();
  }
  return order;
}
