import { expect, test } from 'vitest';
import { fitEvent } from '../../../src/matrix/sending/fit-event.ts';
import { toEventContent } from '../../../src/matrix/sending/to-event-content.ts';

const placement = { thread: null, target: '$first' } as const;
const sayCut = () => '(message coupé : trop long pour Tchap)';
const size = (content: object): number => Buffer.byteLength(JSON.stringify(content));

function compose(text: string, type: 'message' | 'edit') {
  const html = `<p>${text}</p>`;
  return type === 'message'
    ? toEventContent({ type, text, html, inReplyTo: null, mention: null }, placement).content
    : toEventContent({ type, text, html, of: '$first' }, placement).content;
}

test('what fits goes as it is', () => {
  const content = compose('é'.repeat(1_000), 'edit');
  expect(fitEvent(content, true, sayCut)).toBe(content);
});

test('of what does not fit the HTML is left out first: no word is lost', () => {
  const content = fitEvent(compose('é'.repeat(20_000), 'message'), false, sayCut);
  expect(content['body']).toBe('é'.repeat(20_000));
  expect(content['formatted_body']).toBeUndefined();
});

test.each([
  ['message', false, 61_036],
  ['message', true, 45_777],
  ['edit', false, 61_036],
  ['edit', true, 45_777],
] as const)('what still does not fit is cut, and says so: %s, encrypted %s', (type, encrypted, most) => {
  const content = fitEvent(compose('😀'.repeat(20_000), type), encrypted, sayCut);
  expect(size(content)).toBeLessThanOrEqual(most);
  expect(size(content)).toBeGreaterThan(most * 0.8);
  expect(content['body']).toMatch(/\(message coupé : trop long pour Tchap\)$/);
  expect(String(content['body']).isWellFormed()).toBe(true);
});
