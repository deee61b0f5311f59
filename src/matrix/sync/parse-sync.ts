import type { SyncCryptoPart } from '../../encryption/encryption.ts';
import { isRoomId, isUserId, type RoomId, type UserId } from '../../messages/ids.ts';
import { isRecord, parseEvent, type RoomEvent } from '../reading/parse-event.ts';

export interface JoinedRoom {
  readonly id: RoomId;
  readonly state: readonly RoomEvent[];
  readonly timeline: readonly RoomEvent[];
  /** Events are missing before `timeline`. */
  readonly limited: boolean;
  readonly previous: string | null;
}

export interface InvitedRoom {
  readonly id: RoomId;
  /** Stripped state has no event ids, so that its events are no RoomEvents. */
  readonly state: readonly {
    readonly type: string;
    readonly stateKey: string;
    readonly sender: UserId;
    readonly content: Readonly<Record<string, unknown>>;
  }[];
}

export interface LeftRoom {
  readonly id: RoomId;
  readonly timeline: readonly RoomEvent[];
}

export interface SyncBatch {
  readonly next: string;
  readonly joined: readonly JoinedRoom[];
  readonly invited: readonly InvitedRoom[];
  readonly left: readonly LeftRoom[];
  readonly crypto: SyncCryptoPart;
  /** How many events were left out because their outer shape was wrong. */
  readonly malformed: number;
}

/** The answer of GET /sync → what the bot needs of it. null when there is no token to go on from. */
export function parseSync(given: unknown): SyncBatch | null {
  if (!isRecord(given) || typeof given['next_batch'] !== 'string') return null;
  const rooms = isRecord(given['rooms']) ? given['rooms'] : {};
  let malformed = 0;
  const events = (holder: unknown): RoomEvent[] => {
    const list = isRecord(holder) && Array.isArray(holder['events']) ? holder['events'] : [];
    const parsed = list.map(parseEvent).filter((event) => event !== null);
    malformed += list.length - parsed.length;
    return parsed;
  };
  const joined = entries(rooms['join']).map(([id, room]): JoinedRoom => {
    const timeline = isRecord(room['timeline']) ? room['timeline'] : {};
    const previous = timeline['prev_batch'];
    return {
      id,
      state: events(room['state']),
      timeline: events(timeline),
      limited: timeline['limited'] === true,
      previous: typeof previous === 'string' ? previous : null,
    };
  });
  const left = entries(rooms['leave']).map(
    ([id, room]): LeftRoom => ({ id, timeline: events(room['timeline']) }),
  );
  const invited = entries(rooms['invite']).map(
    ([id, room]): InvitedRoom => ({ id, state: parseStripped(room) }),
  );
  return { next: given['next_batch'], joined, invited, left, crypto: parseCrypto(given), malformed };
}

function entries(holder: unknown): [RoomId, Readonly<Record<string, unknown>>][] {
  if (!isRecord(holder)) return [];
  return Object.entries(holder).filter((entry): entry is [RoomId, Readonly<Record<string, unknown>>] => {
    return isRoomId(entry[0]) && isRecord(entry[1]);
  });
}

function parseStripped(room: Readonly<Record<string, unknown>>): InvitedRoom['state'] {
  const holder = room['invite_state'];
  const list = isRecord(holder) && Array.isArray(holder['events']) ? holder['events'] : [];
  return list
    .filter(isRecord)
    .flatMap(({ type, state_key: stateKey, sender, content }) =>
      typeof type === 'string' && typeof stateKey === 'string' && isUserId(sender) && isRecord(content)
        ? [{ type, stateKey, sender, content }]
        : [],
    );
}

function parseCrypto(given: Readonly<Record<string, unknown>>): SyncCryptoPart {
  const toDevice = isRecord(given['to_device']) ? given['to_device']['events'] : undefined;
  const lists = isRecord(given['device_lists']) ? given['device_lists'] : {};
  const counts = given['device_one_time_keys_count'];
  const fallback =
    given['device_unused_fallback_key_types'] ?? given['org.matrix.msc2732.device_unused_fallback_key_types'];
  return {
    toDevice: Array.isArray(toDevice) ? toDevice.filter(isRecord) : [],
    changed: strings(lists['changed']),
    left: strings(lists['left']),
    oneTimeKeyCounts: isRecord(counts)
      ? Object.fromEntries(
          Object.entries(counts).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
        )
      : {},
    unusedFallbackKeyTypes: Array.isArray(fallback) ? strings(fallback) : undefined,
  };
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
