import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvent } from '../../../src/matrix/reading/parse-event.ts';
import { readEvent } from '../../../src/matrix/reading/read-event.ts';
import { createReadingContext } from '../../../src/matrix/reading/reading-context.ts';
import { parseSync } from '../../../src/matrix/sync/parse-sync.ts';
import { receiveBatch } from '../../../src/matrix/sync/receive-batch.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { botUserId, makeContext } from './make-context.ts';

/** 100,000 over the tests of this file. */
const runs = { mutations: 80_000, batches: 20_000 };
const agent = '@marie.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';
const room = '!salon:agent.interieur.tchap.gouv.fr';

/** The shapes that Synapse sends. */
const shapes: readonly object[] = [
  message({ msgtype: 'm.text', body: 'mon vpn marche pas', 'm.mentions': {} }),
  message({
    msgtype: 'm.text',
    body: '> <@a:b> x\n\net sur Android ?',
    format: 'org.matrix.custom.html',
    formatted_body: '<mx-reply>x</mx-reply><a href="https://matrix.to/#/@a:b">A</a>',
    'm.relates_to': { 'm.in_reply_to': { event_id: '$answer' } },
  }),
  message({
    msgtype: 'm.text',
    body: 'oui',
    'm.relates_to': {
      rel_type: 'm.thread',
      event_id: '$root',
      is_falling_back: true,
      'm.in_reply_to': { event_id: '$answer' },
    },
  }),
  message({
    msgtype: 'm.text',
    body: '* x',
    'm.new_content': { msgtype: 'm.text', body: 'x', 'm.mentions': { user_ids: [botUserId] } },
    'm.relates_to': { rel_type: 'm.replace', event_id: '$question' },
  }),
  message({ msgtype: 'm.image', body: 'a.png', info: { w: 1, h: 1 }, url: 'mxc://a/b' }),
  message({ msgtype: 'm.notice', body: 'je suis un robot' }),
  message(
    { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$answer', key: '👍' } },
    { type: 'm.reaction' },
  ),
  message({ redacts: '$question' }, { type: 'm.room.redaction', redacts: '$question' }),
  message(
    { algorithm: 'm.megolm.v1.aes-sha2', ciphertext: 'AwgA', session_id: 's' },
    { type: 'm.room.encrypted' },
  ),
  message({ membership: 'join', displayname: 'Marie' }, { type: 'm.room.member', state_key: agent }),
  message({ membership: 'join' }, { type: 'm.room.member', state_key: botUserId, sender: botUserId }),
  message({ replacement_room: '!new:ici', body: 'x' }, { type: 'm.room.tombstone', state_key: '' }),
  message({ algorithm: 'm.megolm.v1.aes-sha2' }, { type: 'm.room.encryption', state_key: '' }),
];

function message(content: object, change: object = {}): object {
  return {
    event_id: '$question',
    type: 'm.room.message',
    sender: agent,
    origin_server_ts: 1_700_000_000_000,
    content,
    unsigned: { age: 12 },
    ...change,
  };
}

/** What a hostile or broken client may put anywhere. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    '',
    0,
    -1,
    Number.MAX_VALUE,
    true,
    [],
    {},
    [[]],
    '$',
    '!',
    '@',
    '@:',
    '\u0000',
    '__proto__',
    'constructor',
    botUserId,
    '<script>alert(1)</script>',
    'm.text',
    'm.replace',
    'm.thread',
    '💥'.repeat(2_000),
    '['.repeat(5_000),
    '\ud800',
  ),
  fc.anything({ maxDepth: 3 }),
  fc.string(),
);

/** One of the shapes with one to four of its values, at any depth, replaced, removed or added to. */
const mutation = fc
  .record({
    shape: fc.nat(shapes.length - 1),
    changes: fc.array(
      fc.record({ where: fc.nat(40), how: fc.constantFrom('replace', 'remove', 'add'), value: oddValue }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ shape, changes }) => {
    const event = structuredClone(shapes[shape]);
    // A copy: the odd objects are the same from one event to the next, and one put into itself has no end.
    for (const change of changes) mutate(event, { ...change, value: structuredClone(change.value) });
    return event;
  });

function mutate(root: unknown, { where, how, value }: { where: number; how: string; value: unknown }): void {
  const places: [Record<string, unknown>, string][] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      visit((node as Record<string, unknown>)[key]);
    }
  };
  visit(root);
  const place = places[where % Math.max(places.length, 1)];
  if (!place) return;
  const [holder, key] = place;
  if (how === 'remove') delete holder[key];
  else if (how === 'replace') holder[key] = value;
  else if (Array.isArray(holder)) holder.push(value);
  else holder[typeof value === 'string' ? value.slice(0, 50) : 'added'] = value;
}

