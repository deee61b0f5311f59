import type { EventId } from '../../messages/ids.ts';
import type { OutgoingContent } from '../../messages/outgoing-message.ts';

/** Where a message goes: ids of events that are already in the room. */
export interface Placement {
  readonly thread: EventId | null;
  /** What `of` became in the room; empty for a message that is about none. */
  readonly target: EventId | '';
}

/**
 * Content of the event for a message, a file, an edit or a reaction (client-server specification: « Rich replies », « Threading »,
 * « Event replacements », « Event annotations »).
 */
export function toEventContent(
  content: Exclude<OutgoingContent, { type: 'redaction' }>,
  { thread, target }: Placement,
): { readonly type: string; readonly content: Readonly<Record<string, unknown>> } {
  switch (content.type) {
    case 'message':
      return {
        type: 'm.room.message',
        content: {
          ...formatted(content.text, content.html),
          'm.mentions': content.mention === null ? {} : { user_ids: [content.mention] },
          ...relate(thread, content.inReplyTo),
        },
      };
    case 'edit':
      return {
        type: 'm.room.message',
        content: {
          ...formatted(`* ${content.text}`, `* ${content.html}`),
          'm.mentions': {},
          'm.new_content': { ...formatted(content.text, content.html), 'm.mentions': {} },
          'm.relates_to': { rel_type: 'm.replace', event_id: target },
        },
      };
    case 'media':
      return {
        type: 'm.room.message',
        content: { ...describeMedia(content), 'm.mentions': {}, ...relate(thread, null) },
      };
    case 'reaction':
      return {
        type: 'm.reaction',
        content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key: content.key } },
      };
  }
}

function formatted(text: string, html: string): Readonly<Record<string, unknown>> {
  return { msgtype: 'm.text', body: text, format: 'org.matrix.custom.html', formatted_body: html };
}

/** The file keeps its name; who sent it and what they said with it go in the caption (client-server specification 1.10). */
function describeMedia({
  attachment,
  prefix,
}: Extract<OutgoingContent, { type: 'media' }>): Readonly<Record<string, unknown>> {
  const { msgtype, name, caption, source, info } = attachment;
  return { msgtype, body: `${prefix} ${caption ?? name}`, filename: name, info, ...source };
}

/** The reply fallback is always given: clients without threads show a thread's messages as replies. */
function relate(thread: EventId | null, inReplyTo: EventId | null): Readonly<Record<string, unknown>> {
  if (thread !== null) {
    return {
      'm.relates_to': {
        rel_type: 'm.thread',
        event_id: thread,
        is_falling_back: true,
        'm.in_reply_to': { event_id: inReplyTo ?? thread },
      },
    };
  }
  return inReplyTo === null ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: inReplyTo } } };
}
