import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { applyEffects } from '../../src/bot/apply-effects.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';
import { openStore } from '../../src/store/open-store.ts';

/** A file as the assistant of version 2 left it, with the messages that it had sent and those that it had not yet. */
function openVersion2() {
  const path = join(mkdtempSync(join(tmpdir(), 'version-')), 'assistant.db');
  const database = new DatabaseSync(path);
  database.exec(readFileSync(new URL('./version-2.sql', import.meta.url), 'utf8'));
  database.close();
  return openStore(path);
}

test('a database of version 2 gets the origin of each message from its id', () => {
  const store = openVersion2();
  const sent = ['$e1', '$e3', '$e10', '$e13', '$e17', '$late', '$gone'].flatMap((turn) =>
    store.outgoing.findByTurn(turn),
  );
  expect(sent).toHaveLength(19);
  const origins = [...Map.groupBy(sent, ({ origin }) => origin)].map(([origin, of]) => [origin, of.length]);
  expect(Object.fromEntries(origins)).toEqual({
    reply: 4,
    reaction: 2,
    redaction: 1,
    notice: 1,
    ticket: 5,
    opening: 6,
  });
  for (const { id, origin } of sent) expect(id).toMatch(new RegExp(`^.{27}-${origin}\\d+$`));
  store.close();
});

test('the messages of a ticket keep their order under the numbers that they get', () => {
  const store = openVersion2();
  const listed = store.ticketMessages.list(1).map(({ outgoing }) => outgoing);
  expect(listed.slice(0, 5).map((id) => id.slice(-8))).toEqual(
    [0, 1, 2, 3, 4].map((index) => `opening${index}`),
  );
  store.close();
});

test('a file that is only read is not brought to another version', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'version-')), 'assistant.db');
  const database = new DatabaseSync(path);
  database.exec(readFileSync(new URL('./version-2.sql', import.meta.url), 'utf8'));
  const store = openStore(path, { readOnly: true });
  expect(store.settings.read('sync-token')).not.toBeUndefined();
  expect(() => store.settings.write('sync-token', 'x')).toThrow(/readonly/);
  store.close();
  expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
  database.close();
});

test('a shared file that is about to be migrated no longer passes for what it was', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'version-')), 'assistant.db');
  const database = new DatabaseSync(path);
  database.exec(readFileSync(new URL('./version-2.sql', import.meta.url), 'utf8'));
  database.exec(`CREATE TABLE replica (id INTEGER PRIMARY KEY, seq INTEGER, reign TEXT) STRICT;
                 INSERT INTO replica VALUES (1, 12, 'r1');`);
  const record = (db: DatabaseSync, isAltered: boolean): never => {
    // As if it were killed here: the migrations are in the file.
    expect(db.prepare('SELECT reign FROM replica').get()).toEqual({ reign: '' });
    expect(isAltered).toBe(true);
    throw new Error('killed');
  };
  expect(() => openStore(path, { record })).toThrow();
  expect(database.prepare('SELECT seq, reign FROM replica').get()).toEqual({ seq: 12, reign: '' });
  database.close();
});

test('what waited in it is still sent, under the ids that the version before may have used already', () => {
  const store = openVersion2();
  expect(store.outgoing.readWaiting(0, 10).map(({ id, origin }) => [id, origin])).toEqual([
    ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-notice0', 'notice'],
    ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply0', 'reply'],
    ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reaction0', 'reaction'],
    ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reaction1', 'reaction'],
    ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply1', 'reply'],
    ['sSoYhkAsWMiT02GGQ5kYkJ9B4eU-redaction0', 'redaction'],
  ]);
  store.close();
});

test('a ticket opened before tickets had a summary is read without one', () => {
  const store = openVersion2();
  const stored = store.tickets.findOpenOf('@ana:ici');
  expect(stored?.ticket.number).toBeGreaterThan(0);
  expect(stored?.ticket).not.toHaveProperty('summary');
  if (stored)
    store.tickets.write({ ...stored, ticket: { ...stored.ticket, summary: ['Problème : « vpn »'] } });
  expect(store.tickets.findOpenOf('@ana:ici')?.ticket.summary).toEqual(['Problème : « vpn »']);
  store.close();
});

test('a message deleted after the upgrade takes its answer with it, and leaves its ticket in the salon', () => {
  const store = openVersion2();
  const message: IncomingMessage = {
    id: '$deletion',
    conversation: '!ana:ici',
    room: '!ana:ici',
    place: 'dm',
    sender: '@ana:ici',
    thread: null,
    sentAt: 0,
    late: false,
    input: { type: 'deletion', turnId: '$e3' },
  };
  const effects = [{ type: 'withdraw', turnId: '$e3' }] as const;
  const outgoing = applyEffects(message, effects, { store, desk: undefined, now: 4 });
  expect(outgoing.map(({ content }) => content)).toEqual([
    { type: 'redaction', of: 'X0kz-y1PS92PMQjo0gmkRxqgYOk-reply0' },
  ]);
  expect(store.tickets.findOpenOf('@ana:ici')?.root).toBe('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0');
  store.close();
});
