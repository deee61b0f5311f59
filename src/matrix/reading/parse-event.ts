import type { RawEvent } from '../../encryption/encryption.ts';
import {
  type EventId,
  isEventId,
  isOutgoingId,
  isUserId,
  type OutgoingId,
  type UserId,
} from '../../messages/ids.ts';

/** An event of a room's timeline whose outer shape has been checked; `content` has not. */
export interface RoomEvent extends RawEvent {
  readonly event_id: EventId;
  readonly sender: UserId;
  /** null for a message, a string (perhaps empty) for state. */
  readonly stateKey: string | null;
  /** Milliseconds since it was sent, by the homeserver's clock; null when not given. */
  readonly age: number | null;
  /** Of a message of ours that this device sent: our own id of it. */
  readonly transactionId: OutgoingId | null;
  readonly redacted: boolean;
}

/** Longest type of an event (client-server specification, « Size limits »): 255 bytes. */
const longestType = 255;

/** null when the shape is not that of an event. Never throws, whatever it is given. */
export function parseEvent(given: unknown): RoomEvent | null {
  if (!isRecord(given)) return null;
  const { event_id: eventId, type, sender, origin_server_ts: sentAt, content, unsigned } = given;
  if (!isEventId(eventId) || !isUserId(sender)) return null;
  if (typeof type !== 'string' || type.length > longestType) return null;
  if (!isRecord(content)) return null;
  if (typeof sentAt !== 'number' || !Number.isFinite(sentAt)) return null;
  const stateKey = given['state_key'];
  if (stateKey !== undefined && typeof stateKey !== 'string') return null;
  const extra = isRecord(unsigned) ? unsigned : {};
  const age = extra['age'];
  const transactionId = extra['transaction_id'];
  return {
    ...given,
    event_id: eventId,
    type,
    sender,
    origin_server_ts: sentAt,
    content,
    stateKey: stateKey ?? null,
    age: typeof age === 'number' && Number.isFinite(age) && age >= 0 ? age : null,
    transactionId: typeof transactionId === 'string' && isOutgoingId(transactionId) ? transactionId : null,
    redacted: isRecord(extra['redacted_because']),
  };
}

/** An event of a device verification in a room: for the encryption alone, never for the conversation. */
export function isVerification({ type, content }: RawEvent): boolean {
  return (
    type.startsWith('m.key.verification.') ||
    (type === 'm.room.message' && content['msgtype'] === 'm.key.verification.request')
  );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `@x:agent.interieur.tchap.gouv.fr` → `agent.interieur.tchap.gouv.fr`. */
export function serverOf(userId: UserId): string {
  return userId.slice(userId.indexOf(':') + 1).toLowerCase();
}
