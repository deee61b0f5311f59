import { expect, test } from 'vitest';
import { cutText } from '../../src/text/cut-text.ts';
import { splitText } from '../../src/text/split-text.ts';

const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

test('a text that fits is not cut', () => {
  expect(cutText('mon vpn', 7)).toBe('mon vpn');
  expect(splitText('mon vpn', 7)).toEqual(['mon vpn']);
});

test('a cut text ends with an ellipsis, within the length', () => {
  expect(cutText('mon vpn marche pas', 8)).toBe('mon vpn…');
});

test('an emoji is never cut in two', () => {
  for (let length = 1; length <= 12; length += 1) {
    expect(cutText('ab👍👍👍👍👍', length)).not.toMatch(lone);
    for (const part of splitText('ab👍👍👍👍👍', Math.max(2, length))) expect(part).not.toMatch(lone);
  }
});

test('a split text is cut at spaces and line ends, and loses no word', () => {
  const text = Array.from({ length: 200 }, (_, index) => `mot${index}`).join(' ');
  const parts = splitText(text, 100);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(100);
  expect(parts.join(' ').split(' ')).toEqual(text.split(' '));
  expect(splitText('première ligne\nseconde ligne', 20)).toEqual(['première ligne', 'seconde ligne']);
});

test('a word longer than a part is cut where it must be', () => {
  expect(splitText('a'.repeat(25), 10)).toEqual(['a'.repeat(10), 'a'.repeat(10), 'a'.repeat(5)]);
});
