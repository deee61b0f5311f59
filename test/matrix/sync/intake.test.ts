import { expect, test } from 'vitest';
import type { Bot } from '../../../src/bot/bot.ts';
import { loadBrain } from '../../../src/brain/load-brain.ts';
import { renderReply } from '../../../src/conversation/rendering/render-reply.ts';
import type { Encryption } from '../../../src/encryption/encryption.ts';
import { EncryptionError } from '../../../src/encryption/encryption-error.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import { createIntake } from '../../../src/matrix/sync/intake.ts';
import type { EventId, RoomId } from '../../../src/messages/ids.ts';
import { createLog } from '../../../src/operations/log.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { makeContext } from '../reading/make-context.ts';

const { content } = await loadBrain(projectRoot);

function start(handle: (id: string) => void, encryption: Encryption | null = null) {
  const store = openStore(':memory:');
  const bot: Bot = {
    handle: async (message) => {
      handle(message.id);
      store.journal.finish(message.id, 'done');
      return { turn: null, outgoing: [], error: null };
    },
    passTime: () => [],
    drain: async () => undefined,
  };
  const intake = createIntake({
    store,
    bot,
    encryption,
    contextOf: () => makeContext(),
    decideAccess: () => ({ allowed: true }),
    decideFlood: () => 'fine',
    isHeld: () => false,
    content: () => content,
    render: renderReply,
    log: createLog({ level: 'error', secret: 's', write: () => undefined }),
    metrics: createMetrics(),
    onOutgoing: () => undefined,
    onTaken: () => undefined,
  });
  const receive = (eventId: EventId, room: RoomId, type = 'm.room.message'): void => {
    const event = {
      event_id: eventId,
      type,
      sender: '@ana:ici',
      origin_server_ts: 1,
      content: { msgtype: 'm.text', body: 'bonjour' },
    };
    const sender = '@ana:ici';
    const entry = { eventId, room, sender, sentAt: Date.now(), receivedAt: Date.now() } as const;
    store.journal.add({ ...entry, late: false, raw: JSON.stringify(event) });
  };
  return { store, intake, receive };
}

/** Keeps the processor, as understanding a message does. */
function work(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

test('a crowd of messages does not keep the process from anything else for long', async () => {
  const { intake, receive } = start(() => work(5));
  for (let index = 0; index < 60; index += 1) receive(`$${index}`, `!${index}:ici`);
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 1);
  intake.wake();
  await intake.settled();
  clearInterval(timer);
  // All in one go, it would tick once, at the end.
  expect(ticks).toBeGreaterThan(20);
});

test('a message deleted while others are handled is not answered', async () => {
  const handled: string[] = [];
  const { store, intake, receive } = start((id) => {
    handled.push(id);
    if (id === '$first') store.journal.finish('$second', 'ignored', 'redacted');
  });
  receive('$first', '!a:ici');
  receive('$second', '!b:ici');
  receive('$third', '!a:ici');
  intake.wake();
  await intake.settled();
  expect(handled).toEqual(['$first', '$third']);
});

test('what cannot be decrypted because the disk of the keys is full stays for the next start', async () => {
  const full = new EncryptionError('disk', { path: 'crypto.sqlite' });
  // All that intake asks of it: the guard around the crypto library gives every call this error from then on.
  const encryption = { decrypt: () => Promise.reject(full) } as Partial<Encryption> as Encryption;
  const { store, intake, receive } = start(() => undefined, encryption);
  receive('$first', '!a:ici', 'm.room.encrypted');
  receive('$second', '!b:ici', 'm.room.encrypted');
  intake.wake();
  await intake.settled();
  expect(store.journal.readWaiting(0, 10).map(({ eventId }) => eventId)).toEqual(['$first', '$second']);
});

test('an event that makes the crypto library panic is set aside, or it would end every start', async () => {
  const panic = new EncryptionError('panic');
  const encryption = { decrypt: () => Promise.reject(panic) } as Partial<Encryption> as Encryption;
  const { store, intake, receive } = start(() => undefined, encryption);
  receive('$first', '!a:ici', 'm.room.encrypted');
  intake.wake();
  await intake.settled();
  expect(store.journal.find('$first')?.status).toBe('failed');
});
