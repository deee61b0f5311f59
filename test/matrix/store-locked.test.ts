import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MatrixError } from 'matrix-bot-sdk/lib/models/MatrixError.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bot } from '../../src/bot/bot.ts';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { createHousekeeping } from '../../src/matrix/rooms/housekeeping.ts';
import { createPace } from '../../src/matrix/sending/pace.ts';
import { createSendQueue, type SendOne } from '../../src/matrix/sending/send-queue.ts';
import { createIntake } from '../../src/matrix/sync/intake.ts';
import type { EventId, OutgoingId, RoomId } from '../../src/messages/ids.ts';
import { createLog } from '../../src/operations/log.ts';
import { createMetrics, type Metrics } from '../../src/operations/metrics.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { lockStore } from '../store/lock-store.ts';
import { botUserId, makeContext } from './reading/make-context.ts';

const { content } = await loadBrain(projectRoot);
const room = '!a:agent.interieur.tchap.gouv.fr' as const;
const agent = '@ana.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr' as const;

describe('while another process holds the lock of the store', () => {
  let folder: string;
  let path: string;
  let store: Store;
  /** An unhandled rejection ends Node. */
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  let watchers: NodeJS.UnhandledRejectionListener[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'verrou-'));
    path = join(folder, 'assistant.db');
    store = openStore(path);
    unhandled.length = 0;
    watchers = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
    for (const watcher of watchers) process.on('unhandledRejection', watcher);
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const log = createLog({ level: 'error', secret: 's', write: () => undefined });

  function addOutgoing(id: OutgoingId, address: RoomId): void {
    store.outgoing.add(
      {
        id,
        origin: 'reply',
        turnId: '$question',
        conversation: address,
        address,
        agent,
        thread: null,
        content: { type: 'message', text: id, html: id, inReplyTo: null, mention: null },
      },
      0,
    );
  }

  function startQueue(sendOne: SendOne) {
    const stop = new AbortController();
    const queue = createSendQueue({
      store,
      sendOne,
      pace: createPace(0),
      log,
      metrics: createMetrics(),
      signal: stop.signal,
      onTokenRefused: () => undefined,
      onSent: () => undefined,
      announceSetAside: () => undefined,
      width: 4,
    });
    return { queue, stop };
  }

  test('a refused send does not end the process: the room is closed once the lock is free, the others go on', async () => {
    addOutgoing('a-reply1', room);
    addOutgoing('b-reply1', '!b:ici');
    const sent: string[] = [];
    const { queue, stop } = startQueue(async (message) => {
      if (message.address === room) {
        if (store.outgoing.find('a-reply1')?.attempted === false) {
          store.outgoing.markAttempted('a-reply1', null);
          lockStore(path);
        }
        throw new MatrixError({ errcode: 'M_FORBIDDEN', error: '', retry_after_ms: 0 }, 403);
      }
      sent.push(message.id);
      return { kind: 'sent', eventId: '$b1', room: '!b:ici' };
    });
    queue.wake();
    await expect.poll(() => store.outgoing.find('a-reply1')?.status, { timeout: 15_000 }).toBe('failed');
    await queue.drain();
    stop.abort();
    expect(unhandled).toEqual([]);
    expect(store.outgoing.find('b-reply1')?.status).toBe('sent');
  });

  function startIntake(change: { readonly refuse?: boolean; readonly metrics?: Metrics } = {}) {
    const handled: string[] = [];
    const bot: Bot = {
      handle: async ({ id }) => {
        store.journal.finish(id, 'done');
        handled.push(id);
        return { turn: null, outgoing: [], error: null };
      },
      passTime: () => [],
      drain: async () => undefined,
    };
    const intake = createIntake({
      store,
      bot,
      encryption: null,
      contextOf: () => makeContext(),
      decideAccess: () =>
        change.refuse ? { allowed: false, refusal: 'refus-acces' } : { allowed: true as const },
      decideFlood: () => 'fine',
      isHeld: () => false,
      content: () => content,
      render: renderReply,
      log,
      metrics: change.metrics ?? createMetrics(),
      onOutgoing: () => undefined,
      onTaken: () => undefined,
    });
    return { intake, handled };
  }

  function receive(eventId: EventId): void {
    const event = {
      event_id: eventId,
      type: 'm.room.message',
      sender: agent,
      origin_server_ts: 1,
      content: { msgtype: 'm.text', body: 'bonjour' },
    };
    const now = Date.now();
    const entry = { eventId, room, sender: agent, sentAt: now, receivedAt: now, late: false };
    store.journal.add({ ...entry, raw: JSON.stringify(event) });
  }

  test('a key that comes is not forgotten: what it opens is read once the lock is free', async () => {
    const { intake, handled } = startIntake();
    receive('$1');
    store.journal.markUndecryptable('$1', 'session', 'MissingRoomKey');
    lockStore(path);
    // The crypto library calls this; an exception in it would end the process, and the key is announced once.
    expect(() => intake.retry(room, 'session')).not.toThrow();
    await expect.poll(() => handled, { timeout: 15_000 }).toEqual(['$1']);
    expect(unhandled).toEqual([]);
  });

  test('the sentence of a refusal is said, though the store refused it at first', async () => {
    const metrics = createMetrics();
    let locked = false;
    const { intake } = startIntake({
      refuse: true,
      metrics: {
        ...metrics,
        count(...given) {
          // Just before the answer is written.
          if (given[0] === 'assistant_ignored_total' && !locked) {
            locked = true;
            try {
              lockStore(path);
            } catch {
              // The bot holds the lock itself: nothing can come in between.
            }
          }
          metrics.count(...given);
        },
      },
    });
    receive('$1');
    intake.wake();
    await intake.settled();
    expect(locked).toBe(true);
    expect(store.outgoing.readWaiting(0, 10)).toHaveLength(1);
  });

  test('the reason of a declined invitation is given, though the homeserver refused it at first', async () => {
    const reasons: unknown[] = [];
    const stop = new AbortController();
    const housekeeping = createHousekeeping({
      store,
      homeserver: {
        url: '',
        call: async (_method, _path, _query, body) => {
          reasons.push((body as { reason?: string }).reason);
          if (reasons.length === 1) throw new TypeError('fetch failed');
          return {};
        },
      },
      botUserId,
      contextOf: () => makeContext(),
      decideAccess: () => ({ allowed: false, refusal: 'refus-acces' }),
      keptRooms: new Set(),
      content: () => content,
      log,
      metrics: createMetrics(),
      signal: stop.signal,
      readState: async () => undefined,
      onJournalled: () => undefined,
    });
    store.rooms.update(room, { membership: 'invite', inviter: agent });
    housekeeping.wake();
    await expect.poll(() => store.rooms.read(room)?.membership, { timeout: 10_000 }).toBe('leave');
    stop.abort();
    expect(reasons).toEqual([expect.stringContaining('réservé'), expect.stringContaining('réservé')]);
  });

  test('one event that cannot be taken does not keep back the others of its gap', async () => {
    let read = 0;
    const stop = new AbortController();
    const housekeeping = createHousekeeping({
      store,
      homeserver: {
        url: '',
        call: async () => ({
          chunk: ['$3', '$2', '$1'].map((event_id) => ({
            event_id,
            type: 'm.room.message',
            sender: agent,
            origin_server_ts: 1,
            content: { msgtype: 'm.text', body: 'bonjour' },
          })),
        }),
      },
      botUserId,
      contextOf() {
        read += 1;
        if (read % 3 === 2) throw new Error('défaut');
        return makeContext();
      },
      decideAccess: () => ({ allowed: true }),
      keptRooms: new Set(),
      content: () => content,
      log,
      metrics: createMetrics(),
      signal: stop.signal,
      readState: async () => undefined,
      onJournalled: () => undefined,
    });
    store.gaps.add({ room, from: 't2', to: 't1', fromJoin: false, since: Date.now(), afterSeq: 0 });
    housekeeping.wake();
    await expect.poll(() => store.gaps.list(), { timeout: 5_000 }).toEqual([]);
    stop.abort();
    expect((['$1', '$2', '$3'] as const).map((id) => store.journal.find(id)?.status)).toEqual([
      'waiting',
      'failed',
      'waiting',
    ]);
  });
});
