import { expect, test } from 'vitest';
import type { Bot } from '../../../src/bot/bot.ts';
import { loadBrain } from '../../../src/brain/load-brain.ts';
import { renderReply } from '../../../src/conversation/rendering/render-reply.ts';
import type { Encryption } from '../../../src/encryption/encryption.ts';
import { EncryptionError } from '../../../src/encryption/encryption-error.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import { createIntake, type IntakeOptions } from '../../../src/matrix/sync/intake.ts';
import type { EventId, RoomId } from '../../../src/messages/ids.ts';
import { createLog } from '../../../src/operations/log.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { makeContext } from '../reading/make-context.ts';

const { content } = await loadBrain(projectRoot);

function start(
  handle: (id: string) => void,
  encryption: Encryption | null = null,
  store = openStore(':memory:'),
  beforeAccess: IntakeOptions['beforeAccess'] = undefined,
) {
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
    beforeAccess,
  });
  const receive = (eventId: EventId, room: RoomId, type = 'm.room.message', body = 'bonjour'): void => {
    const event = {
      event_id: eventId,
      type,
      sender: '@ana:ici',
      origin_server_ts: 1,
      content: { msgtype: 'm.text', body },
    };
    const sender = '@ana:ici';
    const entry = { eventId, room, sender, sentAt: Date.now(), receivedAt: Date.now() } as const;
    store.journal.add({ ...entry, late: false, raw: JSON.stringify(event) });
  };
  return { store, intake, receive };
}

test('an administrator whose device is not signed is told in their room why the command was not followed', async () => {
  const told: string[] = [];
  const { store, intake, receive } = start(() => undefined, null, undefined, {
    isAdmin: () => true,
    adminRoom: '!administrateurs:ici',
    verification: () => ({
      confirm: () => told.push('confirmed'),
      refuse: () => undefined,
      tell: (line) => told.push(line),
    }),
  });
  receive('$command', '!message-prive:ici', 'm.room.message', '!vérifier 4f2a91');
  receive('$other', '!administrateurs:ici', 'm.room.message', '!vérifier 4f2a91');
  intake.wake();
  await intake.settled();
  const said = store.outgoing.readWaiting(0, 10).map(({ address, content }) => ({
    address,
    text: content.type === 'message' ? content.text : content.type,
  }));
  const refusal = expect.stringMatching(/La commande !vérifier n’a pas été suivie/);
  expect(said).toEqual([
    { address: '!message-prive:ici', text: refusal },
    { address: '!administrateurs:ici', text: refusal },
  ]);
  // The administrators' own room learns of each, once.
  expect(told).toEqual([refusal]);
});

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

test.each(['panic', 'stuck', 'unsupported'] as const)(
  'when the crypto library fails (%s), what it had in hand waits for the next start',
  async (code) => {
    const encryption = {
      decrypt: () => Promise.reject(new EncryptionError(code)),
    } as Partial<Encryption> as Encryption;
    const handled: string[] = [];
    const { store, intake, receive } = start((id) => void handled.push(id), encryption);
    receive('$first', '!a:ici', 'm.room.encrypted');
    receive('$second', '!b:ici', 'm.room.encrypted');
    // In clear, behind what waits: it must not overtake it.
    receive('$third', '!a:ici', 'm.reaction');
    intake.wake();
    await intake.settled();
    expect(store.journal.readWaiting(0, 10).map(({ eventId }) => eventId)).toEqual([
      '$first',
      '$second',
      '$third',
    ]);
    expect(handled).toEqual([]);
  },
);

