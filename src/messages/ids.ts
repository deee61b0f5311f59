import { createHash } from 'node:crypto';
import type { Origin } from './outgoing-message.ts';

/**
 * Matrix's ids, told apart by their first character (client-server specification, appendices, « Common identifier
 * format »). Worlds without Matrix make ids of the same forms. What comes from outside is checked where it enters; further
 * in, the types are trusted.
 */
export type EventId = `$${string}`;
export type RoomId = `!${string}`;
export type UserId = `@${string}`;

/** The id of a message of ours, which is its transaction id on Matrix. It never begins with `$`. */
export type OutgoingId = `${string}-${Origin}${number}`;

/** A message of ours by its id (the edge knows which event that became), or somebody's message by its event id. */
export type MessageReference = OutgoingId | EventId;

/** Where a message goes: into a room, or to a person, whose direct message is made if need be. */
export type Address = RoomId | PersonalAddress;
type PersonalAddress = `dm:${UserId}`;

/** Longest ids of the specification (the same appendix): 255 bytes. */
const longestId = 255;

export function isEventId(value: unknown): value is EventId {
  return typeof value === 'string' && value.length > 1 && value.length <= longestId && value.startsWith('$');
}

export function isRoomId(value: unknown): value is RoomId {
  return typeof value === 'string' && value.length > 1 && value.length <= longestId && value.startsWith('!');
}

/** Historical user ids may hold nearly anything in the local part: only what the bot relies on is checked. */
export function isUserId(value: unknown): value is UserId {
  return typeof value === 'string' && value.length <= longestId && /^@[^:\s]*:[^\s/?#@]+$/u.test(value);
}

/** Of a string that was an id when it was written down: its first character alone says which. */
export function startsWith<Sign extends string>(text: string, sign: Sign): text is `${Sign}${string}` {
  return text.startsWith(sign);
}

/** The agent's direct message while nobody knows its room. */
export function addressOf(person: UserId): PersonalAddress {
  return `dm:${person}`;
}

export function personOf(address: PersonalAddress): UserId {
  return `@${address.slice('dm:@'.length)}`;
}

/**
 * The transaction id of the `index`th message of a series. A hash of the event id, since event ids come from outside and
 * transaction ids end up in URLs; the same event always gives the same one, so a resend cannot double an answer. That
 * holds across versions: an account in service may resend after an upgrade what the version before had sent.
 */
export function outgoingId(turnId: string, origin: Origin, index: number): OutgoingId {
  const hash = createHash('sha256').update(turnId).digest('base64url').slice(0, 27);
  return `${hash}-${origin}${index}`;
}

/** Of a string that outgoingId made when it was written down. */
export function isOutgoingId(text: string): text is OutgoingId {
  return !text.startsWith('$') && /-[a-z]+\d+$/.test(text);
}

export function isAddress(text: string): text is Address {
  return startsWith(text, '!') || startsWith(text, 'dm:@');
}
