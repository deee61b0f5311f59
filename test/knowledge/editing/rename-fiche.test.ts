import { expect, test } from 'vitest';
import { listNaming, renameFiche } from '../../../src/knowledge/editing/rename-fiche.ts';
import { readTexts } from '../../../src/knowledge/load-content.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import { readFolders } from '../../../src/knowledge/reading/read-folders.ts';

const texts = new Map((await readFolders(projectRoot)).texts.map(({ file, text }) => [file, text]));

test.each(['noemi-wifi', 'centre-appel', 'noemi-vpn'])('once %s is renamed, every link follows', (id) => {
  const changed = renameFiche(texts, id, 'un-autre-nom');
  expect(changed.get(`knowledge/${id}.yaml`)).toBeNull();
  expect(changed.get('knowledge/un-autre-nom.yaml')).toContain('titre:');
  const after = new Map(texts);
  for (const [file, text] of changed) {
    if (text === null) after.delete(file);
    else after.set(file, text);
  }
  const { problems, content } = readTexts(after);
  expect(problems.map(({ file, message }) => `${file} ${message}`)).toEqual([]);
  expect(content?.fiches.has('un-autre-nom')).toBe(true);
  expect(listNaming(after, id)).toEqual([]);
});

test('nothing else of a file changes, and a contact of the same name stays', () => {
  const changed = renameFiche(
    new Map([
      [
        'knowledge/a.yaml',
        'contacts: [b] # le centre\nliens: [b,   c]\netapes:\n  - {texte: "b", branches: [{vers: "fiche:b"}]}\n',
      ],
      ['knowledge/b.yaml', 'titre: b\n'],
      ['knowledge/c.yaml', 'titre: b\n'],
    ]),
    'b',
    'd',
  );
  expect([...changed]).toEqual([
    [
      'knowledge/a.yaml',
      'contacts: [b] # le centre\nliens: [d,   c]\netapes:\n  - {texte: "b", branches: [{vers: "fiche:d"}]}\n',
    ],
    ['knowledge/b.yaml', null],
    ['knowledge/d.yaml', 'titre: b\n'],
  ]);
});
