import { expect, test } from 'vitest';
import { kindEvidenceNames, targetEvidence } from '../../src/conversation/targets/weigh-evidence.ts';
import { evidencePhrases } from '../../src/page/evidence-phrases.ts';

test('every piece of evidence has its phrase for editors, and every phrase its evidence', () => {
  expect(Object.keys(evidencePhrases.kind).sort()).toEqual([...new Set(kindEvidenceNames)].sort());
  expect(Object.keys(evidencePhrases.target).sort()).toEqual([...new Set(targetEvidence)].sort());
});

test('a phrase is a line of French, said once in its table or said alike of an act and a question', () => {
  for (const phrase of Object.values(evidencePhrases).flatMap(Object.values)) {
    expect(phrase).toMatch(/^\p{Ll}[^:;]{15,95}$/u);
    expect(phrase).not.toMatch(/'|\b(?:score|slot|kind|clause)\b/);
  }
});