test('an event that ends every start is found and set aside, and nothing of what was in hand beside it', async () => {
  const store = openStore(':memory:');
  const handled: string[] = [];
  let starts = 0;
  while (starts === 0 || (starts < 20 && store.journal.countWaiting() > 0)) {
    // As the guard around the library: once it has failed, every call, those in hand too, ends with its error.
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const encryption = {
      async decrypt(_room: string, event: { event_id: string; content: object }) {
        if (event.event_id === '$poison') failed.reject(new EncryptionError('panic'));
        await Promise.race([failed.promise, new Promise((resolve) => setTimeout(resolve, 5))]);
        return { ok: true, event: { ...event, type: 'm.room.message' }, senderDeviceSigned: false };
      },
    } as unknown as Encryption;
    const { intake, receive } = start((id) => void handled.push(id), encryption, store);
    if (starts === 0) {
      for (const id of ['$a1', '$poison', '$a2'] as const) receive(id, '!a:ici', 'm.room.encrypted');
      for (let index = 0; index < 5; index += 1) receive(`$b${index}`, `!b${index}:ici`, 'm.room.encrypted');
    }
    intake.wake();
    await intake.settled();
    starts += 1;
  }
  expect(store.journal.find('$poison')?.status).toBe('failed');
  expect(handled.toSorted()).toEqual(['$a1', '$a2', '$b0', '$b1', '$b2', '$b3', '$b4']);
  expect(handled.indexOf('$a1')).toBeLessThan(handled.indexOf('$a2'));
  // More than one: a failure has other causes than the event in hand.
  expect(starts).toBeGreaterThan(3);
});

test('what fails once for a reason of its own is tried again, and set aside only if it goes on failing', async () => {
  const tries = new Map<string, number>();
  const { store, intake, receive } = start((id) => {
    tries.set(id, (tries.get(id) ?? 0) + 1);
    if (id === '$always' || tries.get(id) === 1) throw new Error('défaut');
  });
  receive('$once', '!a:ici');
  receive('$always', '!b:ici');
  intake.wake();
  await intake.settled();
  expect(store.journal.find('$once')?.status).toBe('done');
  expect(store.journal.find('$always')?.status).toBe('failed');
});

/** What can be read, as the encryption gives it. */
const decrypted = (event: { event_id: string; content: object }) => ({
  ok: true,
  event: { ...event, type: 'm.room.message' },
  senderDeviceSigned: false,
});

test('an encrypted event has as many tries as one in clear before it is set aside', async () => {
  const decryptions: string[] = [];
  const handled: string[] = [];
  const encryption = {
    async decrypt(_room: string, event: { event_id: string; content: object }) {
      decryptions.push(event.event_id);
      // As the library refuses what is no fault of the event (decrypt-event.ts), a plain error.
      if (event.event_id === '$refused') throw new Error('the store of the library refuses');
      return decrypted(event);
    },
  } as unknown as Encryption;
  const { store, intake, receive } = start((id) => {
    handled.push(id);
    throw new Error('défaut');
  }, encryption);
  receive('$clear', '!a:ici');
  receive('$refused', '!b:ici', 'm.room.encrypted');
  receive('$unhandled', '!c:ici', 'm.room.encrypted');
  intake.wake();
  await intake.settled();
  const times = (list: readonly string[], id: string) => list.filter((one) => one === id).length;
  expect({
    clear: times(handled, '$clear'),
    refused: times(decryptions, '$refused'),
    unhandled: times(handled, '$unhandled'),
  }).toEqual({ clear: 5, refused: 5, unhandled: 5 });
  for (const id of ['$clear', '$refused', '$unhandled'] as const)
    expect(store.journal.find(id)?.status).toBe('failed');
}, 60_000);

test.each(['disk', 'token-refused'] as const)(
  'however many starts end on what no event can cause (%s), the message waits, and is answered in the end',
  async (code) => {
    const store = openStore(':memory:');
    const handled: string[] = [];
    for (let starts = 0; starts < 12; starts += 1) {
      const encryption = {
        decrypt: async (_room: string, event: { event_id: string; content: object }) => {
          if (starts < 11) throw new EncryptionError(code);
          return decrypted(event);
        },
      } as unknown as Encryption;
      const { intake, receive } = start((id) => void handled.push(id), encryption, store);
      if (starts === 0) receive('$first', '!a:ici', 'm.room.encrypted');
      intake.wake();
      await intake.settled();
    }
    expect(store.journal.find('$first')?.status).toBe('done');
    expect(handled).toEqual(['$first']);
  },
);

