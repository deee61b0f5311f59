import type { Encryption } from '../../encryption/encryption.ts';
import type { RoomId, UserId } from '../../messages/ids.ts';
import { describeError, type Log } from '../../operations/log.ts';
import type { Metrics } from '../../operations/metrics.ts';
import type { Store } from '../../store/open-store.ts';
import type { AnnounceSetAside } from '../announce-set-aside.ts';
import { backOff, pause } from '../homeserver/back-off.ts';
import { classifyFailure, refuseToken } from '../homeserver/failure.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { RoomEvent } from '../reading/parse-event.ts';
import type { ReadingContext } from '../reading/read-event.ts';
import { readCurrentState } from '../rooms/read-current-state.ts';
import { isBehind, isLatestEventGone } from './detect-rollback.ts';
import { type JoinedRoom, parseSync, type SyncBatch } from './parse-sync.ts';
import { receiveBatch } from './receive-batch.ts';
import { beginResync, distrustDevices, readNewer, readResync } from './resync.ts';

export interface SyncOptions {
  readonly homeserver: Homeserver;
  readonly store: Store;
  readonly botUserId: UserId;
  readonly contextOf: (roomId: RoomId) => ReadingContext;
  readonly encryption: Encryption | null;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly announceSetAside?: AnnounceSetAside | undefined;
  /** Called when a batch is stored; the next is asked for when it resolves. */
  readonly onStored: () => Promise<void>;
  /** The homeserver has come back older than it was, and the rooms are being read again. */
  readonly onRollback?: () => void;
  /** Milliseconds that the homeserver may keep us waiting. */
  readonly longPoll?: number;
  readonly clock?: () => number;
}

/**
 * The filter is sent whole with each call rather than stored on the homeserver: the token alone says where the bot is,
 * so that a new version with another filter replays nothing.
 */
const filter = JSON.stringify({
  presence: { not_types: ['*'] },
  account_data: { not_types: ['*'] },
  room: {
    timeline: { limit: 50 },
    ephemeral: { not_types: ['*'] },
    account_data: { not_types: ['*'] },
  },
});

/** Milliseconds that the states of the rooms of a batch may take, together. */
const longestStateReading = 3_000;
const statesAtOnce = 8;
/** Milliseconds between two tries while the account is refused, at most. */
const longestRefusal = 300_000;

/**
 * Syncs until `signal` ends. Every batch is stored, with its token, before the next is asked for.
 * Rejects with a SessionError (`token-refused`) only: any other failure is logged, and the sync tried again.
 */
export async function runSync(options: SyncOptions): Promise<void> {
  const { store, signal, log, metrics } = options;
  let failures = 0;
  let started = false;
  /** The homeserver has answered without a break since its latest event was seen to be there. */
  let unbroken = false;
  while (!signal.aborted) {
    try {
      const since = store.settings.read('sync-token');
      if (
        !unbroken &&
        since !== null &&
        (await isLatestEventGone(options.homeserver, store, Date.now(), signal))
      )
        startAgain(options);
      unbroken = true;
      // The first sync does not wait for news: people already wait for an answer to what they wrote while the bot was away.
      const batch = await readBatch(options, started ? (options.longPoll ?? 30_000) : 0);
      if (since !== null && isBehind(batch.next, since)) {
        startAgain(options);
        continue;
      }
      await takeBatch(batch, options);
      started = true;
      failures = 0;
      await options.onStored();
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      unbroken = false;
      const failure = classifyFailure(error);
      metrics.count('assistant_sync_failures_total', failure.kind);
      if (failure.kind === 'token') throw refuseToken(error);
      const wait =
        failure.kind === 'rate-limited'
          ? failure.retryAfter
          : failure.kind === 'account'
            ? backOff(failures, 5_000, longestRefusal)
            : backOff(failures);
      log.warn('Synchronisation impossible pour le moment, nouvel essai', {
        essai: failures,
        attente_ms: Math.round(wait),
        cause: failure.kind === 'trouble' ? describeError(error) : failure.kind,
      });
      await pause(wait, signal);
    }
  }
}

function startAgain({ store, log, metrics, onRollback }: SyncOptions): void {
  metrics.count('assistant_rollbacks_total');
  log.error(
    'Le serveur Matrix est revenu à un état plus ancien : une sauvegarde y a sans doute été restaurée. Relecture des salons',
  );
  beginResync(store, Date.now());
  onRollback?.();
}

