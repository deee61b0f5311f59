import { describe, expect, test } from 'vitest';
import { cutAtRandom, cutByWriter, type Folds } from '../../../src/understanding/training/cut-folds.ts';

type Labelled = Parameters<typeof cutAtRandom>[0][number];

const outOfScope = 3;
const smallTalk = 2;
const some = (count: number, label: number, writer: string | null): Labelled[] =>
  Array.from({ length: count }, () => ({ label, writer }));
/** Two fiches, small talk and what is out of scope; small talk is the house's alone. */
const setOf = (writers: readonly string[]): Labelled[] => [
  ...some(30, 0, null),
  ...writers.flatMap((writer) => some(25, 0, writer)),
  ...some(30, 1, null),
  ...writers.flatMap((writer) => some(25, 1, writer)),
  ...some(21, smallTalk, null),
  ...some(30, outOfScope, null),
  ...writers.flatMap((writer) => some(20, outOfScope, writer)),
];
const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

function foldsBy(folds: Folds, examples: readonly Labelled[]): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const [row, { writer, label }] of examples.entries()) {
    const who = writer ?? (label === smallTalk ? 'small talk' : 'house');
    found.set(who, (found.get(who) ?? new Set()).add(folds.of[row] as number));
  }
  return found;
}

describe('folds by writer', () => {
  const examples = setOf(seven);
  const folds = cutByWriter(examples, outOfScope);
  if (folds === null) throw new Error('no folds by writer');
  const found = foldsBy(folds, examples);

  test('a writer is held out whole', () => {
    for (const writer of seven) expect(found.get(writer)?.size).toBe(1);
  });

  test('every fold has writers', () => {
    const held = seven.flatMap((writer) => [...(found.get(writer) ?? [])]);
    expect(new Set(held)).toEqual(new Set(Array.from({ length: folds.count }, (_, fold) => fold)));
  });

  test('the house is always learnt, but for the classes that only it wrote for', () => {
    expect([...(found.get('house') ?? [])]).toEqual([-1]);
    expect(found.get('small talk')?.size).toBe(folds.count);
  });

  test('too few writers, or too few of their questions out of scope: there are none', () => {
    expect(cutByWriter(setOf(['a', 'b', 'c', 'd', 'e']), outOfScope)).toBeNull();
    const withoutOutOfScope = examples.filter(({ label, writer }) => label !== outOfScope || writer === null);
    expect(cutByWriter(withoutOutOfScope, outOfScope)).toBeNull();
  });
});

test('folds at random hold everything, a class spread over all of them', () => {
  const examples = setOf([]);
  const { of, count } = cutAtRandom(examples);
  const ofClass = examples.flatMap(({ label }, row) => (label === 0 ? [of[row] as number] : []));
  expect(new Set(ofClass).size).toBe(count);
  expect(Math.min(...of)).toBe(0);
});
