import { say } from '../../conversation/rendering/say.ts';
import type { Content } from '../../knowledge/content.ts';
import type { RoomId, UserId } from '../../messages/ids.ts';
import { describeError, type Log } from '../../operations/log.ts';
import type { Metrics } from '../../operations/metrics.ts';
import type { Gap } from '../../store/gap-table.ts';
import type { Store } from '../../store/open-store.ts';
import type { RoomRecord } from '../../store/room-table.ts';
import type { AnnounceSetAside } from '../announce-set-aside.ts';
import { classifyFailure, type Failure } from '../homeserver/failure.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import { isRecord, serverOf } from '../reading/parse-event.ts';
import type { ReadingContext } from '../reading/read-event.ts';
import { longestHold, readGap } from '../sync/read-gap.ts';
import { releaseGap } from '../sync/receive-batch.ts';
import type { DecideAccess } from './access.ts';
import { createTaskRunner, type Task, type TaskRunner } from './task-runner.ts';

export interface HousekeepingOptions {
  readonly store: Store;
  readonly homeserver: Homeserver;
  readonly botUserId: UserId;
  readonly contextOf: (roomId: RoomId) => ReadingContext;
  readonly decideAccess: DecideAccess;
  /** The support salon and the administrators' room: the bot never leaves them by itself. */
  readonly keptRooms: ReadonlySet<RoomId>;
  readonly content: () => Content;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  readonly announceSetAside?: AnnounceSetAside | undefined;
  /** Reads the whole state of a room; rejects when it cannot be known. */
  readonly readState: (room: RoomId) => Promise<void>;
  /** Events were journalled. */
  readonly onJournalled: () => void;
}

export type Housekeeping = TaskRunner;

/** Milliseconds for the first try of a join; each further one may take twice as long. */
const shortestJoin = 10_000;
/** Tries of a join before the invitation is given up: a day and more, with the waits between them. */
const mostJoinTries = 300;
/** Rooms of one inviter that the bot is in, at most. */
const mostRoomsOfInviter = 50;
/** Rooms that the bot is in, at most. */
const mostRooms = 50_000;
/** Milliseconds after which a join that /sync has not shown is taken for one that it will not show. */
const longestUnderway = 60_000;

/**
 * What the store says is left to do about rooms: invitations to take or decline, upgraded rooms to follow, gaps to read
 * again. The store is the list of tasks, so that a restart forgets none.
 */
