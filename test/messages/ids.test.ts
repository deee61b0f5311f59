import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addressOf,
  isAddress,
  isEventId,
  isOutgoingId,
  isRoomId,
  isUserId,
  outgoingId,
  personOf,
} from '../../src/messages/ids.ts';

const origins = ['reply', 'reaction', 'redaction', 'notice', 'ticket', 'opening'] as const;

test('an outgoing id is known again when it is read, whatever made it, and is never taken for an event id', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom(...origins), fc.nat(99), (turn, origin, index) => {
      const id = outgoingId(turn, origin, index);
      expect([isOutgoingId(id), isEventId(id), isAddress(id)]).toEqual([true, false, false]);
    }),
  );
});

test.each(['$e1', '$e1-reply0', '!salon:ici', '@ana:ici', 'reply0', ''])('%s is no outgoing id', (text) => {
  expect(isOutgoingId(text)).toBe(false);
});

test('an address is a room, or a person who is found again in it', () => {
  expect(isAddress('!salon:ici')).toBe(true);
  expect(isAddress(addressOf('@ana:ici'))).toBe(true);
  expect(personOf(addressOf('@ana:ici'))).toBe('@ana:ici');
  for (const text of ['@ana:ici', 'dm:!salon:ici', 'dm:', '$e1', '']) expect(isAddress(text)).toBe(false);
});

test.each<[string, (value: unknown) => boolean, readonly unknown[], readonly unknown[]]>([
  ['event', isEventId, ['$e1'], ['$', 'e1', '!e1', `$${'x'.repeat(255)}`, 1, null]],
  ['room', isRoomId, ['!salon:ici', '!abc'], ['!', 'salon', '@a:b', `!${'x'.repeat(255)}`, undefined]],
  ['person', isUserId, ['@ana:ici', '@:ici'], ['@ana', 'ana:ici', '@a b:ici', '@ana:', '@ana:ici/x', {}]],
])('what comes from outside is an id of a %s only in its form', (_what, isId, good, bad) => {
  expect(good.filter((value) => !isId(value))).toEqual([]);
  expect(bad.filter(isId)).toEqual([]);
});
