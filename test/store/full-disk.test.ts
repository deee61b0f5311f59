import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bot, createBot } from '../../src/bot/bot.ts';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { createReadingContext } from '../../src/matrix/reading/reading-context.ts';
import { createIntake } from '../../src/matrix/sync/intake.ts';
import { parseSync } from '../../src/matrix/sync/parse-sync.ts';
import { receiveBatch } from '../../src/matrix/sync/receive-batch.ts';
import type { EventId } from '../../src/messages/ids.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';
import { createLog } from '../../src/operations/log.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { botUserId, makeContext } from '../matrix/reading/make-context.ts';
import { mountSmallDisk } from './small-disk.ts';

const brain = await loadBrain(projectRoot);
const disk = mountSmallDisk(32);
afterAll(() => disk.remove());

describe.skipIf(!disk.mounted)('a full disk', () => {
  const { path, fill, free } = disk;
  const room = '!dm:agent.interieur.tchap.gouv.fr';
  const agent = '@marie:agent.interieur.tchap.gouv.fr';
  const noon = 1_700_000_000_000;
  let count = 0;
  let store: Store;

  beforeEach(() => {
    count += 1;
    store = openStore(join(path, `assistant-${count}.sqlite`));
    store.rooms.update(room, { membership: 'join', direct: true, stateKnown: true });
    store.settings.write('sync-token', 's1');
  });
  afterEach(() => {
    free();
    store.close();
  });

  /** Larger than SQLite's cache of 2 MB: it has to write to the disk before the transaction ends. */
  const events = Array.from({ length: 1_200 }, (_, index) => ({
    event_id: `$${index}`,
    type: 'm.room.message',
    sender: agent,
    origin_server_ts: noon,
    content: { msgtype: 'm.text', body: `mon vpn marche pas ${'et je reste bloquée '.repeat(150)}` },
    unsigned: { age: 10 },
  }));

  function receive(given: readonly object[], failed: unknown[] = []): void {
    const batch = parseSync({
      next_batch: 's2',
      rooms: { join: { [room]: { timeline: { events: given } } } },
    });
    if (!batch) throw new Error('the test made a malformed batch');
    const contextOf = createReadingContext(store, { userId: botUserId, displayName: 'Assistant' }, []);
    const onFailed = (error: unknown): void => void failed.push(error);
    store.transaction(() =>
      receiveBatch(batch, {
        store,
        botUserId,
        contextOf,
        now: noon,
        since: 's1',
        states: new Map(),
        onFailed,
      }),
    );
  }

  function readOutcome() {
    return { token: store.settings.read('sync-token'), events: store.journal.countWaiting() };
  }

  /** What is too much for the room that `fill` left. */
  function writeTooMuch(): void {
    for (let index = 0; index < 1_200; index += 1) {
      store.notices.claim(`${index} ${'x'.repeat(4_000)}`, 'flood', noon);
    }
  }

  test.each([
    ['early', 1_000_000],
    ['near its end', 3_100_000],
    ['at its commit', 4_800_000],
  ])('met %s in a batch loses none of its events: its token is not stored without them', (_, left) => {
    fill(left);
    const failed: unknown[] = [];
    let thrown: unknown;
    try {
      receive(events, failed);
    } catch (error) {
      thrown = error;
    }
    expect({ ...readOutcome(), failed }).toEqual({ token: 's1', events: 0, failed: [] });
    expect(thrown).toMatchObject({ message: 'database or disk is full' });
  });

  test('with room again, the same batch is received whole, without a restart', () => {
    fill(1_000_000);
    expect(() => receive(events)).toThrow('database or disk is full');
    free();
    receive(events);
    expect(readOutcome()).toEqual({ token: 's2', events: events.length });
  });

  test('met while the file is made is told with its remedy, and with room again it is made', () => {
    fill(8_192);
    const opened = join(path, `neuf-${count}.sqlite`);
    expect(() => openStore(opened)).toThrow('que le disque n’est pas plein');
    free();
    const made = openStore(opened);
    made.settings.write('sync-token', 's1');
    made.close();
  });

  test('lets nothing through of a transaction whose work goes on after the refusal', () => {
    fill(1_000_000);
    const refusals: unknown[] = [];
    const attempt = (work: () => unknown): void => {
      try {
        work();
      } catch (error) {
        refusals.push(error);
      }
    };
    let thrown: unknown;
    try {
      store.transaction(() => {
        attempt(writeTooMuch);
        attempt(() => store.settings.write('sync-token', 's2'));
        attempt(() => store.settings.read('sync-token'));
        attempt(() => store.transaction(() => store.settings.write('sync-token', 's3')));
      });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ message: 'database or disk is full' });
    expect(refusals).toEqual([thrown, thrown, thrown, thrown]);
    expect(store.settings.read('sync-token')).toBe('s1');
  });

  test('inside a nested transaction ends the outer one too', () => {
    fill(1_000_000);
    expect(() =>
      store.transaction(() => {
        store.settings.write('sync-token', 's2');
        try {
          store.transaction(writeTooMuch);
        } catch {
          store.settings.write('last-sync', '1');
        }
      }),
    ).toThrow('database or disk is full');
    expect(store.settings.read('sync-token')).toBe('s1');
    expect(store.settings.read('last-sync')).toBeNull();
    free();
    store.transaction(() => store.settings.write('sync-token', 's2'));
    expect(store.settings.read('sync-token')).toBe('s2');
  });

  test('is told by readiness until something could be written again', () => {
    expect(store.isWritable()).toBe(true);
    fill(1_000_000);
    expect(() => store.transaction(writeTooMuch)).toThrow('database or disk is full');
    // A transaction that changes nothing goes through on a full disk.
    store.transaction(() => undefined);
    expect(store.isWritable()).toBe(false);
    free();
    store.settings.write('last-sync', '1');
    expect(store.isWritable()).toBe(true);
  });

  test('is no failure of the conversation: the message is as if it had not been handled', async () => {
    const bot = createBot({
      store,
      brain: () => brain,
      respond: () => {
        writeTooMuch();
        throw new Error('unreachable');
      },
      render: renderReply,
    });
    store.journal.add(entryOf('$1'));
    fill(1_000_000);
    await expect(bot.handle(messageOf('$1'))).rejects.toThrow('database or disk is full');
    expect(store.journal.find('$1')?.status).toBe('waiting');
    expect(store.outgoing.readWaiting(0, 10)).toEqual([]);
  });

  test('sets no message aside: it waits, the next of its room behind it, and goes on by itself', async () => {
    const handled: string[] = [];
    const bot: Bot = {
      handle: async ({ id }) => {
        store.transaction(() => {
          writeTooMuch();
          store.journal.finish(id, 'done');
        });
        handled.push(id);
        return { turn: null, outgoing: [], error: null };
      },
      passTime: () => [],
      drain: async () => undefined,
    };
    const lines: string[] = [];
    const intake = createIntake({
      store,
      bot,
      encryption: null,
      contextOf: () => makeContext(),
      decideAccess: () => ({ allowed: true }),
      decideFlood: () => 'fine',
      isHeld: () => false,
      content: () => brain.content,
      render: renderReply,
      log: createLog({ level: 'warn', secret: 's', write: (line) => lines.push(line) }),
      metrics: createMetrics(),
      onOutgoing: () => undefined,
      onTaken: () => undefined,
    });
    store.journal.add(entryOf('$1'));
    store.journal.add(entryOf('$2'));
    fill(1_000_000);
    intake.wake();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((['$1', '$2'] as const).map((id) => store.journal.find(id)?.status)).toEqual([
      'waiting',
      'waiting',
    ]);
    expect(lines.join()).toContain('database or disk is full');
    free();
    await intake.settled();
    expect((['$1', '$2'] as const).map((id) => store.journal.find(id)?.status)).toEqual(['done', 'done']);
    expect(handled).toEqual(['$1', '$2']);
  });

  function entryOf(eventId: EventId) {
    const raw = JSON.stringify({ ...events[0], event_id: eventId });
    const now = Date.now();
    return { eventId, room, sender: agent, sentAt: now, receivedAt: now, late: false, raw } as const;
  }

  function messageOf(id: EventId): IncomingMessage {
    return {
      id,
      conversation: room,
      room,
      place: 'dm',
      sender: agent,
      thread: null,
      sentAt: noon,
      late: false,
      input: { type: 'text', text: 'mon vpn marche pas' },
    };
  }
});
