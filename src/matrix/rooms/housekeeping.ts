import { say } from '../../conversation/rendering/say.ts';
import type { Content } from '../../knowledge/content.ts';
import { describeError, type Log } from '../../operations/log.ts';
import type { Metrics } from '../../operations/metrics.ts';
import type { Store } from '../../store/open-store.ts';
import type { RoomRecord } from '../../store/room-table.ts';
import { backOff, pause } from '../homeserver/back-off.ts';
import { classifyFailure } from '../homeserver/failure.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import { isRecord, serverOf } from '../reading/parse-event.ts';
import type { ReadingContext } from '../reading/read-event.ts';
import { fillGap } from '../sync/fill-gap.ts';
import { receiveEvent } from '../sync/receive-batch.ts';
import { recoverAnswers } from '../sync/recover-answers.ts';
import type { DecideAccess } from './access.ts';

export interface HousekeepingOptions {
  readonly store: Store;
  readonly homeserver: Homeserver;
  readonly botUserId: string;
  readonly contextOf: (roomId: string) => ReadingContext;
  readonly decideAccess: DecideAccess;
  /** The support salon and the administrators' room: the bot never leaves them by itself. */
  readonly keptRooms: ReadonlySet<string>;
  readonly content: () => Content;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
  /** Events were journalled. */
  readonly onJournalled: () => void;
}

export interface Housekeeping {
  /** There may be something to do in the store. */
  wake(): void;
  /** Resolves when nothing is in hand. */
  drain(): Promise<void>;
}

/** Milliseconds after which a join that /sync has not shown is taken for one that it will not show. */
const longestUnderway = 60_000;

/**
 * What the store says is left to do about rooms: invitations to take or decline, upgraded rooms to follow, gaps to read
 * again. The store is the list of tasks, so that a restart forgets none.
 */
export function createHousekeeping(options: HousekeepingOptions): Housekeeping {
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

  /** Forgets joins that /sync has shown, or will not show: if the bot was shown out at once, it may be invited again. */
  function forgetShown(): void {
    for (const [room, since] of underway) {
      const shown = store.rooms.read(room)?.membership !== 'invite';
      if (shown || Date.now() - since > longestUnderway) underway.delete(room);
    }
  }

  /** Carries out one task. After trouble or a rate limit all tasks are tried again; a refusal is for the task to note. */
  async function attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      const failure = classifyFailure(error);
      // The sync loop meets the same refused token, and ends the process.
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

  async function answerInvitation({ id }: RoomRecord): Promise<void> {
    // The room is read again: /sync goes on while earlier tasks are carried out, and may have shown the bot in it.
    const room = store.rooms.read(id);
    if (room?.membership !== 'invite' || room.inviter === null || underway.has(id)) return;
    const access = options.decideAccess(room.inviter, id);
    if (!access.allowed) return decline(room, room.inviter, access.refusal);
    const joined = await join(id, [serverOf(room.inviter)]);
    if (joined) underway.set(id, Date.now());
    else closeInvitation(id, 'join refused');
  }

  /** Declines without entering the room; the reason of the refusal tells the person why, once. */
  async function decline(
    room: RoomRecord,
    inviter: string,
    refusal: 'refus-acces' | 'refus-externe',
  ): Promise<void> {
    const first = store.notices.claim(inviter, 'refused', Date.now());
    const reason = first ? { reason: say(options.content(), refusal) } : {};
    await leave(room.id, reason);
    metrics.count('assistant_refused_total', refusal);
    closeInvitation(room.id, null);
    log.info('Invitation refusée', { salon: log.hash(room.id), par: log.hash(inviter), motif: refusal });
  }

  /** Marks the invitation as answered, unless /sync has meanwhile shown that it is over. */
  function closeInvitation(room: string, note: string | null): void {
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
      // An invitation that came during this pass is answered first in the next one, like any other.
      again = true;
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

  function isInvited(room: string): boolean {
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
    room: string,
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
  async function mayLeaveAgain(room: string): Promise<boolean> {
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
    room: string,
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

  function readServers(room: string): string[] {
    return [...new Set(store.rooms.readMembers(room).map(({ user }) => serverOf(user)))].slice(0, 3);
  }

  async function readGap(gap: { room: string; from: string; to: string }): Promise<void> {
    const events = await fillGap(homeserver, gap.room, gap.from, gap.to, () => false, signal);
    store.transaction(() => {
      const now = Date.now();
      for (const event of events) receiveEvent(gap.room, event, true, { ...options, now });
      recoverAnswers(gap.room, events, { ...options, now });
      store.gaps.remove(gap);
    });
    options.onJournalled();
  }

  /** False when the homeserver refuses the join. */
  async function join(room: string, servers: readonly string[]): Promise<boolean> {
    const path = `/_matrix/client/v3/join/${encodeURIComponent(room)}`;
    // matrix-bot-sdk's HTTP layer cannot repeat a parameter: only the first server is given, the likeliest to be in the room.
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
      // A refusal means that the bot is not in the room any more, which is what was wanted.
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
