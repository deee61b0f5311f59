import { expect, test } from 'vitest';
import { findMeasuredFact } from '../../../src/conversation/reading/find-measured-fact.ts';
import type { Fact } from '../../../src/knowledge/content.ts';

const fact = (id: string, measure: Fact['measure']): Fact => ({
  id,
  questions: [],
  answer: id,
  bySlot: [],
  also: null,
  leadsTo: null,
  measure,
});
const units = ['go', 'gigas'];
const facts = [
  fact('sans', null),
  fact('au-dela', { units, above: 20, upTo: Number.POSITIVE_INFINITY }),
  fact('en-deca', { units, above: Number.NEGATIVE_INFINITY, upTo: 20 }),
];

test.each([
  ['il marque 23 Go au cellulaire', 'au-dela'],
  ['20,5go', 'au-dela'],
  ['20 GO pile', 'en-deca'],
  ['3 gigas seulement', 'en-deca'],
])('« %s » calls for %s', (text, id) => expect(findMeasuredFact(text, facts)?.id).toBe(id));

test.each(['étape 23', 'la 4G', 'j’attends depuis 30 minutes', 'go', ''])('« %s » calls for none', (text) =>
  expect(findMeasuredFact(text, facts)).toBeNull(),
);