test('no malformed event breaks the reader, and none is taken for a question without a text', () => {
  const known = {
    turnId: '$question',
    conversation: 'c',
    agent,
    thread: null,
    room,
  } as const;
  const contexts = [
    makeContext(),
    makeContext({ place: 'salon' }),
    makeContext({
      findOwn: () => known,
      findQuestion: () => ({ room, conversation: room, sender: agent }) as const,
      isKnownConversation: () => true,
    }),
  ];
  fc.assert(
    fc.property(mutation, fc.nat(contexts.length - 1), (given, which) => {
      const event = parseEvent(given);
      if (event === null) return;
      const context = contexts[which] ?? makeContext();
      const reading = readEvent(room, event, context);
      if (!reading.ok) return;
      const { input, sender, id } = reading.message;
      expect(id.startsWith('$')).toBe(true);
      expect(sender === '' || sender.startsWith('@')).toBe(true);
      if (input.type === 'arrival') return;
      expect(event.sender).not.toBe(botUserId);
      const content = event.content as Record<string, unknown>;
      if (input.type === 'text') {
        // A question: a text, from a person, of the kind that people write.
        expect(event.type).toBe('m.room.message');
        if (context.place === 'dm') expect(input.text).not.toBe('');
        const replacement = (content['m.new_content'] ?? {}) as Record<string, unknown>;
        expect(
          [content, replacement].some(
            (one) => one['msgtype'] === 'm.text' && typeof one['body'] === 'string',
          ),
        ).toBe(true);
      }
    }),
    { numRuns: runs.mutations },
  );
}, 120_000);

test('no malformed batch breaks the sync: it is stored, with its token, whatever the events', () => {
  const store = openStore(':memory:');
  const contextOf = createReadingContext(store, { userId: botUserId, displayName: 'Assistant' }, []);
  let batches = 0;
  fc.assert(
    fc.property(
      fc.array(mutation, { maxLength: 4 }),
      fc.array(mutation, { maxLength: 2 }),
      (timeline, state) => {
        batches += 1;
        const batch = parseSync({
          next_batch: `s${batches}`,
          rooms: { join: { [room]: { timeline: { events: timeline }, state: { events: state } } } },
        });
        if (!batch) throw new Error('a batch with a token was refused');
        const failures: unknown[] = [];
        store.transaction(() =>
          receiveBatch(batch, {
            store,
            botUserId,
            contextOf,
            now: 1_700_000_000_000,
            since: 's0',
            states: new Map(),
            onFailed: (error) => failures.push(error),
          }),
        );
        expect(failures).toEqual([]);
        expect(store.settings.read('sync-token')).toBe(`s${batches}`);
      },
    ),
    { numRuns: runs.batches },
  );
}, 120_000);

test.each([null, [], 3, 'x', {}, { next_batch: 3 }])(
  'an answer of /sync without a token is no batch: %j',
  (given) => {
    expect(parseSync(given)).toBeNull();
  },
);

test.each([
  { next_batch: 's', rooms: null },
  { next_batch: 's', rooms: { join: [], invite: 3, leave: null } },
  { next_batch: 's', rooms: { join: { notaroom: {}, '!a:b': null } }, to_device: 3, device_lists: [] },
])('an answer of /sync with odd parts is an empty batch: %j', (given) => {
  expect(parseSync(given)).toMatchObject({ joined: [], invited: [], left: [] });
});
