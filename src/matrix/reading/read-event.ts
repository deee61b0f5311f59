import {
  type EventId,
  isEventId,
  isOutgoingId,
  isUserId,
  type MessageReference,
  type RoomId,
  type UserId,
} from '../../messages/ids.ts';
import {
  conversationKey,
  type IncomingInput,
  type IncomingMessage,
} from '../../messages/incoming-message.ts';
import { type BotNames, isMentioned, stripBotName } from './find-mention.ts';
import { isRecord, type RoomEvent } from './parse-event.ts';
import { readAttachment } from './read-attachment.ts';

/** What read-event has to know besides the event itself. Look-ups only. */
export interface ReadingContext {
  readonly names: BotNames;
  readonly place: 'dm' | 'salon';
  /** Every message of the room is for the bot (the support salon): nobody needs to call it. */
  readonly alwaysCalled: boolean;
  /** A message of ours by its event id, in whatever room. */
  findOwn(eventId: EventId): OwnMessage | null;
  /** A message that we were sent by its event id, in whatever room. */
  findQuestion(eventId: EventId): Question | null;
  /** Was the bot called before in this conversation? */
  isKnownConversation(key: string): boolean;
}

interface OwnMessage {
  readonly turnId: string;
  readonly conversation: string;
  readonly agent: UserId | '';
  readonly thread: MessageReference | null;
  readonly room: RoomId | null;
}

interface Question {
  /** Empty once forgotten. */
  readonly room: RoomId | '';
  readonly conversation: string | null;
  readonly sender: UserId | '';
}

/** Why an event gets no answer. */
export type IgnoredReason =
  | 'own message'
  | 'notice'
  | 'state event'
  | 'unknown type'
  | 'redacted'
  | 'malformed'
  | 'empty'
  | 'not mentioned'
  | 'not about the bot'
  | 'not the author';

/** `sender`: empty where nobody knows any more who wrote the question that was deleted. */
export interface ReadMessage extends Omit<IncomingMessage, 'sender' | 'sentAt' | 'late'> {
  readonly sender: UserId | '';
}

export type Reading =
  | { readonly ok: true; readonly message: ReadMessage }
  | { readonly ok: false; readonly reason: IgnoredReason };

/** No event is longer (65,536 bytes): operators are passed on the whole, and the conversation says where it stopped reading. */
const longestText = 65_536;

/** An event of the timeline, decrypted → what a person did, or why it is ignored. Never throws. */
export function readEvent(roomId: RoomId, event: RoomEvent, context: ReadingContext): Reading {
  if (event.type === 'm.room.member') return readArrival(roomId, event, context);
  if (event.sender === context.names.userId) return ignored('own message');
  if (event.stateKey !== null) return ignored('state event');
  if (event.redacted) return ignored('redacted');
  switch (event.type) {
    case 'm.room.message':
      return readMessage(roomId, event, context);
    case 'm.sticker':
      return readCalled(roomId, event, '', { type: 'media', media: 'image' }, context);
    case 'm.reaction':
      return readReaction(roomId, event, context);
    case 'm.room.redaction':
      return readRedaction(roomId, event, context);
    default:
      return ignored('unknown type');
  }
}

function readMessage(roomId: RoomId, event: RoomEvent, context: ReadingContext): Reading {
  const { content } = event;
  if (Object.keys(content).length === 0) return ignored('redacted');
  const relation = isRecord(content['m.relates_to']) ? content['m.relates_to'] : {};
  if (relation['rel_type'] === 'm.replace') return readEdit(roomId, event, relation, context);
  switch (content['msgtype']) {
    case 'm.text': {
      const text = readText(content);
      if (text === null) return ignored('malformed');
      const question = stripBotName(content, text, context.names);
      if (question === '' && context.place === 'dm') return ignored('empty');
      return readCalled(roomId, event, text, { type: 'text', text: question }, context);
    }
    case 'm.image':
    case 'm.file':
    case 'm.audio':
    case 'm.video': {
      const text = readText(content);
      if (text === null) return ignored('malformed');
      const media = content['msgtype'].slice(2) as 'image' | 'file' | 'audio' | 'video';
      return readCalled(roomId, event, text, { type: 'media', media }, context);
    }
    case 'm.location':
      return readCalled(roomId, event, '', { type: 'media', media: 'other' }, context);
    case 'm.notice':
      return ignored('notice');
    default:
      return ignored('unknown type');
  }
}

