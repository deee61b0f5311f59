import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { plainTypography } from '../text/plain-typography.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

const commands = 'ask chat check learn evaluate setup doctor import questions schema'.split(' ');

function run(command: string, args: string[], input = '') {
  const options = ['--disable-warning=ExperimentalWarning', `src/cli/${command}.ts`, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    cwd: root,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return {
    status,
    stdout: plainTypography(stdout),
    stderr,
    lines: plainTypography(stdout)
      .split('\n')
      .filter((line) => line !== ''),
  };
}

test('ask gives the ResetVPN procedure, then the candidates with their scores', () => {
  const { status, stdout } = run('ask', ['mon vpn marche pas sur mon noemi']);
  expect(status).toBe(0);
  expect(stdout).toContain('ResetVPN');
  expect(stdout).toContain('« recherche »');
  expect(stdout).toMatch(/0\.\d{3} {2}noemi-vpn/);
});

test('ask --json gives one object', () => {
  const { stdout } = run('ask', ['--json', 'comment chiffrer ma clé usb avec bitlocker ?']);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'answer', fiche: 'bitlocker', intent: 'bitlocker' });
});

test('ask --jsonl answers each line in order, and goes on after a malformed one', () => {
  const input = [
    '{"id":"a","text":"bonjour"}',
    'pas du json',
    '{"id":"b"}',
    '[1,2]',
    '{"id":7,"text":"où est la machine à café ?"}',
    '{"id":"c","text":"je veux parler à quelqu\'un"}',
    '{"id":"d","text":"je ne connais pas mon identifiant COMU"}',
  ].join('\n');
  const { status, lines, stderr } = run('ask', ['--jsonl'], `${input}\n`);
  expect(status).toBe(0);
  expect(stderr).toBe('');
  const answers = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(answers.map(({ id }) => id)).toEqual(['a', null, 'b', null, 7, 'c', 'd']);
  expect(answers[0]).toMatchObject({ outcome: 'smalltalk', intent: 'salutation', fiche: null });
  for (const index of [1, 2, 3]) expect(Object.keys(answers[index] ?? {})).toEqual(['id', 'error']);
  expect(answers[4]).toMatchObject({ outcome: 'fallback', fiche: null });
  expect(answers[5]).toMatchObject({ outcome: 'handoff', intent: 'parler-a-un-humain' });
  expect(answers[6]).toMatchObject({ outcome: 'answer', fiche: 'comu-connexion' });
  expect(Object.keys(answers[6] ?? {})).toEqual([
    'id',
    'outcome',
    'intent',
    'fiche',
    'confidence',
    'candidates',
    'text',
  ]);
});

test('ten thousand lines in one go', () => {
  const questions = [
    'vpn ko',
    'bonjour',
    'code pin noemi',
    'la cantine est ouverte ?',
    'visio qui marche pas',
  ];
  const input = Array.from({ length: 10_000 }, (_, id) =>
    JSON.stringify({ id, text: questions[id % 5] }),
  ).join('\n');
  const { lines } = run('ask', ['--jsonl'], input);
  expect(lines.length).toBe(10_000);
  expect(lines.every((line, id) => (JSON.parse(line) as { id: number }).id === id)).toBe(true);
}, 120_000);

test('chat --jsonl is one world: a salon is silent until the bot is mentioned, people are kept apart', () => {
  const say = (from: string, room: string, kind: string, mentioned: boolean, text: string) =>
    JSON.stringify({ from, room, kind, mentioned, text });
  const { lines } = run(
    'chat',
    ['--jsonl'],
    [
      say('@a', '!s', 'salon', false, 'mon vpn marche pas'),
      say('@a', '!s', 'salon', true, 'mon vpn marche pas sur mon noemi'),
      say('@b', '!d', 'dm', false, 'je partage la connexion de mon téléphone comment ?'),
      say('@b', '!d', 'dm', false, 'android'),
    ].join('\n'),
  );
  const answers = lines.map(
    (line) =>
      JSON.parse(line) as {
        replies: { to: string; text: string; html: string }[];
        outcome: string;
        fiche: string | null;
      },
  );
  expect(answers[0]).toMatchObject({ replies: [], outcome: 'silence', fiche: null });
  expect(answers[1]).toMatchObject({ outcome: 'answer', fiche: 'noemi-vpn' });
  expect(answers[1]?.replies[0]).toMatchObject({ to: 'room' });
  expect(answers[1]?.replies[0]?.html).toContain('<ol>');
  expect(answers[2]).toMatchObject({ fiche: 'noemi-partage-connexion' });
  expect(answers[3]?.replies[0]?.text).toContain("« Point d'accès mobile »");
  expect(answers[3]?.replies[0]?.text).not.toContain('Réglages');
});

test('every command has its --help in French, and refuses in French an option that it does not know', () => {
  for (const command of commands) {
    const help = run(command, ['--help']);
    expect(help.status, command).toBe(0);
    expect(help.stdout, command).toContain('npm run');
    const refused = run(command, ['--nimporte']);
    expect(refused.status, command).toBe(2);
    expect(refused.stderr.split('\n')[0], command).toBe('L’option --nimporte n’existe pas.');
    expect(refused.stderr, command).toContain('npm run');
  }
});

test('a command that lacks something, or has too much, is refused in French', () => {
  expect(run('ask', [])).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^Il manque la question\./),
  });
  expect(run('ask', ['--json=oui', 'vpn']).stderr).toMatch(
    /^L’option --json attend une valeur, ou n’en veut pas\./,
  );
  for (const command of ['chat', 'check', 'evaluate', 'learn', 'questions', 'schema'])
    expect(run(command, ['trop']), command).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^« trop » est de trop\./),
    });
});
