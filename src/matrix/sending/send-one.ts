import { say } from '../../conversation/rendering/say.ts';
import type { Encryption, RoomDirectory } from '../../encryption/encryption.ts';
import type { Content } from '../../knowledge/content.ts';
import {
  type Address,
  type EventId,
  isEventId,
  type MessageReference,
  personOf,
  type RoomId,
  startsWith,
} from '../../messages/ids.ts';
import type { Store } from '../../store/open-store.ts';
import type { StoredOutgoing } from '../../store/outgoing-table.ts';
import { classifyFailure } from '../homeserver/failure.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import { isRecord } from '../reading/parse-event.ts';
import { openDirectMessage } from '../rooms/open-direct-message.ts';
import { fitEvent } from './fit-event.ts';
import type { SendOne, SendResult } from './send-queue.ts';
import { toEventContent } from './to-event-content.ts';

interface Surroundings {
  readonly store: Store;
  readonly homeserver: Homeserver;
  readonly directory: RoomDirectory;
  readonly encryption: Encryption | null;
  readonly content: () => Content;
}

type Sendable = Readonly<{ type: string; content: object }>;
type Clear = ReturnType<typeof toEventContent>;

/**
 * Puts one stored message into its room, with its own transaction id, encrypted where the room is. Rejects as the
 * homeserver's call or the encryption does; the queue then tries again, with the very same bytes.
 */
export function createSendOne(surroundings: Surroundings): SendOne {
  const { store, homeserver, directory, encryption } = surroundings;
  const sayCut = (): string => say(surroundings.content(), 'evenement-coupe');

  return async (message, signal) => {
    const room = await resolveRoom(message.address);
    const prepared = prepare(message);
    if (typeof prepared === 'string') return { kind: 'dropped', reason: prepared };
    const at = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}`;
    const transaction = encodeURIComponent(message.id);
    if (prepared.type === 'm.room.redaction') {
      store.outgoing.markAttempted(message.id, null);
      const path = `${at}/redact/${encodeURIComponent(prepared.target)}/${transaction}`;
      return toResult(await homeserver.call('PUT', path, undefined, {}, { signal }), room);
    }
    const sendable = await secure(message, room, prepared);
    if (sendable === null) return { kind: 'dropped', reason: 'encrypted room, and encryption is off' };
    const path = `${at}/send/${encodeURIComponent(sendable.type)}/${transaction}`;
    return toResult(await homeserver.call('PUT', path, undefined, sendable.content, { signal }), room);
  };

  async function resolveRoom(address: Address): Promise<RoomId> {
    if (startsWith(address, '!')) return address;
    return openDirectMessage(personOf(address), { store, homeserver, encrypted: encryption !== null });
  }

  /** The event in clear, or the reason why there is none to send. */
  function prepare(
    message: StoredOutgoing,
  ): { type: 'm.room.redaction'; target: EventId } | { type: 'event'; event: Clear } | string {
    const { content } = message;
    // If the root of the thread was never sent, there is no thread: the message goes into the room itself.
    const thread = message.thread === null ? null : toEventId(message.thread);
    if (content.type === 'message' || content.type === 'media')
      return { type: 'event', event: toEventContent(content, { thread, target: '' }) };
    const target = toEventId(content.of);
    if (target === null) {
      // If the message to replace was never sent, its new version is sent as a message.
      if (content.type !== 'edit') return 'what it is about was never sent';
      const { text, html } = content;
      const anew = { type: 'message', text, html, inReplyTo: null, mention: null } as const;
      return { type: 'event', event: toEventContent(anew, { thread, target: '' }) };
    }
    if (content.type === 'redaction') return { type: 'm.room.redaction', target };
    return { type: 'event', event: toEventContent(content, { thread, target }) };
  }

  /** `reference` is an event id, or the outgoing id of a message of ours; null when that one was never sent. */
  function toEventId(reference: MessageReference): EventId | null {
    return isEventId(reference) ? reference : (store.outgoing.find(reference)?.eventId ?? null);
  }

  /** Encrypts where the room is encrypted; rejects when that cannot be known, and never falls back to clear text. null: nothing may be sent. */
  async function secure(
    message: StoredOutgoing,
    room: RoomId,
    prepared: { event: Clear },
  ): Promise<Sendable | null> {
    if (message.encrypted !== null) return message.encrypted;
    const known = store.rooms.read(room);
    const { encryption: roomEncryption } = known?.stateKnown ? known : await directory.readRoom(room);
    if (roomEncryption === null) {
      if (!message.attempted) store.outgoing.markAttempted(message.id, null);
      const { type, content } = prepared.event;
      return { type, content: fitEvent(content, false, sayCut) };
    }
    if (encryption === null) return null;
    const { type } = prepared.event;
    const content = fitEvent(prepared.event.content, true, sayCut);
    // Reactions go in clear, as clients send them: their relation is in clear anyway, and the homeserver counts by it.
    if (type === 'm.reaction') {
      store.outgoing.markAttempted(message.id, null);
      return prepared.event;
    }
    const encrypted = await encryption.encrypt(room, type, content).catch((error: unknown) => {
      throw understandEncryption(error);
    });
    const sendable = { type: encrypted.type, content: keepRelation(content, encrypted.content) };
    // The ciphertext is stored before it leaves: after a crash, the same bytes go out under the same transaction id.
    store.outgoing.markAttempted(message.id, sendable);
    return sendable;
  }
}

/**
 * What the homeserver refuses of the encryption's requests (keys, devices, to-device messages) says nothing of the message
 * or of its room: it is trouble, after which the message is tried again.
 */
function understandEncryption(error: unknown): unknown {
  const { kind } = classifyFailure(error);
  const isRefusal = kind === 'forbidden' || kind === 'rejected' || kind === 'unexplained';
  return isRefusal ? new Error('the keys could not be given out', { cause: error }) : error;
}

/** The relation stays outside, in clear: the homeserver groups edits and threads by it. */
function keepRelation(clear: object, encrypted: object): object {
  const relation = (clear as Record<string, unknown>)['m.relates_to'];
  return relation === undefined || 'm.relates_to' in encrypted
    ? encrypted
    : { ...encrypted, 'm.relates_to': relation };
}

function toResult(answer: unknown, room: RoomId): SendResult {
  const eventId = isRecord(answer) ? answer['event_id'] : undefined;
  if (!isEventId(eventId)) throw new Error('the answer to the send holds no event id');
  return { kind: 'sent', eventId, room };
}
