import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { problemCodes } from '../../src/knowledge/problem-codes.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';

const codes = Object.keys(problemCodes);

test('codes are in kebab-case', () => {
  expect(codes.filter((code) => !/^[a-z]+(-[a-z]+)*$/.test(code))).toEqual([]);
});

test('each code of the list is used somewhere: what went out of use leaves the list', () => {
  const src = join(projectRoot, 'src');
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('problem-codes.ts'))
    .map((name) => readFileSync(join(src, name), 'utf8'));
  expect(codes.filter((code) => !sources.some((text) => text.includes(`'${code}'`)))).toEqual([]);
});
