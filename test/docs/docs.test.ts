import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/knowledge/project-root.ts';

const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: projectRoot })].map(
  (name) => ({
    name,
    text: readFileSync(join(projectRoot, name), 'utf8'),
  }),
);
const { scripts } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** What the pages name, and where it is missing. */
function findMissing(pattern: RegExp, exists: (found: string, page: string) => boolean): string[] {
  return pages.flatMap(({ name, text }) =>
    [...text.matchAll(pattern)].flatMap(([, found = '']) =>
      exists(found, name) ? [] : [`${name}: ${found}`],
    ),
  );
}

test('every command that the guides name can be run', () => {
  const missing = findMissing(/npm run (?:--silent )?([a-z][a-z:]*)/g, (script) => {
    const file = fileOf(scripts[script] ?? '');
    return script in scripts && (file === null || existsSync(join(projectRoot, file)));
  });
  expect(missing).toEqual([]);
});

/** The file that a script of package.json has bin/assistant run, if any. */
function fileOf(command: string): string | null {
  const target = /^bin\/assistant (\S+)/.exec(command)?.[1];
  if (target === undefined || target.endsWith('.ts')) return target ?? null;
  return target === 'start' ? 'src/main.ts' : `src/cli/${target}.ts`;
}

test('every setting that the guides name is in .env.example', () => {
  const example = readFileSync(join(projectRoot, '.env.example'), 'utf8');
  const guides =
    /`((?:PAGE|ACCESS|BOT|ADMIN|SUPPORT|ALLOWED|REFUSED|EXTERNALS|RECOVERY|STORE|HEALTH|DATA|CONTENT|RETENTION|IDLE|LOG|SEND|FLOOD|HOMESERVER|KEY|ENCRYPTION)[A-Z_]*)[`=]/g;
  expect(findMissing(guides, (setting) => example.includes(`${setting}=`))).toEqual([]);
});

test('every page and picture that the guides point to is there', () => {
  const missing = findMissing(/\]\((?!https?:|#)([^)#]+)/g, (target, page) =>
    existsSync(join(projectRoot, dirname(page), target)),
  );
  expect(missing).toEqual([]);
});