async function readBatch({ homeserver, store, signal }: SyncOptions, timeout: number): Promise<SyncBatch> {
  const since = store.settings.read('sync-token');
  const answer = await homeserver.call(
    'GET',
    '/_matrix/client/v3/sync',
    { filter, timeout: String(timeout), set_presence: 'online', ...(since === null ? {} : { since }) },
    undefined,
    // A first sync of many rooms takes the homeserver long.
    { signal, timeout: since === null ? 300_000 : timeout + 60_000 },
  );
  const batch = parseSync(answer);
  if (!batch) throw new Error('the answer of /sync holds no next_batch');
  return batch;
}

async function takeBatch(batch: SyncBatch, options: SyncOptions): Promise<void> {
  const { store, botUserId, contextOf, encryption, log, metrics } = options;
  const onFailed = (error: unknown): void => {
    metrics.count('assistant_failed_events_total');
    log.error('Événement mis de côté à son arrivée', { cause: describeError(error) });
    options.announceSetAside?.((options.clock ?? Date.now)());
  };
  // The keys are stored before the timeline that needs them, and before the token, which lets the homeserver forget them.
  const resyncAfter = readResync(store);
  await encryption?.receiveSync(resyncAfter === null ? batch.crypto : distrustDevices(batch.crypto, store));
  const since = store.settings.read('sync-token');
  // In the ordinary way, what limited timelines left out is read beside the sync (read-gap.ts).
  const newer = resyncAfter === null ? new Map() : await readAllNewer(batch, resyncAfter, options);
  // A sync from nothing gives the state as it is now.
  const states = resyncAfter === null ? await readStates(batch, options) : new Map();
  const now = (options.clock ?? Date.now)();
  const verification = store.transaction(() =>
    receiveBatch(batch, { store, botUserId, contextOf, now, since, newer, states, resyncAfter, onFailed }),
  );
  if (batch.malformed > 0) log.warn('Événements mal formés laissés de côté', { nombre: batch.malformed });
  for (const { room, event } of verification) {
    await encryption?.receiveVerificationEvent(room, event).catch((error: unknown) => {
      log.warn('Vérification d’appareil : événement refusé', { cause: describeError(error) });
    });
  }
}

/** In a resync. A room that cannot be read does not keep the others waiting. */
async function readAllNewer(
  batch: SyncBatch,
  after: number,
  { homeserver, log, signal }: SyncOptions,
): Promise<ReadonlyMap<RoomId, readonly RoomEvent[]>> {
  const newer = new Map<RoomId, readonly RoomEvent[]>();
  for (const room of batch.joined) {
    for (let attempt = 1; !newer.has(room.id); attempt += 1) {
      try {
        newer.set(room.id, await readNewer(homeserver, room, after, Date.now(), signal));
      } catch (error) {
        const failure = classifyFailure(error);
        if (signal.aborted || failure.kind === 'token' || failure.kind === 'account') throw error;
        if (failure.kind === 'forbidden' || failure.kind === 'rejected' || attempt === 3) {
          log.warn('Salon illisible : seuls ses derniers messages sont pris', { salon: log.hash(room.id) });
          newer.set(room.id, []);
        } else await pause(failure.kind === 'rate-limited' ? failure.retryAfter : backOff(attempt), signal);
      }
    }
  }
  return newer;
}

/**
 * The value is null for a room whose state cannot be read now: nothing is sent there before it has been read
 * (housekeeping.ts). All together get a few seconds: the messages of every room of the batch wait for them.
 */
async function readStates(
  batch: SyncBatch,
  options: SyncOptions,
): Promise<ReadonlyMap<RoomId, readonly RoomEvent[] | null>> {
  const states = new Map<RoomId, readonly RoomEvent[] | null>();
  // A room that the bot was not in comes with its current state, which needs no second reading.
  const waiting = batch.joined.filter(
    ({ id, state }) => state.length > 0 && options.store.rooms.read(id)?.membership === 'join',
  );
  if (waiting.length === 0) return states;
  const inTime = AbortSignal.any([options.signal, AbortSignal.timeout(longestStateReading)]);
  const readNext = async (): Promise<void> => {
    for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) {
      states.set(room.id, await tryState(room, inTime, options));
    }
  };
  await Promise.all(Array.from({ length: statesAtOnce }, readNext));
  return states;
}

async function tryState(
  room: JoinedRoom,
  inTime: AbortSignal,
  { homeserver, log, signal }: SyncOptions,
): Promise<RoomEvent[] | null> {
  try {
    return await readCurrentState(homeserver, room, inTime);
  } catch (error) {
    if (signal.aborted || classifyFailure(error).kind === 'token') throw error;
    log.warn('État d’un salon illisible, il sera relu avant le prochain envoi', {
      salon: log.hash(room.id),
    });
    return null;
  }
}
