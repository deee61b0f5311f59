import { MatrixError } from 'matrix-bot-sdk/lib/models/MatrixError.js';
import { describe, expect, test } from 'vitest';
import { createPace } from '../../../src/matrix/sending/pace.ts';
import { createSendQueue, type SendOne } from '../../../src/matrix/sending/send-queue.ts';
import { isRoomId, type RoomId } from '../../../src/messages/ids.ts';
import { createLog } from '../../../src/operations/log.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { openStore } from '../../../src/store/open-store.ts';

function start(sendOne: SendOne, perSecond = 0, store = openStore(':memory:')) {
  let told = 0;
  const sent: string[] = [];
  const refused: unknown[] = [];
  const stop = new AbortController();
  const queue = createSendQueue({
    store,
    sendOne: async (message, signal) => {
      const result = await sendOne(message, signal);
      if (result.kind === 'sent') sent.push(message.id.replace(/-re\w+0$/, ''));
      return result;
    },
    pace: createPace(perSecond, undefined, perSecond === 0 ? undefined : 1),
    log: createLog({ level: 'error', secret: 's', write: () => undefined }),
    metrics: createMetrics(),
    signal: stop.signal,
    onTokenRefused: (error) => refused.push(error),
    onSent: () => undefined,
    width: 1,
    mostRefusals: 3,
    announceSetAside: () => {
      told += 1;
    },
  });
  const add = (name: string, room: RoomId = '!a:ici') =>
    store.outgoing.add(
      {
        id: `${name}-reply0`,
        origin: 'reply',
        turnId: '$question',
        conversation: room,
        address: room,
        agent: '@ana:ici',
        thread: null,
        content: { type: 'message', text: name, html: name, inReplyTo: null, mention: null },
      },
      0,
    );
  return { store, sent, refused, queue, stop, add, told: () => told };
}

const fine: SendOne = async ({ id, address }) => ({
  kind: 'sent',
  eventId: `$${id}`,
  room: isRoomId(address) ? address : expect.fail('these tests write to rooms'),
});
const error = (status: number, errcode: string, retry = 0) =>
  new MatrixError({ errcode, error: '', retry_after_ms: retry }, status);