/** A message that is answered if the bot is called in it, or by where it stands. */
function readCalled(
  roomId: RoomId,
  event: RoomEvent,
  text: string,
  input: IncomingInput,
  context: ReadingContext,
): Reading {
  const { repliesTo, thread } = readRelations(event.content);
  const own = repliesTo === null ? null : findOwnHere(roomId, repliesTo, context);
  const place = context.place;
  const root = thread ?? own?.thread ?? (place === 'salon' ? event.event_id : null);
  const conversation = conversationKey(place, roomId, root, event.sender);
  const called =
    place === 'dm' ||
    context.alwaysCalled ||
    own !== null ||
    isMentioned(event.content, text, context.names) ||
    (thread !== null &&
      (context.isKnownConversation(conversation) || findOwnHere(roomId, thread, context) !== null));
  if (!called) return ignored('not mentioned');
  return {
    ok: true,
    message: {
      id: event.event_id,
      conversation,
      room: roomId,
      place,
      sender: event.sender,
      thread: root,
      input,
      inReplyTo: repliesTo,
      mentions: readMentions(event.content),
      ...(input.type === 'media' ? readMedia(event.content) : {}),
    },
  };
}

function readMedia(
  content: Readonly<Record<string, unknown>>,
): Pick<IncomingMessage, 'attachment'> | undefined {
  const attachment = readAttachment(content);
  return attachment === null ? undefined : { attachment };
}

/** Client-server specification 1.7, « User and room mentions ». */
function readMentions(content: Readonly<Record<string, unknown>>): UserId[] {
  const mentions = content['m.mentions'];
  const users = isRecord(mentions) ? mentions['user_ids'] : null;
  return Array.isArray(users) ? users.filter(isUserId).slice(0, 50) : [];
}

/** Client-server specification, « Event replacements »: only the author may edit, within the room. */
function readEdit(
  roomId: RoomId,
  event: RoomEvent,
  relation: Readonly<Record<string, unknown>>,
  context: ReadingContext,
): Reading {
  const turnId = relation['event_id'];
  const replacement = event.content['m.new_content'];
  if (!isEventId(turnId) || !isRecord(replacement)) return ignored('malformed');
  if (replacement['msgtype'] !== 'm.text') return ignored('unknown type');
  const text = readText(replacement);
  if (text === null) return ignored('malformed');
  const stripped = stripBotName(replacement, text, context.names);
  const question = context.findQuestion(turnId);
  if (question !== null && question.room !== roomId) return ignored('not about the bot');
  if (question !== null && question.sender !== event.sender) return ignored('not the author');
  if (question === null || question.conversation === null) {
    // The message was no question until now: the edit may be what calls the bot. In a direct message every message is
    // a question, so that one the bot does not know is older than the bot.
    if (context.place === 'dm' || !isMentioned({ ...replacement, ...event.content }, text, context.names)) {
      return ignored('not about the bot');
    }
    const conversation = conversationKey('salon', roomId, turnId, event.sender);
    const input: IncomingInput = { type: 'text', text: stripped };
    const { place } = context;
    return {
      ok: true,
      message: {
        id: event.event_id,
        conversation,
        room: roomId,
        place,
        sender: event.sender,
        thread: turnId,
        input,
      },
    };
  }
  if (stripped === '') return ignored('empty');
  return {
    ok: true,
    message: {
      id: event.event_id,
      conversation: question.conversation,
      room: roomId,
      place: context.place,
      sender: event.sender,
      thread: threadOf(question.conversation, context.place),
      input: { type: 'edit', text: stripped, turnId },
    },
  };
}

function readReaction(roomId: RoomId, event: RoomEvent, context: ReadingContext): Reading {
  const relation = event.content['m.relates_to'];
  if (!isRecord(relation) || relation['rel_type'] !== 'm.annotation') return ignored('malformed');
  const { event_id: target, key } = relation;
  if (!isEventId(target) || typeof key !== 'string' || key === '' || key.length > 100)
    return ignored('malformed');
  const own = findOwnHere(roomId, target, context);
  if (own === null) return ignored('not about the bot');
  // In a salon, others may like an answer: only the person who asked takes part in the conversation.
  if (context.place === 'salon' && !context.alwaysCalled && own.agent !== event.sender) {
    return ignored('not the author');
  }
  return {
    ok: true,
    message: {
      id: event.event_id,
      conversation: own.conversation,
      room: roomId,
      place: context.place,
      sender: event.sender,
      thread: own.thread,
      input: { type: 'reaction', key, turnId: own.turnId },
    },
  };
}

