import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ContentError, loadContent, readContent } from '../../../src/knowledge/load-content.ts';
import { formatProblem, isError, type Problem } from '../../../src/knowledge/problem.ts';
import { type ContentCopy, copyContent } from '../copy-content.ts';

/** What is found after the shipped files were spoilt. */
async function problemsAfter(spoil: (copy: ContentCopy) => void): Promise<readonly Problem[]> {
  using copy = copyContent();
  spoil(copy);
  const { problems, content } = await readContent(copy.root);
  if (problems.some(isError)) expect(content).toBeNull();
  return problems;
}

describe('a mistake in a file is explained: where, what, and what to do', () => {
  test('a sentence cut in two by its colon, as an editor reads it', async () => {
    const [problem, ...others] = await problemsAfter((copy) =>
      copy.edit('intents/noemi-vpn.yaml', 'questions:\n', "questions:\n  - Tchap : c'est quoi ?\n"),
    );
    expect(others).toEqual([]);
    expect(problem?.code).toBe('colon-in-sentence');
    expect(problem && formatProblem(problem)).toBe(
      [
        'intents/noemi-vpn.yaml:2:5: erreur : cette phrase a été lue comme « clé : valeur », à cause de ses deux-points',
        "      - Tchap : c'est quoi ?",
        '        ^',
        '    → Mettez-la entre guillemets doubles : "Tchap : c\'est quoi ?"',
      ].join('\n'),
    );
  });

  test('a mistyped key: the caret stands under it, and the right one is suggested', async () => {
    const [problem, ...others] = await problemsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', 'contacts:', 'contatcs:'),
    );
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'unknown-key', file: 'knowledge/noemi-veille.yaml', column: 1 });
    expect(problem?.message).toContain('« contatcs »');
    expect(problem?.remedy).toContain('« contacts »');
    expect(problem && formatProblem(problem)).toContain('contatcs: [hotline-interne, centre-appel]\n    ^');
  });

  test('a missing key', async () => {
    const [problem] = await problemsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', /^resume:.*\n/m, ''),
    );
    expect(problem?.code).toBe('missing-key');
    expect(problem?.remedy).toContain('« resume: … »');
  });

  test('a tab used to indent', async () => {
    const [problem] = await problemsAfter((copy) =>
      copy.edit('intents/noemi-vpn.yaml', 'questions:\n  - ', 'questions:\n\t- '),
    );
    expect(problem).toMatchObject({ code: 'yaml-tab-as-indent', file: 'intents/noemi-vpn.yaml', line: 2 });
  });

  test('a syntax error is told once: neither its pair nor the fiches that link to it complain', async () => {
    const problems = await problemsAfter((copy) => {
      copy.edit('knowledge/noemi-vpn.yaml', /^titre: .*$/m, 'titre: NOEMI : le vpn');
      copy.edit('intents/noemi-wifi.yaml', 'questions:\n  - ', 'questions:\n\t- ');
    });
    const files = new Set(problems.map(({ file }) => file));
    expect([...files].sort()).toEqual(['intents/noemi-wifi.yaml', 'knowledge/noemi-vpn.yaml']);
  });

  test('a quotation mark that is never closed', async () => {
    const problems = await problemsAfter((copy) =>
      copy.edit('knowledge/noemi-veille.yaml', '"Saisissez votre code PIN."', '"Saisissez votre code PIN.'),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'yaml-missing-char', file: 'knowledge/noemi-veille.yaml' }),
    );
  });

  test.each([
    [
      'a step over 300 characters',
      'text-too-long',
      'knowledge/noemi-veille.yaml',
      'Saisissez votre code PIN.',
      `Saisissez ${'votre '.repeat(60)}code.`,
      '',
    ],
    [
      'a link to a fiche that does not exist',
      'unknown-fiche',
      'knowledge/noemi-veille.yaml',
      'liens: [noemi-carte-agent]',
      'liens: [noemi-carte-agnet]',
      '« noemi-carte-agent »',
    ],
    [
      'a branch that leads to a step that is not there',
      'unknown-step',
      'knowledge/noemi-wifi.yaml',
      'vers: 5',
      'vers: 12',
      'de 1 à 8',
    ],
    [
      'a date that does not exist',
      'bad-format',
      'knowledge/noemi-veille.yaml',
      'revu-le: 2026-11-23',
      'revu-le: 2026-13-45',
      '',
    ],
  ])('%s', async (_mistake, code, file, from, to, remedy) => {
    const [problem] = await problemsAfter((copy) => copy.edit(file, from, to));
    expect(problem).toMatchObject({ code, file, remedy: expect.stringContaining(remedy) });
  });

  test('fewer than ten questions', async () => {
    const [problem] = await problemsAfter((copy) =>
      copy.write('intents/noemi-veille.yaml', 'questions:\n  - pc en veille\n  - veille noemi\n'),
    );
    expect(problem).toMatchObject({ code: 'too-few-questions', message: '2 questions seulement' });
    expect(problem?.remedy).toContain('au moins 10');
  });

  test('the same question in two files', async () => {
    const [problem] = await problemsAfter((copy) =>
      copy.edit('intents/noemi-wifi.yaml', 'questions:\n', 'questions:\n  - Mon VPN ne marche pas !\n'),
    );
    expect(problem).toMatchObject({
      code: 'duplicate-question',
      file: 'intents/noemi-wifi.yaml',
      line: 2,
      column: 5,
      message: expect.stringContaining('intents/noemi-vpn.yaml'),
    });
  });

  describe('in the questions of writers', () => {
    const veille = 'intents/noemi-veille.yaml';
    const spoilVoices = async (voices: string): Promise<readonly Problem[]> =>
      problemsAfter((copy) =>
        copy.write(veille, `${copy.read(veille).replace(/^voix:[\s\S]*/m, '')}voix:\n${voices}`),
      );

    test('a name with a space: the place of the name, and what a name is made of', async () => {
      const [problem, ...others] = await spoilVoices('  Jean Paul:\n    - la veille du pc à jean paul\n');
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ code: 'bad-format', file: veille, column: 3 });
      expect(problem?.message).toMatch(/« Jean Paul ».*a-z, 0-9 et le tiret/);
      expect(problem?.excerpt).toBe('  Jean Paul:');
    });

    test('a list without a name', async () => {
      const [problem] = await spoilVoices('  - la veille du pc sans nom\n');
      expect(problem).toMatchObject({ code: 'wrong-type', file: veille });
      expect(problem?.message).toContain('groupe de clés');
    });

    test('a name without a list', async () => {
      const [problem] = await spoilVoices('  v1:\n');
      expect(problem).toMatchObject({ code: 'wrong-type', file: veille });
      expect(problem?.message).toContain('liste');
    });

    test('a question that the house has already', async () => {
      const [problem, ...others] = await spoilVoices('  v1:\n    - Carte bloquée !\n');
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ code: 'duplicate-question', column: 7 });
      expect(problem?.excerpt).toBe('    - Carte bloquée !');
    });
  });

  test('a fiche without questions, and questions without a fiche', async () => {
    const problems = await problemsAfter((copy) => {
      copy.write('intents/noemi-wi-fi.yaml', copy.read('intents/noemi-wifi.yaml'));
      copy.remove('intents/noemi-wifi.yaml');
    });
    expect(problems).toMatchObject([
      {
        code: 'questions-without-fiche',
        file: 'intents/noemi-wi-fi.yaml',
        remedy: expect.stringContaining('« noemi-wifi.yaml »'),
      },
      { code: 'fiche-without-questions', file: 'knowledge/noemi-wifi.yaml' },
    ]);
  });

  test('a sentence of the bot that is missing, or has a blank that nobody fills', async () => {
    const problems = await problemsAfter((copy) => {
      copy.edit('knowledge/messages.yaml', /^ {2}oubli-fait:.*\n/m, '');
      copy.edit('knowledge/messages.yaml', '{minutes}', '{minute}');
    });
    expect(problems.map(({ code }) => code).sort()).toEqual(['missing-sentence', 'unknown-blank']);
    const [missing, blank] = problems.toSorted((a, b) => a.code.localeCompare(b.code));
    expect(missing?.message).toContain('« oubli-fait »');
    expect(blank?.remedy).toContain('{minutes}');
  });

  test('a missing file that everything needs', async () => {
    const [problem] = await problemsAfter((copy) => copy.remove('intents/lexique.yaml'));
    expect(problem).toMatchObject({ code: 'missing-file', file: 'intents/lexique.yaml' });
  });

  test('all mistakes of all files at once, and the start is refused with them', async () => {
    using copy = copyContent();
    copy.edit('intents/noemi-vpn.yaml', 'questions:\n', 'questions:\n  - vpn : ko\n');
    copy.edit('knowledge/noemi-veille.yaml', 'theme: noemi', 'theme: nomei');
    copy.edit('knowledge/bitlocker.yaml', 'produit: bitlocker', 'produit: bitloker');
    const error = await loadContent(copy.root).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ContentError);
    const { message, problems } = error as ContentError;
    expect(problems.map(({ code }) => code).sort()).toEqual([
      'colon-in-sentence',
      'unknown-product',
      'unknown-theme',
    ]);
    expect(message).toMatch(/^3 problèmes/);
    expect(message).toContain('intents/noemi-vpn.yaml:2:5');
    expect(message).toContain('→ Vouliez-vous écrire « noemi » ?');
    expect(message).toContain('→ Vouliez-vous écrire « bitlocker » ?');
  });
});