export function createHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { store, homeserver, log, metrics, signal } = options;
  /** Joins asked for that /sync has not shown yet, and when. */
  const underway = new Map<RoomId, number>();
  const runner = createTaskRunner({ list: listTasks, log, signal });

  /** The store is the list: a restart forgets no task. */
  function listTasks(): readonly Task[] {
    forgetShown();
    return [
      ...store.rooms.list('invite').map(toInvitation),
      ...store.rooms.listUpgraded().map((room) => ({
        key: `upgrade ${room.id}`,
        group: room.id,
        run: () => followUpgrade(room),
        onFailure: (failure: Failure, failures: number) => {
          if (failure.kind !== 'account' && failures >= mostJoinTries)
            store.rooms.update(room.id, { note: 'upgraded, replacement refused' });
        },
      })),
      ...store.gaps.list().map(toGapTask),
      ...store.rooms.listUnknown().map((room) => ({
        key: `state ${room}`,
        group: room,
        run: () => options.readState(room),
      })),
    ];
  }

  function toInvitation(room: RoomRecord): Task {
    return {
      key: `invitation ${room.id}`,
      group: room.inviter ?? room.id,
      run: (failures) => answerInvitation(room, failures),
      onFailure(failure, failures) {
        if (failure.kind !== 'account' && failures >= mostJoinTries) closeInvitation(room.id, 'join failed');
      },
    };
  }

  function toGapTask(gap: Gap): Task {
    return {
      key: `gap ${gap.room} ${gap.from}`,
      group: gap.room,
      async run(failures) {
        await readGap(gap, { ...options, onFailed }, failures);
        options.onJournalled();
      },
      onFailure() {
        if (!gap.holds || Date.now() - gap.since < longestHold) return;
        log.warn('Historique incomplet dans un salon : la suite est lue sans l’attendre', {
          salon: log.hash(gap.room),
        });
        releaseGap(gap, store);
        options.onJournalled();
      },
    };
  }

  /** Forgets joins that /sync has shown, or will not show: if the bot was shown out at once, it may be invited again. */
  function forgetShown(): void {
    for (const [room, since] of underway) {
      const shown = store.rooms.read(room)?.membership !== 'invite';
      if (shown || Date.now() - since > longestUnderway) underway.delete(room);
    }
  }

  async function answerInvitation({ id }: RoomRecord, failures: number): Promise<void> {
    // The room is read again: /sync goes on while earlier tasks are carried out, and may have shown the bot in it.
    const room = store.rooms.read(id);
    if (room?.membership !== 'invite' || room.inviter === null || underway.has(id)) return;
    const access = options.decideAccess(room.inviter, id);
    if (!access.allowed) return decline(room, room.inviter, access.refusal);
    if (hasTooMany(room.inviter, id)) return decline(room, room.inviter, 'refus-salons');
    const joined = await join(id, [serverOf(room.inviter)], failures);
    if (joined) underway.set(id, Date.now());
    else closeInvitation(id, 'join refused');
  }

  /** SECURITY: each room costs memory here and at every sync; whoever invites without end is not followed without end. */
  function hasTooMany(inviter: UserId, room: RoomId): boolean {
    if (options.keptRooms.has(room)) return false;
    if (store.rooms.countJoined() >= mostRooms) {
      log.error('Trop de salons : les nouvelles invitations sont refusées', { salons: mostRooms });
      return true;
    }
    return store.rooms.countJoined(inviter) >= mostRoomsOfInviter;
  }

  /** Declines without entering the room; the reason of the refusal tells the person why, once. */
  async function decline(
    room: RoomRecord,
    inviter: UserId,
    refusal: 'refus-acces' | 'refus-externe' | 'refus-salons',
  ): Promise<void> {
    const first = store.notices.isFree(inviter, 'refused');
    await leave(room.id, first ? { reason: say(options.content(), refusal) } : {});
    metrics.count('assistant_refused_total', refusal);
    // Not before: where leaving fails, the person has not been told.
    store.transaction(() => {
      if (first) store.notices.claim(inviter, 'refused', Date.now());
      closeInvitation(room.id, null);
    });
    log.info('Invitation refusée', { salon: log.hash(room.id), par: log.hash(inviter), motif: refusal });
  }

  /** Marks the invitation as answered, unless /sync has meanwhile shown that it is over. */
  function closeInvitation(room: RoomId, note: string | null): void {
    if (store.rooms.read(room)?.membership !== 'invite') return;
    store.rooms.update(room, { membership: 'leave', note: note ?? undefined });
  }

  /**
   * A tombstone only says where a room has gone; whoever made the new one says where it comes from. Both must agree,
   * or anybody could lead the bot anywhere. SECURITY: the tombstone may name any room, the support salon included:
   * before both are known to agree, nothing is changed of a room that the bot is in, or is invited to.
   */
  async function followUpgrade(room: RoomRecord): Promise<void> {
    const { replacement } = room;
    if (replacement === null) return;
    if (isInvited(replacement)) {
      // The invitation is answered first, like any other; /sync then shows the bot in the new room, and wakes us.
      return;
    }
    const seen = await readOrigin(replacement);
    if (seen.readable && seen.predecessor !== room.id) return refuseReplacement(room);
    const wasIn = underway.has(replacement) || store.rooms.read(replacement)?.membership === 'join';
    if (!wasIn && !(await join(replacement, readServers(room.id)))) {
      // The new room may be by invitation only: the invitation, should it come, is answered like any other.
      store.rooms.update(room.id, { note: 'upgraded, replacement refused' });
      return;
    }
    const origin = seen.readable ? seen : await readOrigin(replacement);
    if (!origin.readable || origin.predecessor !== room.id) {
      if (!wasIn && (await mayLeaveAgain(replacement))) await leave(replacement, {});
      return refuseReplacement(room);
    }
    underway.set(replacement, Date.now());
    store.transaction(() => {
      // For people it is the same room: the bot does not introduce itself a second time.
      store.notices.claim(replacement, 'arrival', Date.now());
      store.rooms.update(room.id, { note: 'upgraded' });
      // Until /sync shows the join, the room is one that the bot is expected in; what it has shown already stays.
      const membership = store.rooms.read(replacement)?.membership ?? 'invite';
      store.rooms.update(replacement, { membership, direct: room.direct || undefined });
    });
    log.info('Salon mis à niveau : l’assistant a suivi', { salon: log.hash(room.id) });
  }

  function isInvited(room: RoomId): boolean {
    const known = store.rooms.read(room);
    return known?.membership === 'invite' && known.inviter !== null && !underway.has(room);
  }

  function refuseReplacement(room: RoomRecord): void {
    store.rooms.update(room.id, { note: 'upgraded, replacement not genuine' });
    log.warn('Salon mis à niveau : le nouveau salon ne reconnaît pas l’ancien, il n’est pas suivi', {
      salon: log.hash(room.id),
    });
  }

  /** The room that this one says it replaces. Its members can read that, and anybody if its history is public. */
  async function readOrigin(
    room: RoomId,
  ): Promise<{ readonly readable: false } | { readonly readable: true; readonly predecessor: unknown }> {
    const create = await readState(room, 'm.room.create', '', {});
    if (create === null) return { readable: false };
    const { predecessor } = create;
    return { readable: true, predecessor: isRecord(predecessor) ? predecessor['room_id'] : null };
  }

  /**
   * A room is left again only if the bot entered it for the tombstone alone. If its join used up an invitation that
   * /sync had not shown yet, somebody wants the bot there.
   */
  async function mayLeaveAgain(room: RoomId): Promise<boolean> {
    if (options.keptRooms.has(room)) return false;
    const own = await readState(room, 'm.room.member', options.botUserId, { format: 'event' });
    const unsigned = isRecord(own?.['unsigned']) ? own['unsigned'] : {};
    const before = unsigned['prev_content'];
    return (
      own !== null &&
      (!isRecord(before) || (before['membership'] !== 'invite' && before['membership'] !== 'join'))
    );
  }

  /** Null when the homeserver does not let the bot see it. */
  async function readState(
    room: RoomId,
    type: string,
    key: string,
    query: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, unknown>> | null> {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/${type}/${encodeURIComponent(key)}`;
    try {
      const answer = await homeserver.call('GET', path, query, undefined, { signal });
      return isRecord(answer) ? answer : null;
    } catch (error) {
      const failure = classifyFailure(error);
      if (failure.kind !== 'forbidden' && failure.kind !== 'rejected') throw error;
      return null;
    }
  }

  function readServers(room: RoomId): string[] {
    return [...new Set(store.rooms.readMembers(room).map(({ user }) => serverOf(user)))].slice(0, 3);
  }

  function onFailed(error: unknown): void {
    metrics.count('assistant_failed_events_total');
    log.error('Événement mis de côté à son arrivée', { cause: describeError(error) });
    options.announceSetAside?.(Date.now());
  }

  /** False when the homeserver refuses the join. */
  async function join(room: RoomId, servers: readonly string[], failures = 0): Promise<boolean> {
    const path = `/_matrix/client/v3/join/${encodeURIComponent(room)}`;
    // matrix-bot-sdk's HTTP layer cannot repeat a parameter: only the first server is given, the likeliest to be in the room.
    const [via] = servers;
    try {
      const query = via === undefined ? {} : { server_name: via, via };
      await homeserver.call(
        'POST',
        path,
        query,
        {},
        {
          signal,
          // A homeserver goes on with a join whose caller has hung up, and /sync shows it: the first wait may be short.
          timeout: Math.min(shortestJoin * 2 ** failures, 120_000),
        },
      );
      return true;
    } catch (error) {
      const failure = classifyFailure(error);
      if (failure.kind !== 'forbidden' && failure.kind !== 'rejected') throw error;
      log.warn('Salon inaccessible', { salon: log.hash(room), cause: failure.reason });
      return false;
    }
  }

  async function leave(room: RoomId, body: object): Promise<void> {
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
      // A refusal means that the bot is not in the room any more, which is what was wanted.
      if (failure.kind !== 'forbidden' && failure.kind !== 'rejected') throw error;
    }
  }

  return runner;
}
