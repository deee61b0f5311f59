import { expect, test } from 'vitest';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { findUnknownNames } from '../../src/tickets/find-unknown-names.ts';
import { parseSupportSettings } from '../../src/tickets/load-support-settings.ts';

const content = await loadContent(projectRoot);
const names = async (text: string) => findUnknownNames(await parseSupportSettings('c.yaml', text), content);

test('a salon or a reply that can never serve is named', async () => {
  const text = `
salons:
  - { nom: reseau, salon: "!r:ici", themes: [noemi, wifi], profil: { machine: [noemi, minitel], taille: [xl] } }
reponses:
  vpn: "Redémarrez {machine}, {agent}."
  faux: "Appelez {inconnu}."
`;
  expect(await names(text)).toEqual([
    'salon « reseau » : aucune fiche n’a le thème « wifi »',
    'salon « reseau » : « machine » n’a pas la valeur « minitel »',
    'salon « reseau » : « taille » n’est pas dans intents/profil.yaml',
    'réponse « faux » : rien ne remplit {inconnu}',
  ]);
});

test('a file that fits says nothing, and neither does none', async () => {
  const text =
    'salons:\n  - { nom: reseau, salon: "!r:ici", themes: [noemi] }\nreponses: { vpn: "Redémarrez {machine}." }\n';
  expect(await names(text)).toEqual([]);
  expect(await names('')).toEqual([]);
});
