import { describe, expect, test } from 'vitest';
import { ContentError, loadContent, readContent } from '../../../src/knowledge/load-content.ts';
import { formatProblem } from '../../../src/knowledge/problem.ts';
import { type ContentCopy, copyContent } from '../copy-content.ts';

/** What an editor reads after having spoilt the shipped files. */
async function complaintsAfter(spoil: (copy: ContentCopy) => void): Promise<string[]> {
  using copy = copyContent();
  spoil(copy);
  const { problems, content } = await readContent(copy.root);
  if (problems.some(({ severity }) => severity === 'error')) expect(content).toBeNull();
  return problems.map(formatProblem);
}

describe('a mistake in a file is explained: where, what, and what to do', () => {
  test('a sentence cut in two by its colon', async () => {
    const [complaint, ...others] = await complaintsAfter((copy) =>
      copy.edit('intents/noemi-vpn.yaml', 'questions:\n', "questions:\n  - Tchap : c'est quoi ?\n"),
    );
    expect(others).toEqual([]);
    expect(complaint).toBe(
      [
        'intents/noemi-vpn.yaml:2:5: erreur : cette phrase a été lue comme « clé : valeur », à cause de ses deux-points',
        "      - Tchap : c'est quoi ?",
        '        ^',
        '    → Mettez-la entre guillemets doubles : "Tchap : c\'est quoi ?"',
      ].join('\n'),
    );
  });

  test('a mistyped key', async () => {
    const [complaint, ...others] = await complaintsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', 'contacts:', 'contatcs:'),
    );
    expect(others).toEqual([]);
    expect(complaint).toMatch(
      /^knowledge\/noemi-veille\.yaml:\d+:1: erreur : la clé « contatcs » n'existe pas ici\n/,
    );
    expect(complaint).toContain('contatcs: [hotline-interne, centre-appel]\n    ^');
    expect(complaint).toContain('→ Vouliez-vous écrire « contacts » ?');
  });

  test('a missing key', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', /^resume:.*\n/m, ''),
    );
    expect(complaint).toContain('il manque la clé « resume »');
    expect(complaint).toContain('→ Ajoutez « resume: … » à cet endroit.');
  });

  test('a tab used to indent', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.edit('intents/noemi-vpn.yaml', 'questions:\n  - ', 'questions:\n\t- '),
    );
    expect(complaint).toMatch(/noemi-vpn\.yaml:2:\d+: erreur/);
    expect(complaint).toMatch(/tabulation/);
  });

  test('a syntax error is told once: neither its pair nor the fiches that link to it complain', async () => {
    const complaints = await complaintsAfter((copy) => {
      copy.edit('knowledge/noemi-vpn.yaml', /^titre: .*$/m, 'titre: NOEMI : le vpn');
      copy.edit('intents/noemi-wifi.yaml', 'questions:\n  - ', 'questions:\n\t- ');
    });
    const files = complaints.map((complaint) => complaint.split(':')[0]);
    expect([...new Set(files)].sort()).toEqual(['intents/noemi-wifi.yaml', 'knowledge/noemi-vpn.yaml']);
  });

  test('a quotation mark that is never closed', async () => {
    const complaints = await complaintsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', '"Saisissez votre code PIN."', '"Saisissez votre code PIN.'),
    );
    expect(complaints.join('\n')).toMatch(/noemi-veille\.yaml:\d+:\d+: erreur : .*guillemet/);
  });

  test('a step over 300 characters', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.edit(
        'knowledge/noemi-veille.yaml',
        'Saisissez votre code PIN.',
        `Saisissez ${'votre '.repeat(60)}code.`,
      ),
    );
    expect(complaint).toContain('ce texte est trop long (300 caractères au plus)');
    expect(complaint).toContain('→ Raccourcissez, ou coupez en deux.');
  });

  test('a link to a fiche that does not exist', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', 'liens: [noemi-carte-agent]', 'liens: [noemi-carte-agnet]'),
    );
    expect(complaint).toContain("la fiche « noemi-carte-agnet » n'existe pas");
    expect(complaint).toContain('→ Vouliez-vous écrire « noemi-carte-agent » ?');
  });

  test('a branch that leads to a step that is not there', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.edit('knowledge/noemi-wifi.yaml', 'vers: 5', 'vers: 12'),
    );
    expect(complaint).toContain("il n'y a pas d'étape 12");
    expect(complaint).toContain('→ Donnez un numéro de 1 à 8.');
  });

  test('a date that does not exist', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', 'revu-le: 2026-11-23', 'revu-le: 2026-13-45'),
    );
    expect(complaint).toMatch(/« revu-le » n'a pas la bonne forme : cette date n’existe pas/);
  });

  test('fewer than ten questions', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.write('intents/noemi-veille.yaml', 'questions:\n  - pc en veille\n  - veille noemi\n'),
    );
    expect(complaint).toContain('2 questions seulement');
    expect(complaint).toContain('Il en faut au moins 10');
  });

  test('the same question in two files', async () => {
    const [complaint] = await complaintsAfter((copy) =>
      copy.edit('intents/noemi-wifi.yaml', 'questions:\n', 'questions:\n  - Mon VPN ne marche pas !\n'),
    );
    expect(complaint).toContain(
      'intents/noemi-wifi.yaml:2:5: erreur : cette question est déjà dans intents/noemi-vpn.yaml',
    );
  });

  test('a fiche without questions, and questions without a fiche', async () => {
    const complaints = await complaintsAfter((copy) => {
      copy.write('intents/noemi-wi-fi.yaml', copy.read('intents/noemi-wifi.yaml'));
      copy.remove('intents/noemi-wifi.yaml');
    });
    expect(complaints.join('\n\n')).toContain(
      'knowledge/noemi-wifi.yaml: erreur : aucune question ne mène à cette fiche',
    );
    expect(complaints.join('\n\n')).toContain('ou renommez ce fichier « noemi-wifi.yaml »');
  });

  test('a sentence of the bot that is missing, or has a blank that nobody fills', async () => {
    const complaints = await complaintsAfter((copy) => {
      copy.edit('knowledge/messages.yaml', /^ {2}oubli-fait:.*\n/m, '');
      copy.edit('knowledge/messages.yaml', '{minutes}', '{minute}');
    });
    expect(complaints).toHaveLength(2);
    expect(complaints.join('\n')).toContain('il manque la phrase « oubli-fait »');
    expect(complaints.join('\n')).toContain('Vous pouvez utiliser {minutes}.');
  });

  test('a missing file that everything needs', async () => {
    const [complaint] = await complaintsAfter((copy) => copy.remove('intents/lexique.yaml'));
    expect(complaint).toContain('intents/lexique.yaml: erreur : ce fichier manque');
  });

  test('all mistakes of all files at once, and the start is refused with them', async () => {
    using copy = copyContent();
    copy.edit('intents/noemi-vpn.yaml', 'questions:\n', 'questions:\n  - vpn : ko\n');
    copy.edit('knowledge/noemi-veille.yaml', 'theme: noemi', 'theme: nomei');
    copy.edit('knowledge/bitlocker.yaml', 'produit: bitlocker', 'produit: bitloker');
    const error = await loadContent(copy.root).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ContentError);
    const { message } = error as ContentError;
    expect(message).toMatch(/^3 problèmes/);
    expect(message).toContain('intents/noemi-vpn.yaml:2:5');
    expect(message).toContain('→ Vouliez-vous écrire « noemi » ?');
    expect(message).toContain('→ Vouliez-vous écrire « bitlocker » ?');
  });
});
