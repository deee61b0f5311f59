import { describe, expect, test } from 'vitest';
import { lintContent } from '../../../src/knowledge/checks/lint-content.ts';
import { readContent } from '../../../src/knowledge/load-content.ts';
import { formatProblem, isError, type Problem } from '../../../src/knowledge/problem.ts';
import { type ContentCopy, copyContent } from '../copy-content.ts';

/** What `npm run check` tells once the shipped files were spoilt, each problem at a line that is its file's. */
async function problemsAfter(
  spoil: (copy: ContentCopy) => void,
  withWarnings = true,
): Promise<readonly Problem[]> {
  using copy = copyContent();
  spoil(copy);
  const { problems, content, files } = await readContent(copy.root);
  expect(content === null).toBe(problems.some(isError));
  const all = [...problems, ...(withWarnings ? lintContent(files, '2026-12-01') : [])];
  for (const { file, line, excerpt } of all) expect(copy.read(file).split('\n')[line - 1]).toBe(excerpt);
  return all;
}

interface Mistake {
  readonly file: string;
  readonly from: string | RegExp;
  readonly to: string;
  readonly code: string;
  readonly severity?: 'warning';
  /** What stands at the line and column that are told. */
  readonly at: string;
  readonly says: readonly string[];
}

const vagues = 'intents/vagues.yaml';
const contextes = 'intents/contextes.yaml';
const actes = 'intents/actes.yaml';
const profil = 'intents/profil.yaml';
const centre = 'knowledge/centre-appel.yaml';
const comu = 'knowledge/comu-connexion.yaml';
const partage = 'knowledge/noemi-partage-connexion.yaml';