test('a store that refuses what follows a decryption uses up no try of the event', async () => {
  const store = openStore(':memory:');
  const handled: string[] = [];
  for (let starts = 0; starts < 12; starts += 1) {
    const encryption = {
      decrypt: async (_room: string, event: { event_id: string; content: object }) => decrypted(event),
    } as unknown as Encryption;
    const { intake, receive } = start(
      (id) => {
        if (starts < 11)
          throw Object.assign(new Error('database or disk is full'), {
            code: 'ERR_SQLITE_ERROR',
            errcode: 13,
          });
        handled.push(id);
      },
      encryption,
      store,
    );
    if (starts === 0) receive('$first', '!a:ici', 'm.room.encrypted');
    intake.wake();
    // Stopped while it waits to try again.
    if (starts < 11) await new Promise((resolve) => setTimeout(resolve, 20));
    await (starts < 11 ? intake.drain() : intake.settled());
  }
  expect(store.journal.find('$first')?.status).toBe('done');
  expect(handled).toEqual(['$first']);
});

test('what waits behind an event that ends every start is not held to have ended it', async () => {
  const store = openStore(':memory:');
  const handled: string[] = [];
  let starts = 0;
  while (starts === 0 || (starts < 20 && store.journal.countWaiting() > 0)) {
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined);
    const encryption = {
      async decrypt(_room: string, event: { event_id: string; content: object }) {
        // It fails once the others wait for their turn, as the library does.
        if (event.event_id === '$poison') setTimeout(() => failed.reject(new EncryptionError('panic')), 20);
        await Promise.race([
          failed.promise,
          new Promise((resolve) =>
            setTimeout(resolve, starts === 0 || event.event_id === '$poison' ? 60_000 : 5),
          ),
        ]);
        return decrypted(event);
      },
    } as unknown as Encryption;
    const { intake, receive } = start((id) => void handled.push(id), encryption, store);
    if (starts === 0) {
      receive('$poison', '!a:ici', 'm.room.encrypted');
      for (let index = 0; index < 5; index += 1) receive(`$b${index}`, `!b${index}:ici`, 'm.room.encrypted');
    }
    intake.wake();
    await intake.settled();
    starts += 1;
  }
  expect(store.journal.find('$poison')?.status).toBe('failed');
  expect(handled.toSorted()).toEqual(['$b0', '$b1', '$b2', '$b3', '$b4']);
});

test('a stop while an event is decrypted, however often, is not held against it', async () => {
  const store = openStore(':memory:');
  const handled: string[] = [];
  for (let starts = 0; starts < 12; starts += 1) {
    // As where the homeserver does not say whose devices the sender has: the decryption waits for it.
    const encryption = {
      decrypt: (_room: string, event: { event_id: string; content: object }) =>
        starts < 11 ? new Promise(() => undefined) : Promise.resolve(decrypted(event)),
    } as unknown as Encryption;
    const { intake, receive } = start((id) => void handled.push(id), encryption, store);
    if (starts === 0) receive('$first', '!a:ici', 'm.room.encrypted');
    intake.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (starts < 11) void intake.drain();
    else await intake.settled();
  }
  expect(store.journal.find('$first')?.status).toBe('done');
  expect(handled).toEqual(['$first']);
});

test('after a kill, an event whose decryption waits for the homeserver keeps nobody else waiting for long', async () => {
  const store = openStore(':memory:');
  const handled: string[] = [];
  const encryption = {
    decrypt: (_room: string, event: { event_id: string; content: object }) =>
      // Where the homeserver of the sender does not say whose devices they have, and takes its time for that.
      event.event_id.startsWith('$slow') ? new Promise(() => undefined) : Promise.resolve(decrypted(event)),
  } as unknown as Encryption;
  const { intake, receive } = start((id) => void handled.push(id), encryption, store);
  for (const id of ['$slow1', '$slow2', '$before'] as const) {
    receive(id, `!${id.slice(1)}:ici`, 'm.room.encrypted');
    // In hand when the process was killed.
    store.journal.countAttempt(id);
  }
  receive('$new', '!new:ici', 'm.room.encrypted');
  intake.wake();
  await expect.poll(() => handled.toSorted(), { timeout: 15_000 }).toEqual(['$before', '$new']);
  void intake.drain();
});
