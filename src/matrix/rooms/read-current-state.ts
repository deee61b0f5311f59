import type { Homeserver } from '../homeserver/homeserver.ts';
import { isRecord, parseEvent, type RoomEvent } from '../reading/parse-event.ts';
import type { JoinedRoom } from '../sync/parse-sync.ts';

/** State events asked for one by one, at most; for more, the whole state is asked for in one call. */
const mostAlone = 8;

/**
 * The state of a room as it stands, for every key that a later /sync gives in `state`. Of a room that the bot knows,
 * that part says how things were at the start of the timeline; on another branch of the room's history somebody may
 * have left since, whom this would bring back (MSC4222, « Problem »; Synapse does it to two people who act in the same
 * moment). A departed operator would keep the ticket, a departed member would be given keys.
 * Rejects as the homeserver's call does.
 */
export async function readCurrentState(
  homeserver: Homeserver,
  room: JoinedRoom,
  signal?: AbortSignal,
): Promise<RoomEvent[]> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room.id)}/state`;
  const wanted = new Map(room.state.map((event) => [keyOf(event), event]));
  if (wanted.size > mostAlone) {
    const answer = await homeserver.call('GET', path, undefined, undefined, { signal });
    if (!Array.isArray(answer)) throw new Error('the state of the room is not a list');
    return answer
      .map(parseEvent)
      .filter((event) => event !== null)
      .filter((event) => wanted.has(keyOf(event)));
  }
  const current: RoomEvent[] = [];
  for (const event of wanted.values()) {
    const key = `${encodeURIComponent(event.type)}/${encodeURIComponent(event.stateKey ?? '')}`;
    const content = await homeserver.call('GET', `${path}/${key}`, undefined, undefined, { signal });
    if (!isRecord(content)) throw new Error('the content of the state event is not an object');
    current.push({ ...event, content });
  }
  return current;
}

function keyOf({ type, stateKey }: RoomEvent): string {
  return JSON.stringify([type, stateKey]);
}
