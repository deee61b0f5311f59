import type { LabelledQuestion } from '../../src/evaluation/labelled-question.ts';
import { trainingSetOfLines } from '../../src/evaluation/training-set-of-lines.ts';
import type { TrainingSet } from '../../src/understanding/understanding.ts';

const syllables = 'ba co di fe gu la mi no pru ra sen ti vou chan pli tre quo dre lon mer'.split(' ');
const littleWords =
  'comment je peux mon ma le la les pas plus pour sur avec est que un une faire avoir'.split(' ');
const keywordsOfAnIntent = 8;

/** Intents of invented words, only to see how time and memory grow; the same at each run. */
export function makeSyntheticSet(
  intents: number,
  examples: number,
): { training: TrainingSet; questions: LabelledQuestion[] } {
  let state = 20_261_123;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
  const pick = (list: readonly string[]): string => list[random(list.length)] ?? '';
  const vocabulary = Array.from({ length: 6000 }, () =>
    Array.from({ length: 2 + random(3) }, () => pick(syllables)).join(''),
  );
  const lines: LabelledQuestion[] = [];
  const questions: LabelledQuestion[] = [];
  for (let intent = 0; intent < intents; intent++) {
    const keywords = Array.from({ length: keywordsOfAnIntent }, () => pick(vocabulary));
    for (let example = 0; example <= examples; example++) {
      const words = Array.from({ length: 4 + random(6) }, (_, i) =>
        i % 2 === 0 ? pick(littleWords) : pick(keywords),
      );
      const question = { text: words.join(' '), label: `intent-${intent}`, also: [], style: '', near: false };
      (example < examples ? lines : questions).push(question);
    }
  }
  return { training: trainingSetOfLines(lines), questions };
}
