import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHomeserver } from '../../src/matrix/homeserver/homeserver.ts';
import { createRoomDirectory } from '../../src/matrix/rooms/room-directory.ts';
import { createPace } from '../../src/matrix/sending/pace.ts';
import { createSendOne } from '../../src/matrix/sending/send-one.ts';
import { createSendQueue } from '../../src/matrix/sending/send-queue.ts';
import { isRoomId, isUserId, type OutgoingId } from '../../src/messages/ids.ts';
import type { OutgoingContent } from '../../src/messages/outgoing-message.ts';
import { createLog } from '../../src/operations/log.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createMatrixClient } from './homeserver/matrix-client.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;

beforeAll(async () => {
  synapse = await startSynapse();
});

afterAll(async () => {
  await synapse?.remove();
});

test('a message that Synapse refuses with 400 M_UNKNOWN is tried again, then set aside, and its room goes on', async () => {
  const account = await synapse.createUser('assistant');
  const room = await createMatrixClient(synapse.url, account).createRoom({});
  if (!isRoomId(room) || !isUserId(account.userId)) throw new Error('Synapse gives ids');
  const store = openStore(':memory:');
  const refusals: unknown[] = [];
  const real = createHomeserver(synapse.url, account.accessToken);
  const homeserver: typeof real = {
    ...real,
    call: (...given) =>
      real.call(...given).catch((error: unknown) => {
        const { statusCode, errcode, error: words } = error as Record<string, unknown>;
        refusals.push([statusCode, errcode, words]);
        throw error;
      }),
  };
  const directory = createRoomDirectory(store, homeserver, account.userId);
  const stop = new AbortController();
  let told = 0;
  const queue = createSendQueue({
    store,
    sendOne: createSendOne({
      store,
      homeserver,
      directory,
      encryption: null,
      content: () => expect.fail('nothing is cut'),
    }),
    pace: createPace(0),
    log: createLog({ level: 'error', secret: 's', write: () => undefined }),
    metrics: createMetrics(),
    signal: stop.signal,
    onTokenRefused: (error) => expect.fail(String(error)),
    onSent: () => undefined,
    mostRefusals: 3,
    announceSetAside: () => {
      told += 1;
    },
  });
  const add = (id: OutgoingId, content: OutgoingContent) =>
    store.outgoing.add(
      {
        id,
        origin: 'reply',
        turnId: '$q',
        conversation: room,
        address: room,
        agent: '',
        thread: null,
        content,
      },
      Date.now(),
    );
  // The event was purged by the retention of its room: Synapse no longer knows it, and says so in no code.
  add('a-reply0', {
    type: 'edit',
    of: '$yJSUhZXVR2HVbQcWLHPmPwFqhR3Sq7d2KxvMQFDNuuU',
    text: 'mieux',
    html: 'mieux',
  });
  add('b-reply0', { type: 'message', text: 'bonjour', html: 'bonjour', inReplyTo: null, mention: null });
  queue.wake();
  await queue.drain();
  stop.abort();
  expect(refusals).toEqual(
    Array.from({ length: 3 }, () => [400, 'M_UNKNOWN', "Can't send relation to unknown event"]),
  );
  expect(store.outgoing.find('b-reply0')?.status).toBe('sent');
  expect(store.outgoing.countSetAside()).toBe(1);
  expect(told).toBe(1);
  store.close();
});
