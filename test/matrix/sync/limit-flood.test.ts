import { expect, test } from 'vitest';
import { createFloodLimit } from '../../../src/matrix/sync/limit-flood.ts';
import type { UserId } from '../../../src/messages/ids.ts';
import { openStore } from '../../../src/store/open-store.ts';

function start(perPerson = 5, perRoom = 100) {
  const store = openStore(':memory:');
  const decide = createFloodLimit(store, { perPerson, perRoom });
  let count = 0;
  const write = (sentAt: number, text = `question ${count}`, person: UserId = '@ana:ici') => {
    count += 1;
    const message = { id: `$${count}`, sender: person, room: '!dm:ici', sentAt } as const;
    const { room } = message;
    store.journal.add({
      room,
      sentAt,
      eventId: message.id,
      sender: person,
      receivedAt: 0,
      late: false,
      raw: '{}',
    });
    const decision = decide({ ...message, text });
    store.journal.finish(`$${count}`, decision === 'fine' ? 'done' : 'ignored');
    return decision;
  };
  return { write };
}

test('too many messages in a minute bring one warning, then silence, then answers again', () => {
  const { write } = start();
  const decisions = Array.from({ length: 8 }, (_, index) => write(1_000 + index));
  expect(decisions).toEqual(['fine', 'fine', 'fine', 'fine', 'fine', 'warn', 'silent', 'silent']);
  expect(write(1_000 + 61_000)).toBe('fine');
});

test('what piled up while the bot was away is no flood', () => {
  const { write } = start();
  for (let index = 0; index < 20; index += 1) expect(write(index * 30_000)).toBe('fine');
});

test('another bot that repeats itself, however slowly, is answered a few times and no more', () => {
  const { write } = start();
  const decisions = Array.from({ length: 8 }, (_, index) => write(index * 60_000, 'Commande inconnue'));
  expect(decisions.filter((decision) => decision === 'fine')).toHaveLength(5);
  expect(decisions.filter((decision) => decision === 'warn')).toHaveLength(1);
});

test('another bot that never says the same thing, slowly, for an hour, is left without an answer', () => {
  const { write } = start();
  const decisions = Array.from({ length: 40 }, (_, index) => write(index * 15_000));
  expect(decisions.slice(0, 30).every((decision) => decision === 'fine')).toBe(true);
  expect(decisions.slice(30)).toEqual(['warn', ...Array.from({ length: 9 }, () => 'silent')]);
  expect(write(2 * 3_600_000)).toBe('fine');
});

test('a room where everybody writes at once is limited as a whole', () => {
  const { write } = start(100, 3);
  const decisions = Array.from({ length: 5 }, (_, index) =>
    write(1_000 + index, `q${index}`, `@agent${index}:ici`),
  );
  expect(decisions).toEqual(['fine', 'fine', 'fine', 'warn', 'silent']);
});

test('a message that is taken in again and again, because the disk is full, is no repetition', () => {
  const decide = createFloodLimit(openStore(':memory:'), { perPerson: 5, perRoom: 100 });
  const message = { id: '$1', sender: '@ana:ici', room: '!dm:ici', sentAt: 1_000, text: 'mon vpn' } as const;
  for (let time = 0; time < 20; time += 1) expect(decide(message)).toBe('fine');
});
