import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPace } from '../../../src/matrix/sending/pace.ts';
import { createReceipts } from '../../../src/matrix/sending/receipts.ts';
import type { EventId, RoomId } from '../../../src/messages/ids.ts';
import type { IncomingMessage } from '../../../src/messages/incoming-message.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(queue: { rooms: number; busy: boolean }) {
  const calls: string[] = [];
  const receipts = createReceipts({
    homeserver: {
      url: '',
      call: async (_method, path) => {
        calls.push(decodeURIComponent(path).split('/').slice(5).join('/'));
        return {};
      },
    },
    botUserId: '@bot:ici',
    pace: createPace(0),
    sendQueue: {
      wake: () => undefined,
      isBusy: () => queue.busy,
      get rooms() {
        return queue.rooms;
      },
      get idle() {
        return !queue.busy;
      },
      answersGone: async () => undefined,
      drain: async () => undefined,
    },
    signal: new AbortController().signal,
  });
  return { calls, receipts };
}

const message = (id: EventId, room: RoomId = '!dm:ici'): IncomingMessage => ({
  id,
  room,
  conversation: room,
  place: 'dm',
  sender: '@ana:ici',
  thread: null,
  sentAt: 0,
  late: false,
  input: { type: 'text', text: 'bonjour' },
});

test('a message without an answer shows as read after a second', async () => {
  const { calls, receipts } = start({ rooms: 0, busy: false });
  receipts.taken(message('$1'));
  await vi.advanceTimersByTimeAsync(900);
  expect(calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(600);
  expect(calls).toEqual(['!dm:ici/receipt/m.read/$1']);
});

test('as long as answers go out, the receipts of answered messages wait, then one a room goes', async () => {
  const { calls, receipts } = start({ rooms: 0, busy: false });
  for (let index = 0; index < 10; index += 1) {
    receipts.taken(message(`$${index}`));
    await vi.advanceTimersByTimeAsync(100);
    receipts.sent('!dm:ici');
    await vi.advanceTimersByTimeAsync(400);
  }
  expect(calls).toEqual([]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(calls).toEqual(['!dm:ici/receipt/m.read/$9']);
});

test('an answer that takes its time is announced', async () => {
  const { calls, receipts } = start({ rooms: 1, busy: true });
  receipts.taken(message('$1'));
  await vi.advanceTimersByTimeAsync(450);
  expect(calls).toEqual(['!dm:ici/typing/@bot:ici']);
});

test('when many wait, no typing notice goes before their answers', async () => {
  const { calls, receipts } = start({ rooms: 20, busy: true });
  for (let index = 0; index < 20; index += 1) receipts.taken(message(`$${index}`, `!${index}:ici`));
  await vi.advanceTimersByTimeAsync(2_000);
  expect(calls).toEqual([]);
});
