import { composeRecovered } from '../../messages/compose.ts';
import { type EventId, isEventId, type RoomId, type UserId } from '../../messages/ids.ts';
import { conversationKey } from '../../messages/incoming-message.ts';
import type { Store } from '../../store/open-store.ts';
import { isRecord, type RoomEvent } from '../reading/parse-event.ts';
import type { ReadingContext } from '../reading/read-event.ts';

interface RecoverOptions {
  readonly store: Store;
  readonly botUserId: UserId;
  readonly contextOf: (roomId: RoomId) => ReadingContext;
  readonly now: number;
}

/**
 * Answers of ours that the store does not know: it is an old copy, and a device that is lost has sent them. Each says which
 * question it answers, encrypted or not; that question is answered, and its answer ours again. Call it once the events of
 * the room are journalled, before the intake: what people did meanwhile with these answers has been seen to as well.
 * What points at no question cannot be known again (docs/security.md, « An old backup »).
 */
export function recoverAnswers(room: RoomId, events: readonly RoomEvent[], options: RecoverOptions): void {
  const { store, botUserId } = options;
  for (const [index, event] of events.entries()) {
    if (event.sender !== botUserId || event.stateKey !== null || isKnown(event, store)) continue;
    const { replaces, repliesTo, thread } = readRelation(event);
    const question = replaces === null ? repliesTo : store.outgoing.findByEvent(replaces)?.turnId;
    if (!isEventId(question) || question === event.event_id) continue;
    if (replaces === null) settle(room, question, { event: event.event_id, thread }, options);
    else settleEdits(question, events.slice(0, index), options);
  }
}

function isKnown(event: RoomEvent, store: Store): boolean {
  return (
    (event.transactionId !== null && store.outgoing.find(event.transactionId) !== null) ||
    store.outgoing.findByEvent(event.event_id) !== null
  );
}

function settle(
  room: RoomId,
  question: EventId,
  answer: { readonly event: EventId; readonly thread: EventId | null },
  { store, contextOf, now }: RecoverOptions,
): void {
  const prepared = store.outgoing.findByTurn(question);
  const waiting = prepared.find(({ kind, status }) => kind === 'message' && status === 'waiting');
  if (waiting) store.outgoing.markSent(waiting.id, answer.event, room);
  // What the store has said or will say to it tells more of the question: that it is unreadable, for instance, is no answer.
  if (prepared.length > 0) return;
  const entry = store.journal.find(question);
  if (entry === null) {
    // The question may still come, from a gap.
    store.journal.addAnswered(question, room, now);
    return;
  }
  if (entry.room !== room || (entry.status !== 'waiting' && entry.status !== 'undecryptable')) return;
  const { place } = contextOf(room);
  const conversation = conversationKey(place, room, answer.thread ?? question, entry.sender);
  store.journal.setConversation(question, conversation);
  store.journal.finish(question, 'done', 'answered by a device that is lost');
  const { sender: agent } = entry;
  const recovered = composeRecovered(question, { conversation, address: room, agent, thread: answer.thread });
  store.outgoing.add(recovered, now);
  store.outgoing.markSent(recovered.id, answer.event, room);
}

/** The answer was rewritten, because the question was. */
function settleEdits(question: EventId, before: readonly RoomEvent[], { store }: RecoverOptions): void {
  for (const event of before) {
    if (readRelation(event).replaces !== question) continue;
    if (store.journal.find(event.event_id)?.status === 'waiting')
      store.journal.finish(event.event_id, 'done', 'answered by a device that is lost');
  }
}

/** The relation stands in clear, whether the event is encrypted or not. */
function readRelation({ content }: RoomEvent): {
  readonly replaces: EventId | null;
  readonly repliesTo: EventId | null;
  readonly thread: EventId | null;
} {
  const relation = content['m.relates_to'];
  if (!isRecord(relation)) return { replaces: null, repliesTo: null, thread: null };
  const { rel_type: type, event_id: related } = relation;
  const target = isRecord(relation['m.in_reply_to']) ? relation['m.in_reply_to']['event_id'] : null;
  return {
    replaces: type === 'm.replace' && isEventId(related) ? related : null,
    repliesTo: isEventId(target) ? target : null,
    thread: type === 'm.thread' && isEventId(related) ? related : null,
  };
}