/** A question was deleted, by its author or by a moderator: the homeserver has checked that they may. */
function readRedaction(roomId: RoomId, event: RoomEvent, context: ReadingContext): Reading {
  const turnId = readRedacted(event);
  if (turnId === null) return ignored('malformed');
  const question = context.findQuestion(turnId);
  if (question?.room !== roomId || question.conversation === null) return ignored('not about the bot');
  return {
    ok: true,
    message: {
      id: event.event_id,
      conversation: question.conversation,
      room: roomId,
      place: context.place,
      sender: question.sender,
      thread: threadOf(question.conversation, context.place),
      input: { type: 'deletion', turnId },
    },
  };
}

/**
 * SECURITY: the relation of an encrypted message is not checked by the homeserver, and may name an event of any room.
 * Nothing said in one room acts on what was said in another.
 */
function findOwnHere(roomId: RoomId, eventId: EventId, context: ReadingContext): OwnMessage | null {
  const own = context.findOwn(eventId);
  return own?.room === roomId ? own : null;
}

/**
 * The event that a redaction deletes, as the homeserver has understood it and checked that its author may; null when it
 * says none. It gives the id beside the content in every version of rooms (client-server specification,
 * « m.room.redaction »). In the content alone, where rooms before version 11 let anybody write anything, and where a
 * ciphertext may hold it, nobody has checked it.
 */
export function readRedacted(event: RoomEvent): EventId | null {
  const target = event['redacts'];
  const inContent = event.content['redacts'];
  if (!isEventId(target) || (inContent !== undefined && inContent !== target)) return null;
  return target;
}

function readArrival(roomId: RoomId, event: RoomEvent, context: ReadingContext): Reading {
  if (event.stateKey !== context.names.userId) return ignored('state event');
  if (event.content['membership'] !== 'join') return ignored('state event');
  return {
    ok: true,
    message: {
      id: event.event_id,
      conversation: conversationKey(context.place, roomId, null, ''),
      room: roomId,
      place: context.place,
      sender: event.sender,
      thread: null,
      input: { type: 'arrival' },
    },
  };
}

/** The text a person wrote: without the quote that older clients put before a reply. */
function readText(content: Readonly<Record<string, unknown>>): string | null {
  const body = content['body'];
  if (typeof body !== 'string') return null;
  const text = body.slice(0, longestText);
  if (!isReply(content)) return text.trim();
  const lines = text.split('\n');
  const start = lines.findIndex((line) => !line.startsWith('>'));
  // « > <@who:server> words », then an empty line, then the reply (client-server specification before 1.13).
  return start > 0 ? lines.slice(start).join('\n').trim() : text.trim();
}

function isReply(content: Readonly<Record<string, unknown>>): boolean {
  return readRelations(content).repliesTo !== null;
}

function readRelations(content: Readonly<Record<string, unknown>>): {
  readonly repliesTo: EventId | null;
  readonly thread: EventId | null;
} {
  const relation = content['m.relates_to'];
  if (!isRecord(relation)) return { repliesTo: null, thread: null };
  const target = isRecord(relation['m.in_reply_to']) ? relation['m.in_reply_to']['event_id'] : undefined;
  const thread =
    relation['rel_type'] === 'm.thread' && isEventId(relation['event_id']) ? relation['event_id'] : null;
  // In a thread, the reply is only a fallback for clients without threads, unless it says otherwise.
  const fallback = thread !== null && relation['is_falling_back'] === true;
  return { repliesTo: isEventId(target) && !fallback ? target : null, thread };
}

/** In a salon the thread is part of the conversation's key. */
function threadOf(conversation: string, place: 'dm' | 'salon'): MessageReference | null {
  const thread = place === 'salon' ? (conversation.split(' ')[1] ?? '') : '';
  return isEventId(thread) || isOutgoingId(thread) ? thread : null;
}

function ignored(reason: IgnoredReason): Reading {
  return { ok: false, reason };
}
