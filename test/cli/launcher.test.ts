import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { openStore } from '../../src/store/open-store.ts';

const launcher = join(projectRoot, 'bin/assistant');
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
/** No npm above: nobody has put the right Node in PATH, and INIT_CWD says nothing. */
const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'un dossier '));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('bin/assistant', { timeout: 60_000 }, () => {
  test('is the one place with flags of Node', () => {
    const elsewhere = ['package.json', 'Dockerfile', 'compose.yaml', 'deploy/assistant-teletravail.service'];
    const copies = elsewhere.filter((name) =>
      /prepare-node|--max-semi|--disable-warning/.test(readFileSync(join(projectRoot, name), 'utf8')),
    );
    expect(copies).toEqual([]);
  });

  test('knows the commands of package.json, whose files are there', () => {
    const { status, stderr } = spawnSync(launcher, [], { encoding: 'utf8', env });
    expect(status).toBe(2);
    const names = /Il y a : (.+)\.\n$/.exec(stderr)?.[1]?.split(', ') ?? [];
    const named = Object.values(scripts).flatMap((line) => /^bin\/assistant ([a-z]+)$/.exec(line)?.[1] ?? []);
    expect(names.toSorted()).toEqual(named.toSorted());
    expect(named.length).toBeGreaterThan(8);
    const file = (name: string): string => (name === 'start' ? 'src/main.ts' : `src/cli/${name}.ts`);
    expect(named.filter((name) => !existsSync(join(projectRoot, file(name))))).toEqual([]);
  });

  test('refuses a name that is no command, in French', () => {
    const { status, stderr } = spawnSync(launcher, ['demarre'], { encoding: 'utf8', env });
    expect(status).toBe(2);
    expect(stderr).toContain('La commande « demarre » n’existe pas. Il y a : start, ask,');
  });

  test('works from another folder, through links, with spaces and quotes in what it is given', () => {
    mkdirSync(join(folder, 'bin'));
    const link = join(folder, 'bin/assistant télétravail');
    symlinkSync('un autre lien', link);
    symlinkSync(launcher, join(folder, 'bin/un autre lien'));
    const question = `c'est "quoi"  tchap ?`;
    const { status, stdout, stderr } = spawnSync(link, ['ask', '--json', question], {
      cwd: folder,
      encoding: 'utf8',
      env,
    });
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ intent: 'tchap-presentation' });
  });

  test('finds files from the folder where one stands', () => {
    writeFileSync(join(folder, 'mon guide.md'), '# Le casque\n\n1. Branchez-le.\n2. Parlez.\n');
    const made = spawnSync(launcher, ['import', 'mon guide.md', '--vers', 'mes brouillons'], {
      cwd: folder,
      encoding: 'utf8',
      env,
    });
    expect(made.status, made.stderr).toBe(0);
    expect(existsSync(join(folder, 'mes brouillons/knowledge/le-casque.yaml'))).toBe(true);
  });

  test.each([
    {
      args: ['evaluate', '--train', 'mes questions.jsonl', '--test', 'mes questions.jsonl'],
      says: '"intents":2',
    },
    { args: ['evaluate', '--jeux', 'mes jeux', '--set', 'le-mien'], says: 'le-mien' },
    { args: ['questions', '--base', 'ma base.db'], says: 'mon ordinateur parle' },
  ])('finds what is named with $args', ({ args, says }) => {
    const question = { text: 'allumer la lampe', label: 'on' };
    const lines = [question, { text: 'éteindre tout', label: 'off' }].map((line) => JSON.stringify(line));
    writeFileSync(join(folder, 'mes questions.jsonl'), lines.join('\n'));
    mkdirSync(join(folder, 'mes jeux'));
    cpSync(join(projectRoot, 'test/questions/jeu-1.yaml'), join(folder, 'mes jeux/le-mien.yaml'));
    const store = openStore(join(folder, 'ma base.db'));
    const unanswered = { turnId: '$1', at: Date.now(), text: 'mon ordinateur parle', nearest: null } as const;
    store.feedback.recordUnanswered({ ...unanswered, agent: '@ana:ici' });
    store.close();
    const made = spawnSync(launcher, args, { cwd: folder, encoding: 'utf8', env });
    expect(made.status, made.stderr).toBe(0);
    expect(made.stdout).toContain(says);
  });

  test('becomes Node: a signal reaches it, and its exit code is the one that is seen', async () => {
    writeFileSync(
      join(folder, 'attend.ts'),
      `process.once('SIGTERM', () => process.exit(37)); setInterval(() => {}, 1000); console.log(process.pid);`,
    );
    const child = spawn(launcher, [join(folder, 'attend.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const pid = await new Promise((resolve) => child.stdout.once('data', (line) => resolve(Number(line))));
    expect(pid).toBe(child.pid);
    child.kill('SIGTERM');
    expect(await ended).toBe(37);
  });
});