const mistakes: Readonly<Record<string, Mistake>> = {
  'a fiche that is not there, among the choices of a vague start': {
    ...{ file: vagues, from: 'fiche: noemi-vpn', to: 'fiche: noemi-vnp' },
    ...{ code: 'unknown-fiche', at: 'noemi-vnp' },
    says: ['la fiche « noemi-vnp » n’existe pas', '« noemi-vpn »'],
  },
  'two vague starts of one name': {
    ...{ file: vagues, from: 'id: ca-rame', to: 'id: connexion' },
    ...{ code: 'duplicate-id', at: 'connexion' },
    says: ['« connexion »', 'un autre nom'],
  },
  'a trigger of two vague starts': {
    ...{ file: vagues, from: '- "lenteur"', to: '- "Pas de connexion !"' },
    ...{ code: 'duplicate-trigger', severity: 'warning', at: '"Pas de connexion !"' },
    says: ['« connexion »', 'Gardez-le'],
  },
  'a conversation about a fiche that is not there': {
    ...{ file: contextes, from: 'vise: "fiche:noemi-vpn"', to: 'vise: "fiche:noemi-vnp"' },
    ...{ code: 'unknown-fiche', at: '"fiche:noemi-vnp"' },
    says: ['la fiche « noemi-vnp » n’existe pas', '« noemi-vpn »'],
  },
  'a fact of a fiche that is not there': {
    ...{ file: contextes, from: 'vise: "fait:noemi-vpn/', to: 'vise: "fait:noemi-vnp/' },
    ...{ code: 'unknown-fiche', at: '"fait:noemi-vnp/' },
    says: ['la fiche « noemi-vnp » n’existe pas', '« noemi-vpn »'],
  },
  'a fact that its fiche does not have': {
    ...{ file: contextes, from: 'fait:noemi-vpn/couleur-apres', to: 'fait:noemi-vpn/couleur-aprees' },
    ...{ code: 'unknown-fact', at: '"fait:noemi-vpn/couleur-aprees"' },
    says: ['le fait « couleur-aprees » de noemi-vpn n’existe pas', '« couleur-apres »'],
  },
  'an act that the code does not know, in a conversation': {
    ...{ file: contextes, from: 'vise: "acte:merci"', to: 'vise: "acte:mercis"' },
    ...{ code: 'unknown-act', at: '"acte:mercis"' },
    says: ['l’acte « mercis » n’existe pas', '« merci »'],
  },
  'a fiche that is not there, among the choices of a conversation': {
    ...{ file: contextes, from: 'choix: [noemi-vpn,', to: 'choix: [noemi-vnp,' },
    ...{ code: 'unknown-fiche', at: 'noemi-vnp' },
    says: ['la fiche « noemi-vnp » n’existe pas', '« noemi-vpn »'],
  },
  'something that the assistant never waits for': {
    ...{ file: contextes, from: 'attend: resolu', to: 'attend: resolut' },
    ...{ code: 'bad-value', at: 'resolut' },
    says: ['« resolut »', '« resolu »', 'rien, resolu, etape, choix, variante, accord'],
  },
  'an act that the code does not know': {
    ...{ file: actes, from: /^ {2}merci:/m, to: '  mercis:' },
    ...{ code: 'unknown-act', at: 'mercis:' },
    says: ['l’acte « mercis » n’existe pas', '« merci »'],
  },
  'a message that does two things': {
    ...{ file: actes, from: /^ {2}suite:\n/m, to: '  suite:\n    - "C’est fait !"\n' },
    ...{ code: 'duplicate-message', at: '"C’est fait !"' },
    says: ['« fait »', 'Gardez-le'],
  },
  'a slot that the profile does not have': {
    ...{ file: centre, from: '      lieu:\n', to: '      lieux:\n' },
    ...{ code: 'unknown-slot', at: 'lieux:' },
    says: ['l’emplacement « lieux » n’existe pas', '« lieu »'],
  },
  'a value that its slot does not have': {
    ...{ file: centre, from: '        dehors: ', to: '        dehor: ' },
    ...{ code: 'unknown-value', at: 'dehor:' },
    says: ['la valeur « dehor » de « lieu » n’existe pas', '« dehors »'],
  },
  'a value of a step that its slot does not have': {
    ...{ file: comu, from: 'corps: { "*": "Votre domaine', to: 'corps: { pafs: "Votre domaine' },
    ...{ code: 'unknown-value', at: 'pafs:' },
    says: ['la valeur « pafs » de « corps » n’existe pas', '« paf »'],
  },
  'a variant for a slot that the profile does not have': {
    ...{ file: partage, from: 'quand: { telephone: [iphone] }', to: 'quand: { telefone: [iphone] }' },
    ...{ code: 'unknown-slot', at: 'telefone:' },
    says: ['l’emplacement « telefone » n’existe pas', '« telephone »'],
  },
  'a variant for a value that its slot does not have': {
    ...{ file: partage, from: 'quand: { telephone: [iphone] }', to: 'quand: { telephone: [ifone] }' },
    ...{ code: 'unknown-value', at: 'ifone' },
    says: ['la valeur « ifone » de « telephone » n’existe pas', '« iphone »'],
  },
  'a variant for two slots, of which one would be lost': {
    ...{
      file: partage,
      from: 'quand: { telephone: [iphone] }',
      to: 'quand: { telephone: [iphone], lieu: [dehors] }',
    },
    ...{ code: 'second-slot', at: 'lieu:' },
    says: ['« telephone »', 'un seul emplacement'],
  },
  'a field that no value of the slot gives': {
    ...{ file: comu, from: '{corps.domaine}', to: '{corps.domain}' },
    ...{ code: 'unknown-blank', at: '"Votre domaine' },
    says: ['{corps.domain}', '{corps.nom}, {corps.domaine}, {corps.prefixe}'],
  },
  'a field of a slot that the profile does not have': {
    ...{ file: comu, from: '{corps.domaine}', to: '{corp.domaine}' },
    ...{ code: 'unknown-blank', at: '"Votre domaine' },
    says: ['{corp.domaine}', '{corps.domaine}'],
  },
  'a field that the value named does not give': {
    ...{ file: comu, from: 'corps: { "*": "Votre domaine', to: 'corps: { gendarmerie: "Votre domaine' },
    ...{ code: 'unknown-blank', at: '"Votre domaine' },
    says: ['{corps.domaine}', '« gendarmerie »', '{corps.nom}'],
  },
  'a field where nothing fills it': {
    ...{ file: centre, from: 'reponse: "Le centre', to: 'reponse: "{corps.nom} : le centre' },
    ...{ code: 'unknown-blank', at: '"{corps.nom} :' },
    says: ['{corps.nom}', '« selon »'],
  },
  'two facts of one name in a fiche': {
    ...{ file: centre, from: 'id: qui-setna', to: 'id: setna' },
    ...{ code: 'duplicate-id', at: 'setna' },
    says: ['« setna »', 'un autre nom'],
  },
  'two slots of one name': {
    ...{ file: profil, from: '- id: lieu', to: '- id: telephone' },
    ...{ code: 'duplicate-id', at: 'telephone' },
    says: ['« telephone »', 'un autre nom'],
  },
  'two values of one name in a slot': {
    ...{ file: profil, from: '- id: garance', to: '- id: lognes' },
    ...{ code: 'duplicate-id', at: 'lognes' },
    says: ['« lognes »', 'un autre nom'],
  },
  'a word of two values of a slot': {
    ...{ file: profil, from: 'mots: [garance]', to: 'mots: [garance, Lognes]' },
    ...{ code: 'duplicate-word', at: 'Lognes]' },
    says: ['« lognes »', 'Gardez-le'],
  },
  'a slot under another name than the one the code knows': {
    ...{ file: profil, from: '- id: machine', to: '- id: poste' },
    ...{ code: 'missing-slot', at: 'poste' },
    says: ['« machine »', 'noemi', 'span'],
  },
  'a value under another name than the one the code knows': {
    ...{ file: profil, from: '- id: span', to: '- id: spam' },
    ...{ code: 'missing-value', at: 'spam' },
    says: ['« span »', '« machine »'],
  },
  'a way of asking a fact that is a question of another fiche': {
    ...{ file: centre, from: 'demandes:\n', to: 'demandes:\n      - "Le VPN ne se connecte plus !"\n' },
    ...{ code: 'fact-asked-elsewhere', severity: 'warning', at: '"Le VPN ne se' },
    says: ['intents/noemi-vpn.yaml', 'Gardez-la'],
  },
  'a way of asking a fact that is one of a fact of another fiche, tool named': {
    ...{
      file: 'knowledge/noemi-wifi.yaml',
      from: 'demandes:\n',
      to: 'demandes:\n      - "Que veut dire l’icône bleue du VPN NOEMI ?"\n',
    },
    ...{
      code: 'fact-asked-elsewhere',
      severity: 'warning',
      at: '"Que veut dire l’icône bleue du VPN NOEMI ?"',
    },
    says: ['« icone-bleue » de noemi-vpn', 'après la fiche'],
  },
};

test('each wrong name of the shipped files is told: none', async () => {
  expect(await problemsAfter(() => {})).toEqual([]);
});

describe('a wrong name is told at its place, with the way to mend it', () => {
  test.each(Object.entries(mistakes))(
    '%s',
    async (_what, { file, from, to, code, severity = 'error', at, says }) => {
      const problems = await problemsAfter((copy) => copy.edit(file, from, to), severity === 'warning');
      const told = problems.find((problem) => problem.code === code && problem.file === file);
      expect(told, problems.map(formatProblem).join('\n')).toMatchObject({ code, file, severity });
      expect(told?.excerpt?.slice(told.column - 1).slice(0, at.length)).toBe(at);
      for (const words of says) expect(`${told?.message} → ${told?.remedy}`).toContain(words);
    },
  );
});
