import { expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { findHardFacts } from '../../src/evaluation/find-hard-facts.ts';
import { reportHardFacts } from '../../src/evaluation/report-hard-facts.ts';

test('a fact is hard to reach when fewer than half of its own ways of being asked lead to it', async () => {
  const brain = await loadBrain();
  const fiche = brain.content.fiches.get('centre-appel');
  const [fact] = fiche?.facts ?? [];
  if (!fiche || !fact) throw new Error('centre-appel has no facts any more');
  const own = fact.questions.slice(0, 4);
  const elsewhere = ['le vpn noemi est bleu', 'créer un salon jitsi', 'mot de passe du certificat nomade 2'];
  const withQuestions = (questions: readonly string[]) => [{ ...fiche, facts: [{ ...fact, questions }] }];
  expect(findHardFacts(brain, withQuestions(own))).toEqual([]);
  const hard = findHardFacts(brain, withQuestions([...own.slice(0, 2), ...elsewhere]));
  expect(hard).toEqual([{ fiche: fiche.id, fact: fact.id, reached: 2, asked: 5 }]);
  expect(reportHardFacts(hard)).toBe(
    `Faits difficiles à atteindre : centre-appel/${fact.id} (2 de ses 5 demandes y mènent).`,
  );
  expect(reportHardFacts([])).toBe('Faits difficiles à atteindre : aucun.');
});
