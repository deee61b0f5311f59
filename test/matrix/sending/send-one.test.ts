import { expect, test } from 'vitest';
import type { Encryption } from '../../../src/encryption/encryption.ts';
import { loadContent } from '../../../src/knowledge/load-content.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import { classifyFailure } from '../../../src/matrix/homeserver/failure.ts';
import type { Homeserver } from '../../../src/matrix/homeserver/homeserver.ts';
import { createRoomDirectory } from '../../../src/matrix/rooms/room-directory.ts';
import { createSendOne } from '../../../src/matrix/sending/send-one.ts';
import { openStore } from '../../../src/store/open-store.ts';

const content = await loadContent(projectRoot);
const room = '!message-prive:interieur.test';

/** What the queue is told when the encryption's own requests (keys, to-device messages) are refused so. */
async function failureOf(statusCode: number, errcode: string): Promise<string> {
  const store = openStore(':memory:');
  store.rooms.update(room, {
    membership: 'join',
    stateKnown: true,
    encryption: { algorithm: 'm.megolm.v1.aes-sha2' },
  });
  store.outgoing.add(
    {
      id: 'question-reply0',
      origin: 'reply',
      turnId: '$question',
      conversation: room,
      address: room,
      agent: '@marie:interieur.test',
      thread: null,
      content: { type: 'message', text: 'Bonjour', html: '<p>Bonjour</p>', inReplyTo: null, mention: null },
    },
    1,
  );
  const homeserver = { call: () => Promise.reject(new Error('nothing is sent')) } as unknown as Homeserver;
  const encryption = {
    encrypt: () => Promise.reject(Object.assign(new Error('refused'), { statusCode, body: { errcode } })),
  } as unknown as Encryption;
  const directory = createRoomDirectory(store, homeserver, '@assistant:interieur.test');
  const sendOne = createSendOne({ store, homeserver, directory, encryption, content: () => content });
  const [message] = store.outgoing.readWaiting(0, 1);
  if (!message) throw new Error('the message waits');
  const error = await sendOne(message, new AbortController().signal).then(
    () => null,
    (error: unknown) => error,
  );
  store.close();
  return classifyFailure(error).kind;
}

test.each([
  [400, 'M_BAD_JSON'],
  [403, 'M_FORBIDDEN'],
  [404, 'M_NOT_FOUND'],
  [413, 'M_TOO_LARGE'],
])(
  'keys that are refused (%i %s) say nothing of the message nor of its room: it is tried again',
  async (status, errcode) => {
    expect(await failureOf(status, errcode)).toBe('trouble');
  },
);

test.each([
  [401, 'M_UNKNOWN_TOKEN', 'token'],
  [429, 'M_LIMIT_EXCEEDED', 'rate-limited'],
])('what speaks of the account (%i %s) is told as it is', async (status, errcode, kind) => {
  expect(await failureOf(status, errcode)).toBe(kind);
});

test('what ends a text that was cut is a sentence of knowledge/messages.yaml, as all that people read', async () => {
  const store = openStore(':memory:');
  store.rooms.update(room, { membership: 'join', stateKnown: true, encryption: null });
  const text = 'mot '.repeat(30_000);
  store.outgoing.add(
    {
      id: 'question-reply0',
      origin: 'reply',
      turnId: '$question',
      conversation: room,
      address: room,
      agent: '@marie:interieur.test',
      thread: null,
      content: { type: 'message', text, html: '<p></p>', inReplyTo: null, mention: null },
    },
    1,
  );
  const sent: unknown[] = [];
  const homeserver = {
    async call(_method: string, _path: string, _query: unknown, body: unknown) {
      sent.push(body);
      return { event_id: '$sent' };
    },
  } as unknown as Homeserver;
  const directory = createRoomDirectory(store, homeserver, '@assistant:interieur.test');
  const texts = new Map(content.sentences.texts).set('evenement-coupe', '(la suite manque)');
  const edited = { ...content, sentences: { ...content.sentences, texts } };
  const sendOne = createSendOne({ store, homeserver, directory, encryption: null, content: () => edited });
  const [message] = store.outgoing.readWaiting(0, 1);
  if (!message) throw new Error('the message waits');
  await sendOne(message, new AbortController().signal);
  store.close();
  expect(sent).toEqual([
    expect.objectContaining({ body: expect.stringMatching(/mot mot.* \[…\] \(la suite manque\)$/) }),
  ]);
  expect(content.sentences.texts.get('evenement-coupe')).toMatch(/^\(message coupé/);
});
