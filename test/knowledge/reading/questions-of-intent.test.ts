import { expect, test } from 'vitest';
import { readContent } from '../../../src/knowledge/load-content.ts';
import { copyContent } from '../copy-content.ts';

test('the questions of a fiche are those of the house, then of each writer, and each knows whose it is', async () => {
  using copy = copyContent();
  const house = Array.from({ length: 10 }, (_, i) => `  - question de la maison numéro ${i}\n`).join('');
  copy.write(
    'intents/noemi-veille.yaml',
    `questions:\n${house}voix:\n  anne:\n    - le portable roupille\n  luc-2:\n    - il pionce\n    - il dort debout\n`,
  );
  copy.write(
    'intents/hors-sujet.yaml',
    'themes:\n  - titre: "Cuisine"\n    questions:\n      - une recette\n  - titre: "Chez Anne"\n    voix: anne\n    questions:\n      - quel temps fait-il\n',
  );
  const { content, problems } = await readContent(copy.root);
  expect(problems).toEqual([]);
  const intent = content?.intents.find(({ id }) => id === 'noemi-veille');
  expect(intent?.questions.slice(9)).toEqual([
    'question de la maison numéro 9',
    'le portable roupille',
    'il pionce',
    'il dort debout',
  ]);
  expect(intent?.writers?.slice(9)).toEqual([null, 'anne', 'luc-2', 'luc-2']);
  expect(content?.outOfScope.map(({ writer }) => writer)).toEqual([null, 'anne']);
});
