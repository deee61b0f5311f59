import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/knowledge/project-root.ts';

const page = readFileSync(join(projectRoot, 'docs/security.md'), 'utf8');
const filesOf = (text: string): string[] =>
  [...text.matchAll(/`((?:test|src)\/[^`]+)`/g)].map(([, file = '']) => file);

test('every test that the page names is there, and is a test', () => {
  const named = filesOf(page);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((file) => !existsSync(join(projectRoot, file)))).toEqual([]);
  const empty = named.filter(
    (file) =>
      /\.(?:test|e2e)\.ts$/.test(file) &&
      !/\btest(?:\.\w+)*\(/.test(readFileSync(join(projectRoot, file), 'utf8')),
  );
  expect(empty).toEqual([]);
});

test('each trouble of ours that must not be the fault of a message has its line, and its test', () => {
  const lines = page
    .split(/^## /m)
    .find((section) => section.startsWith('Troubles of ours'))
    ?.split('\n')
    .filter((line) => /^\| +\d+ +\|/.test(line));
  const withTests = lines
    ?.filter((line) => filesOf(line).length > 0)
    .map((line) => Number(line.split('|')[1]));
  expect(withTests).toEqual(Array.from({ length: 19 }, (_, index) => index + 1));
});