describe('the send queue', () => {
  test('keeps the order within a room, and gives each room its turn', async () => {
    const { queue, add, sent } = start(fine);
    for (const id of ['a1', 'a2', 'a3']) add(id, '!a:ici');
    for (const id of ['b1', 'b2']) add(id, '!b:ici');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
  });

  test('sends answers before reactions, and a reaction after what it goes under', async () => {
    const { queue, add, sent, store } = start(fine);
    add('a1', '!a:ici');
    store.outgoing.add(
      {
        id: 'a1-thumb-reaction0',
        origin: 'reaction',
        turnId: '$question',
        conversation: '!a:ici',
        address: '!a:ici',
        agent: '@ana:ici',
        thread: null,
        content: { type: 'reaction', of: 'a1-reply0', key: '👍' },
      },
      0,
    );
    add('a2', '!a:ici');
    add('b1', '!b:ici');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a1', 'b1', 'a2', 'a1-thumb']);
  });

  test('stops when asked to, even with reactions left to send', async () => {
    const { queue, store, stop, add } = start(fine);
    add('a1');
    queue.wake();
    await queue.drain();
    store.outgoing.add(
      {
        id: 'thumb-reaction0',
        origin: 'reaction',
        turnId: '$question',
        conversation: '!a:ici',
        address: '!a:ici',
        agent: '@ana:ici',
        thread: null,
        content: { type: 'reaction', of: 'a1-reply0', key: '👍' },
      },
      Date.now(),
    );
    queue.wake();
    stop.abort();
    const before = process.cpuUsage();
    await new Promise((resolve) => setTimeout(resolve, 300));
    // It would otherwise spin on a pause that an ended signal cuts short.
    expect(process.cpuUsage(before).user).toBeLessThan(150_000);
  });

  test('tries again after trouble, and lets nothing overtake', async () => {
    let failures = 2;
    const { queue, add, sent } = start(async (message, signal) => {
      if (message.id === 'a1-reply0' && failures-- > 0) throw new TypeError('fetch failed');
      return fine(message, signal);
    });
    add('a1');
    add('a2');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a1', 'a2']);
  });

  test('waits as long as the homeserver says', async () => {
    let limited = true;
    const { queue, add } = start(async (message, signal) => {
      if (limited) {
        limited = false;
        throw error(429, 'M_LIMIT_EXCEEDED', 300);
      }
      return fine(message, signal);
    });
    add('a1');
    const begin = performance.now();
    queue.wake();
    await queue.drain();
    expect(performance.now() - begin).toBeGreaterThan(290);
  });

  test('a room that refuses is closed, and the others go on', async () => {
    const { queue, add, sent, store } = start(async (message, signal) => {
      if (message.address === '!a:ici') throw error(403, 'M_FORBIDDEN');
      return fine(message, signal);
    });
    for (const id of ['a1', 'a2']) add(id, '!a:ici');
    add('b1', '!b:ici');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['b1']);
    expect(store.outgoing.find('a2-reply0')?.status).toBe('cancelled');
    expect(store.rooms.read('!a:ici')?.note).toBe('forbidden');
  });

  test('an account that is refused as a whole closes no room, and nobody is asked again at once', async () => {
    let calls = 0;
    const { queue, add, store, stop } = start(async () => {
      calls += 1;
      throw error(403, 'M_RESOURCE_LIMIT_EXCEEDED');
    });
    add('a1', '!a:ici');
    add('b1', '!b:ici');
    queue.wake();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    stop.abort();
    expect(store.outgoing.countWaiting()).toBe(2);
    expect(store.rooms.read('!a:ici')?.note ?? null).toBeNull();
    expect(calls).toBe(1);
  });

  test('a room where it may not react is not closed for that', async () => {
    const { queue, add, sent, store } = start(async (message, signal) => {
      if (message.content.type === 'reaction') throw error(403, 'M_FORBIDDEN');
      return fine(message, signal);
    });
    store.rooms.update('!a:ici', { membership: 'join' });
    add('a1');
    queue.wake();
    await queue.drain();
    store.outgoing.add(
      {
        id: 'thumb-reaction0',
        origin: 'reaction',
        turnId: '$question',
        conversation: '!a:ici',
        address: '!a:ici',
        agent: '@ana:ici',
        thread: null,
        content: { type: 'reaction', of: 'a1-reply0', key: '👍' },
      },
      Date.now(),
    );
    queue.wake();
    await queue.drain();
    add('a2');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a1', 'a2']);
    expect(store.outgoing.find('thumb-reaction0')?.status).toBe('failed');
    expect(store.rooms.read('!a:ici')?.note).toBeNull();
  });

  test('a room that let the bot speak again is open again', async () => {
    let refuse = true;
    const { queue, add, store } = start(async (message, signal) => {
      if (refuse) throw error(403, 'M_FORBIDDEN');
      return fine(message, signal);
    });
    add('a1');
    queue.wake();
    await queue.drain();
    expect(store.rooms.read('!a:ici')?.note).toBe('forbidden');
    refuse = false;
    add('a2');
    queue.wake();
    await queue.drain();
    expect(store.rooms.read('!a:ici')?.note).toBeNull();
  });

  test('says when the answers are gone, though reactions are left', async () => {
    const gate = Promise.withResolvers<void>();
    const { queue, add, store, sent } = start(async (message, signal) => {
      if (message.content.type === 'reaction') await gate.promise;
      return fine(message, signal);
    });
    add('a1');
    store.outgoing.add(
      {
        id: 'thumb-reaction0',
        origin: 'reaction',
        turnId: '$question',
        conversation: '!a:ici',
        address: '!a:ici',
        agent: '@ana:ici',
        thread: null,
        content: { type: 'reaction', of: 'a1-reply0', key: '👍' },
      },
      Date.now(),
    );
    queue.wake();
    await queue.answersGone();
    expect(sent).toEqual(['a1']);
    gate.resolve();
    await queue.drain();
    expect(sent).toEqual(['a1', 'thumb']);
  });

  test('a message that is too large is given up, and the next one goes', async () => {
    const { queue, add, sent } = start(async (message, signal) => {
      if (message.id === 'a1-reply0') throw error(413, 'M_TOO_LARGE');
      return fine(message, signal);
    });
    add('a1');
    add('a2');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a2']);
  });

  test('a refusal that blames nothing is not the last word: the message goes, and in its turn', async () => {
    let refuse = true;
    const { queue, add, sent } = start(async (message, signal) => {
      if (refuse) {
        refuse = false;
        throw error(400, 'M_UNKNOWN');
      }
      return fine(message, signal);
    });
    add('a1');
    add('a2');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a1', 'a2']);
  });

  test('a message refused so each time is set aside with its text, over all starts, and administrators are told', async () => {
    let calls = 0;
    const refuseFirst: SendOne = async (message, signal) => {
      if (message.id !== 'a1-reply0') return fine(message, signal);
      calls += 1;
      throw error(400, 'M_UNKNOWN');
    };
    const before = start(refuseFirst);
    before.add('a1');
    before.add('a2');
    before.queue.wake();
    await expect.poll(() => calls).toBe(2);
    before.stop.abort();
    expect(before.store.outgoing.find('a1-reply0')?.status).toBe('waiting');
    const { queue, sent, store, told } = start(refuseFirst, 0, before.store);
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a2']);
    expect(calls).toBe(3);
    expect(told()).toBe(1);
    expect(store.outgoing.countSetAside()).toBe(1);
    store.outgoing.retrySetAside();
    calls = -10;
    queue.wake();
    await expect.poll(() => calls).toBe(-9);
  });

  test('what a filter in front of the homeserver refuses for ever is set aside, if others pass meanwhile', async () => {
    const { queue, add, sent, store, stop } = start(async (message, signal) => {
      if (message.id === 'a1-reply0') throw { statusCode: 403, body: '<html>', headers: {} };
      return fine(message, signal);
    });
    add('a1', '!a:ici');
    add('a2', '!a:ici');
    queue.wake();
    let others = 0;
    await expect
      .poll(
        () => {
          add(`b${others++}`, '!b:ici');
          queue.wake();
          return sent.includes('a2');
        },
        { timeout: 9_000, interval: 100 },
      )
      .toBe(true);
    stop.abort();
    expect(store.outgoing.countSetAside()).toBe(1);
  }, 10_000);

  test('what a proxy refuses to everybody waits, however long', async () => {
    let calls = 0;
    const { queue, add, store, stop } = start(async () => {
      calls += 1;
      throw { statusCode: 403, body: '<html>', headers: {} };
    });
    add('a1', '!a:ici');
    queue.wake();
    await expect.poll(() => calls, { timeout: 9_000 }).toBeGreaterThan(4);
    stop.abort();
    expect(store.outgoing.countWaiting()).toBe(1);
  }, 10_000);

  test('does not send what was cancelled while it waited', async () => {
    const { queue, add, sent, store } = start(fine);
    add('a1');
    store.outgoing.cancel('a1-reply0');
    add('a2');
    queue.wake();
    await queue.drain();
    expect(sent).toEqual(['a2']);
  });

  test('says that the token is refused, and keeps the message', async () => {
    const { queue, add, refused, store, stop } = start(async () => {
      throw error(401, 'M_UNKNOWN_TOKEN');
    });
    add('a1');
    queue.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    expect(refused).toHaveLength(1);
    expect(store.outgoing.find('a1-reply0')?.status).toBe('waiting');
  });

  test('keeps to the set pace', async () => {
    const { queue, add } = start(fine, 20);
    for (let index = 0; index < 6; index += 1) add(`a${index}`);
    const begin = performance.now();
    queue.wake();
    await queue.drain();
    // One at once, then one every 50 ms.
    expect(performance.now() - begin).toBeGreaterThan(240);
  });
});
