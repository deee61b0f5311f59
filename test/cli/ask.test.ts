import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

function run(command: 'ask' | 'chat' | 'check', args: string[], input = '') {
  const options = ['--disable-warning=ExperimentalWarning', `src/cli/${command}.ts`, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    cwd: root,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status, stdout, stderr, lines: stdout.split('\n').filter((line) => line !== '') };
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

test('every command has its --help in French, and refuses an unknown option', () => {
  for (const command of ['ask', 'chat', 'check'] as const) {
    const help = run(command, ['--help']);
    expect(help.status).toBe(0);
    expect(help.stdout).toContain(`npm run`);
  }
  expect(run('ask', ['--nimporte']).status).toBe(2);
  expect(run('ask', []).status).toBe(2);
});
