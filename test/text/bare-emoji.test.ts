import { expect, test } from 'vitest';
import { bareEmoji } from '../../src/text/bare-emoji.ts';

test('an emoji says the same in every skin tone, as text or as picture', () => {
  for (const key of ['👍', '👍🏻', '👍🏿', ' 👍 ']) expect(bareEmoji(key)).toBe('👍');
  for (const key of ['✔', '✔\ufe0e', '✔\ufe0f']) expect(bareEmoji(key)).toBe('✔');
});

test('a keycap keeps its sign', () => {
  expect(bareEmoji('1\ufe0f\u20e3')).toBe('1\u20e3');
});
