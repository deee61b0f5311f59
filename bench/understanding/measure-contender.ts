/** One contender on one set, in this process: `measure-contender.ts <contender> <set>` prints one JSON object. */
import { fileURLToPath } from 'node:url';
import type { LabelledQuestion } from '../../src/evaluation/labelled-question.ts';
import { readJsonLines } from '../../src/evaluation/read-json-lines.ts';
import { readOpenQuestions } from '../../src/evaluation/read-question-sets.ts';
import { trainingSetOfLines } from '../../src/evaluation/training-set-of-lines.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { trainingSetOf } from '../../src/understanding/training/training-set.ts';
import type { TrainingSet } from '../../src/understanding/understanding.ts';
import { contenders } from './contenders.ts';
import { makeSyntheticSet } from './make-synthetic-set.ts';

export interface Measure {
  readonly accuracy: number | null;
  readonly outOfScopeRefused: number | null;
  readonly trainingMs: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly memoryMb: number;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const [contenderName = '', setName = ''] = process.argv.slice(2);
const train = contenders[contenderName];
if (train === undefined) throw new Error(`No such contender: ${contenderName}`);
const { training, questions } = await readSet(setName);

const start = performance.now();
const classify = await train(training);
const trainingMs = performance.now() - start;
const results: { right: boolean | null; refused: boolean | null; milliseconds: number }[] = [];
for (const { text, label, also } of questions) {
  const from = performance.now();
  const { best, isAnswered } = await classify(text);
  const milliseconds = performance.now() - from;
  const right = label === null ? null : best === label || also.includes(best ?? '');
  results.push({ right, refused: label === null ? !isAnswered : null, milliseconds });
}
const times = results.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
const measure: Measure = {
  accuracy: shareOf(results.map(({ right }) => right)),
  outOfScopeRefused: shareOf(results.map(({ refused }) => refused)),
  trainingMs,
  medianMs: times[Math.floor(times.length * 0.5)] ?? 0,
  p99Ms: times[Math.floor(times.length * 0.99)] ?? 0,
  memoryMb: process.memoryUsage().rss / 1e6,
};
console.log(JSON.stringify(measure));

async function readSet(
  name: string,
): Promise<{ training: TrainingSet; questions: readonly LabelledQuestion[] }> {
  if (name === 'synthetic') return makeSyntheticSet(1000, 20);
  if (name === 'shipped') {
    const training = trainingSetOf(await loadContent(root));
    const intents = training.intents.map(({ id }) => id);
    return { training, questions: await readOpenQuestions(intents) };
  }
  const folder = `${root}../shared/bench/${name}`;
  const training = trainingSetOfLines(await readJsonLines(`${folder}/train.jsonl`));
  return { training, questions: await readJsonLines(`${folder}/test.jsonl`) };
}

function shareOf(outcomes: readonly (boolean | null)[]): number | null {
  const known = outcomes.filter((outcome) => outcome !== null);
  return known.length === 0 ? null : known.filter(Boolean).length / known.length;
}
