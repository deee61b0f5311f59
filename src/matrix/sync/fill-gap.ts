import type { RoomId } from '../../messages/ids.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import { isRecord, parseEvent, type RoomEvent } from '../reading/parse-event.ts';

const pageSize = '100';
/** Milliseconds for one page: what came after the gap waits for it. */
const longestCall = 20_000;
/** Pages read at most, 5,000 events: of a longer absence, the oldest events are left unread. */
const mostPages = 50;

/**
 * What a limited timeline left out, oldest first: read backwards from `from` until the token `to`, if any, or until
 * `isOldest` says that there is no need to go further. Rejects as the homeserver's call does.
 */
export async function fillGap(
  homeserver: Homeserver,
  roomId: RoomId,
  from: string,
  to: string | null,
  isOldest: (event: RoomEvent) => boolean,
  signal?: AbortSignal,
): Promise<{
  readonly events: readonly RoomEvent[];
  /** False when the oldest events were left unread, for there are too many. */
  readonly whole: boolean;
}> {
  const newestFirst: RoomEvent[] = [];
  let token = from;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await homeserver.call(
      'GET',
      `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages`,
      { dir: 'b', from: token, limit: pageSize, ...(to === null ? {} : { to }) },
      undefined,
      { signal, timeout: longestCall },
    );
    const { events, end } = parsePage(answer);
    const oldest = events.findIndex(isOldest);
    if (oldest >= 0)
      return { events: [...newestFirst, ...events.slice(0, oldest + 1)].reverse(), whole: true };
    newestFirst.push(...events);
    if (end === null || end === token) return { events: newestFirst.reverse(), whole: true };
    token = end;
  }
  return { events: newestFirst.reverse(), whole: false };
}

function parsePage(answer: unknown): { events: RoomEvent[]; end: string | null } {
  if (!isRecord(answer)) return { events: [], end: null };
  const { chunk, end } = answer;
  const events = Array.isArray(chunk) ? chunk.map(parseEvent).filter((event) => event !== null) : [];
  // An empty page with an end token is not the end: Synapse hides events that the bot may not see, and more may follow.
  return { events, end: typeof end === 'string' ? end : null };
}
