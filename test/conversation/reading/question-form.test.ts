import { expect, test } from 'vitest';
import { readQuestionForm } from '../../../src/conversation/reading/question-form.ts';
import { foldText } from '../../../src/text/fold-text.ts';

const read = (text: string) => readQuestionForm(text, foldText(text));

test.each([
  ['comment je chiffre ma clé', { asks: true, how: true, which: false }],
  ["c'est quelle adresse", { asks: true, how: false, which: true }],
  ['juste le n° du support', { asks: true, how: false, which: true }],
  ['identifiant COMU', { asks: true, how: false, which: true }],
])('« %s » asks', (text, form) => expect(read(text)).toMatchObject(form));

test.each(["je n'arrive pas à ouvrir mon pc", "ça n'a rien changé", 'JE N ARRIVE PAS A ME CONNECTER'])(
  '« %s » asks nothing',
  (text) => expect(read(text)).toMatchObject({ asks: false, how: false, which: false }),
);

test('what was done is told', () => expect(read("j'ai cliqué, une fenêtre est venue").tells).toBe(true));

test('an accent that a phone keeps tells where from or', () => {
  expect(read('jle tape où')).toMatchObject({ asks: true, which: true });
  expect(read('je tape ou clique, au choix')).toMatchObject({ asks: false });
});
