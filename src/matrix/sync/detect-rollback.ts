import type { Store } from '../../store/open-store.ts';
import { classifyFailure } from '../homeserver/failure.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';

/** Events older than that may have been purged by the retention of their room, which is no sign of anything. */
const longestTrust = 30 * 86_400_000;

/**
 * Whether the homeserver has come back older than the token that it gave us. Tokens are opaque to the specification; those
 * of Synapse, which Tchap runs, begin with a position of its stream (`s123_…`, `m123~…`), and Synapse answers a position
 * that it has not reached with the latest that it has. Other tokens are never behind.
 */
export function isBehind(next: string, since: string): boolean {
  const [now, before] = [readPosition(next), readPosition(since)];
  return now !== null && before !== null && now < before;
}

function readPosition(token: string): number | null {
  const digits = /^[sm](\d+)[_~]/.exec(token)?.[1];
  return digits === undefined ? null : Number(digits);
}

/**
 * Whether the homeserver does not know the latest event that we had from it: its database is an older copy, and its stream
 * may have gone on beyond our token since, which then shows nothing. False when that cannot be told.
 */
export async function isLatestEventGone(
  homeserver: Homeserver,
  store: Store,
  now: number,
  signal: AbortSignal,
): Promise<boolean> {
  for (const { room, eventId } of store.rooms.listLatestEvents(now - longestTrust)) {
    try {
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(eventId)}`;
      await homeserver.call('GET', path, undefined, undefined, { signal });
      return false;
    } catch (error) {
      const failure = classifyFailure(error);
      // Refused: the bot is not in that room any more, or nobody knows why. The event before it may tell; the sync waits.
      const isRefused =
        failure.kind === 'forbidden' || failure.kind === 'rejected' || failure.kind === 'unexplained';
      if (!isRefused) throw error;
      if ((error as { errcode?: unknown }).errcode === 'M_NOT_FOUND') return true;
    }
  }
  return false;
}
