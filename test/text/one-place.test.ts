import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src/', import.meta.url));
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  // The browser gets these files as they are, and no others: it can import nothing of the bot.
  .filter((name) => !name.startsWith('page/browser/'))
  .map((name) => ({ name, text: readFileSync(join(src, name), 'utf8') }));

const filesWith = (pattern: RegExp): string[] =>
  sources.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

test('HTML is escaped in one place: two escapes soon differ by a sign', () => {
  expect(filesWith(/&lt;|`&#\$\{/)).toEqual(['text/escape-html.ts']);
});

test('accents are folded in one place', () => {
  expect(filesWith(/normalize\('NFD'\)/)).toEqual(['text/fold-accents.ts']);
});

test('skin tones and variation selectors are taken off emoji in one place', () => {
  expect(filesWith(/\\u\{1f3fb\}/)).toEqual(['text/bare-emoji.ts']);
});