describe('one cause is told once, before anything else, without what merely follows from it', () => {
  const inCopy =
    (work: (path: (file: string) => string, copy: ContentCopy) => void) =>
    (copy: ContentCopy): void =>
      work((file) => join(copy.root, file), copy);

  test.each<[string, string, string, (copy: ContentCopy) => void]>([
    [
      'a fiche whose name has gone wrong: those that link to it are right',
      'ignored-file',
      'knowledge/noemi-vpn.yaml.txt',
      inCopy((path) => renameSync(path('knowledge/noemi-vpn.yaml'), path('knowledge/noemi-vpn.yaml.txt'))),
    ],
    [
      'an extension in capitals',
      'ignored-file',
      'knowledge/noemi-vpn.YAML',
      inCopy((path) => renameSync(path('knowledge/noemi-vpn.yaml'), path('knowledge/noemi-vpn.YAML'))),
    ],
    [
      'a link that leads nowhere',
      'unreadable-file',
      'knowledge/noemi-vpn.yaml',
      inCopy((path, copy) => {
        copy.remove('knowledge/noemi-vpn.yaml');
        symlinkSync('/nulle/part', path('knowledge/noemi-vpn.yaml'));
      }),
    ],
    [
      'a folder where a file must be',
      'unreadable-file',
      'knowledge/dossier.yaml',
      inCopy((path) => mkdirSync(path('knowledge/dossier.yaml'))),
    ],
    [
      'a text of Windows, whose accents are lost',
      'unreadable-file',
      'knowledge/noemi-vpn.yaml',
      inCopy((path, copy) =>
        writeFileSync(
          path('knowledge/noemi-vpn.yaml'),
          Buffer.from(copy.read('knowledge/noemi-vpn.yaml'), 'latin1'),
        ),
      ),
    ],
    [
      'no folder of fiches at all',
      'missing-folder',
      'knowledge/',
      inCopy((path) => rmSync(path('knowledge'), { recursive: true })),
    ],
    [
      'no folder of questions at all',
      'missing-folder',
      'intents/',
      inCopy((path) => rmSync(path('intents'), { recursive: true })),
    ],
    [
      'the sentences under another name',
      'missing-file',
      'knowledge/messages.yaml',
      inCopy((path) => renameSync(path('knowledge/messages.yaml'), path('knowledge/message.yaml'))),
    ],
    [
      'a mistyped key that is needed: nothing is missing',
      'unknown-key',
      'knowledge/messages.yaml',
      (copy) => copy.edit('knowledge/messages.yaml', /^textes:/m, 'texts:'),
    ],
    [
      'a file that a merge has left in two versions',
      'yaml-multiline-implicit-key',
      'knowledge/noemi-vpn.yaml',
      (copy) =>
        copy.edit(
          'knowledge/noemi-vpn.yaml',
          /^titre: (.*)$/m,
          '<<<<<<< HEAD\ntitre: NOEMI\n=======\ntitre: VPN\n>>>>>>> vpn',
        ),
    ],
    [
      'an alias, which the files never need',
      'yaml-alias',
      'knowledge/noemi-veille.yaml',
      (copy) =>
        copy.edit(
          'knowledge/noemi-veille.yaml',
          /^resume: (.*)$/m,
          'resume: &r "En veille"\nnote-editeur: *r',
        ),
    ],
  ])('%s', async (_cause, code, file, spoil) => {
    const problems = await problemsAfter(spoil);
    expect([...new Set(problems.map((problem) => `${problem.file} ${problem.code}`))]).toEqual([
      `${file} ${code}`,
    ]);
  });

  test('what cannot be read comes before what can, whatever its name', async () => {
    const problems = await problemsAfter((copy) => {
      copy.edit('intents/noemi-vpn.yaml', 'questions:\n', 'questions:\n  - vpn : ko\n');
      copy.edit('knowledge/noemi-wifi.yaml', /^titre: .*$/m, 'titre: NOEMI : le wifi');
    });
    expect(problems.map(({ file }) => file)).toEqual(['knowledge/noemi-wifi.yaml', 'intents/noemi-vpn.yaml']);
  });

  test('a file of 100,000 unknown keys is told in a few lines, and takes as much longer as it is longer', async () => {
    const told = async (count: number) => {
      const keys = Array.from({ length: count }, (_, index) => `cle${index}: 1`);
      const before = process.cpuUsage();
      const problems = await problemsAfter((copy) => copy.write('knowledge/noemi-vpn.yaml', keys.join('\n')));
      const { user, system } = process.cpuUsage(before);
      return { problems, effort: user + system };
    };
    const tenth = await told(10_000);
    const { problems, effort } = await told(100_000);
    expect(effort).toBeLessThan(10 * tenth.effort);
    expect(problems.length).toBeLessThan(50);
    expect(problems.some(({ message }) => message.includes('99'))).toBe(true);
  }, 200_000);
});
