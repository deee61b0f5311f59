import type { Content } from '../knowledge/content.ts';
import { describeError, type Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { sayAtEdge } from '../say-at-edge.ts';
import type { Store } from '../store/open-store.ts';
import type { RoomRecord } from '../store/room-table.ts';
import type { DecideAccess } from './access.ts';
import { backOff, pause } from './back-off.ts';
import { classifyFailure } from './classify-failure.ts';
import { fillGap } from './fill-gap.ts';
import type { Homeserver } from './homeserver.ts';
import { isRecord, serverOf } from './parse-event.ts';
import type { ReadingContext } from './read-event.ts';
import { receiveEvent } from './receive-batch.ts';

export interface HousekeepingOptions {
  readonly store: Store;
  readonly homeserver: Homeserver;
  readonly botUserId: string;
  readonly contextOf: (roomId: string) => ReadingContext;
  readonly decideAccess: DecideAccess;
  readonly content: () => Content;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  /** Events were journalled. */
  readonly onJournalled: () => void;
}

/** Milliseconds that /sync may take to show a join. */
const longestUnderway = 60_000;

/**
 * What the store says is left to do about rooms: invitations to take or decline, upgraded rooms to follow, gaps to read
 * again. The store is the list of tasks, so that a restart forgets none.
 */
export function createHousekeeping(options: HousekeepingOptions): { wake(): void; drain(): Promise<void> } {
  const { store, homeserver, log, metrics, signal } = options;
  /** Joins asked for that /sync has not shown yet, and when. */
  const underway = new Map<string, number>();
  let running: Promise<void> | null = null;
  let again = false;
  let failures = 0;

  function wake(): void {
    again = true;
    running ??= run().finally(() => {
      running = null;
    });
  }

  async function run(): Promise<void> {
    while (again && !signal.aborted) {
      again = false;
      forgetShown();
      const tasks = [
        ...store.rooms.list('invite').map((room) => () => answerInvitation(room)),
        ...store.rooms.listUpgraded().map((room) => () => followUpgrade(room)),
        ...store.gaps.list().map((gap) => () => readGap(gap)),
      ];
      for (const task of tasks) {
        if (signal.aborted) return;
        await attempt(task);
      }
    }
  }

  /** What /sync has shown, or will not show any more: shown out in the same moment, the bot may be invited again. */
  function forgetShown(): void {
    for (const [room, since] of underway) {
      const shown = store.rooms.read(room)?.membership !== 'invite';
      if (shown || Date.now() - since > longestUnderway) underway.delete(room);
    }
  }

  /** Tries once; trouble and rate limits come back later, refusals do not. */
  async function attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const failure = classifyFailure(error);
      // The sync loop meets the same refusal and ends the process.
      if (failure.kind === 'token') return;
      failures += 1;
      log.warn('Entretien des salons : échec, nouvel essai', {
        cause: describeError(error),
        essai: failures,
      });
      await pause(
        failure.kind === 'rate-limited' ? failure.retryAfter : backOff(failures, 500, 15_000),
        signal,
      );
      again = true;
    }
  }

  async function answerInvitation(room: RoomRecord): Promise<void> {
    if (underway.has(room.id) || room.inviter === null) return;
    const access = options.decideAccess(room.inviter, room.id);
    if (!access.allowed) return decline(room, room.inviter, access.refusal);
    const joined = await join(room.id, [serverOf(room.inviter)]);
    if (joined) underway.set(room.id, Date.now());
    else store.rooms.update(room.id, { membership: 'leave', note: 'join refused' });
  }

  /** A polite word once, in the reason of the refusal; the bot never enters the room. */
  async function decline(
    room: RoomRecord,
    inviter: string,
    refusal: 'refus-acces' | 'refus-externe',
  ): Promise<void> {
    const first = store.notices.claim(inviter, 'refused', Date.now());
    const reason = first ? { reason: sayAtEdge(options.content(), refusal) } : {};
    await leave(room.id, reason);
    metrics.count('assistant_refused_total', refusal);
    store.rooms.update(room.id, { membership: 'leave' });
    log.info('Invitation refusée', { salon: log.hash(room.id), par: log.hash(inviter), motif: refusal });
  }

  /**
   * A tombstone only says where a room has gone; whoever made the new one says where it comes from. Both must agree,
   * or anybody could lead the bot anywhere.
   */
  async function followUpgrade(room: RoomRecord): Promise<void> {
    const { replacement } = room;
    if (replacement === null) return;
    const servers = [...new Set(store.rooms.readMembers(room.id).map(({ user }) => serverOf(user)))].slice(
      0,
      3,
    );
    if (!(await join(replacement, servers))) {
      // Perhaps by invitation only: the invitation, should it come, is answered like any other.
      store.rooms.update(room.id, { note: 'upgraded, replacement refused' });
      return;
    }
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(replacement)}/state/m.room.create/`;
    const create = await homeserver.call('GET', path, undefined, undefined, { signal });
    const predecessor =
      isRecord(create) && isRecord(create['predecessor']) ? create['predecessor']['room_id'] : null;
    if (predecessor !== room.id) {
      log.warn('Salon mis à niveau : le nouveau salon ne reconnaît pas l’ancien, il est quitté', {
        salon: log.hash(room.id),
      });
      await leave(replacement, {});
      store.rooms.update(room.id, { note: 'upgraded, replacement not genuine' });
      return;
    }
    store.transaction(() => {
      // It is the same room for people: no second introduction.
      store.notices.claim(replacement, 'arrival', Date.now());
      store.rooms.update(room.id, { note: 'upgraded' });
      if (room.direct) store.rooms.update(replacement, { membership: 'invite', direct: true });
    });
    log.info('Salon mis à niveau : l’assistant a suivi', { salon: log.hash(room.id) });
  }

  async function readGap(gap: { room: string; from: string; to: string }): Promise<void> {
    const events = await fillGap(homeserver, gap.room, gap.from, gap.to, () => false, signal);
    store.transaction(() => {
      for (const event of events) receiveEvent(gap.room, event, true, { ...options, now: Date.now() });
      store.gaps.remove(gap);
    });
    options.onJournalled();
  }

  /** False when the homeserver will not have it. */
  async function join(room: string, servers: readonly string[]): Promise<boolean> {
    const path = `/_matrix/client/v3/join/${encodeURIComponent(room)}`;
    // matrix-bot-sdk's HTTP layer repeats no parameter: the first server is the one that knows.
    const [via] = servers;
    try {
      const query = via === undefined ? {} : { server_name: via, via };
      await homeserver.call('POST', path, query, {}, { signal, timeout: 120_000 });
      return true;
    } catch (error) {
      const failure = classifyFailure(error);
      if (failure.kind !== 'forbidden' && failure.kind !== 'rejected') throw error;
      log.warn('Salon inaccessible', { salon: log.hash(room), cause: failure.reason });
      return false;
    }
  }

  async function leave(room: string, body: object): Promise<void> {
    try {
      await homeserver.call(
        'POST',
        `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/leave`,
        undefined,
        body,
        {
          signal,
        },
      );
    } catch (error) {
      const failure = classifyFailure(error);
      // Not in it any more: so much the better.
      if (failure.kind !== 'forbidden' && failure.kind !== 'rejected') throw error;
    }
  }

  return {
    wake,
    async drain() {
      again = false;
      await running;
    },
  };
}
