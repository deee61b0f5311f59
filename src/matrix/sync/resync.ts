import type { SyncCryptoPart } from '../../encryption/encryption.ts';
import type { RoomId } from '../../messages/ids.ts';
import type { Store } from '../../store/open-store.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { RoomEvent } from '../reading/parse-event.ts';
import { fillGap } from './fill-gap.ts';
import type { JoinedRoom, SyncBatch } from './parse-sync.ts';

/** Milliseconds before the last good sync from which rooms are read again: what is known already is not taken twice. */
const margin = 10 * 60_000;

/**
 * The homeserver has come back older than our token: the next sync starts from nothing, and takes what is newer than the
 * last good one. Kept in the store until that is done: without it, a bot killed meanwhile would take it all for history.
 */
export function beginResync(store: Store, now: number): void {
  store.transaction(() => {
    const lastSync = Number(store.settings.read('last-sync') ?? now);
    store.settings.write('resync-after', String(lastSync - margin));
    store.settings.erase('sync-token');
  });
}

/** Of which moment what is newer is to be taken; null when no resync is under way. */
export function readResync(store: Store): number | null {
  const after = store.settings.read('resync-after');
  return after === null ? null : Number(after);
}

export function isNewer({ age, origin_server_ts: sentAt }: RoomEvent, after: number, now: number): boolean {
  return now - (age ?? Math.max(0, now - sentAt)) > after;
}

/** What is newer in a room than the events that /sync gives of it. Rejects as the homeserver's call does. */
export async function readNewer(
  homeserver: Homeserver,
  room: JoinedRoom,
  after: number,
  now: number,
  signal: AbortSignal,
): Promise<readonly RoomEvent[]> {
  const isOld = (event: RoomEvent): boolean => !isNewer(event, after, now);
  if (!room.limited || room.previous === null || room.timeline.some(isOld)) return [];
  return (await fillGap(homeserver, room.id, room.previous, null, isOld, signal)).events;
}

/** Whose devices have changed is lost with the stream: everybody's are to be asked for again. */
export function distrustDevices(crypto: SyncCryptoPart, store: Store): SyncCryptoPart {
  const rooms = store.rooms.list('join');
  const everybody = rooms.flatMap(({ id }) => store.rooms.readMembers(id).map(({ user }) => user));
  return { ...crypto, changed: [...new Set([...crypto.changed, ...everybody])] };
}

/** Rooms that the homeserver does not know the bot to be in, or to be invited to, any more. */
export function findLostRooms(batch: SyncBatch, store: Store): RoomId[] {
  const shown = new Set([...batch.joined, ...batch.invited].map(({ id }) => id));
  return [...store.rooms.list('join'), ...store.rooms.list('invite')]
    .map(({ id }) => id)
    .filter((id) => !shown.has(id));
}
