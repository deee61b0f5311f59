import type { Brain } from '../brain/brain.ts';
import type { Administration } from '../chat-commands/create-administration.ts';
import type { Block, Respond, Situation, Turn } from '../conversation/conversation.ts';
import { say } from '../conversation/rendering/say.ts';
import type { Content } from '../knowledge/content.ts';
import { composeNotice, composeReplies, type Render } from '../messages/compose.ts';
import { isOutgoingId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import { isStoreFailure } from '../store/is-store-failure.ts';
import type { Store } from '../store/open-store.ts';
import { applyEffects } from './apply-effects.ts';
import type { Desk, Taken } from './desk.ts';
import { createKeyedQueue } from './keyed-queue.ts';
import { obeyChatCommand } from './obey-chat-command.ts';

export interface BotOptions {
  readonly store: Store;
  /** Read once a message, so that a reload is seen at the next one and never in the middle. */
  readonly brain: () => Brain;
  readonly respond: Respond;
  readonly render: Render;
  readonly clock?: (() => number) | undefined;
  /** A conversation left alone for so long starts anew; 30 minutes by default. */
  readonly idleMinutes?: number | undefined;
  /** False for one-shot uses: everything is shown at once. True by default. */
  readonly interactive?: boolean | undefined;
  /** Who takes over when the bot cannot help; nobody by default. */
  readonly desk?: Desk | undefined;
  /** Who the administrators are and what their commands use; no administrators by default. */
  readonly administration?: Administration | undefined;
  /** There are new messages to send. Called after they are stored. */
  readonly onOutgoing?: (() => void) | undefined;
  /** After each message, for logs and metrics: ids and numbers, never a text. */
  readonly onHandled?:
    | ((message: IncomingMessage, handled: Handled, milliseconds: number) => void)
    | undefined;
}

export interface Handled {
  /** null when the conversation was not asked: a command, or a human has taken over. */
  readonly turn: Turn | null;
  /** What is to be sent, in order; already stored. */
  readonly outgoing: readonly OutgoingMessage[];
  /** The conversation failed: the person got a sentence with the number to call. */
  readonly error: Error | null;
}

interface Answered {
  readonly handled: Handled;
  /** What a chat command does once the turn is stored; never rejects. */
  readonly afterTurn: (() => Promise<void>) | null;
}

export interface Bot {
  /**
   * Handles one message; those of one conversation in the order they came, the others side by side.
   * Once it resolves, the state, what is to be sent and the effects are stored, together.
   * Rejects only when the store does: the message is then as if it had not been handled.
   */
  handle(message: IncomingMessage): Promise<Handled>;
  /** What time alone asks for (reminders of the desk); already stored. Call it every few seconds. */
  passTime(): readonly OutgoingMessage[];
  /** Resolves when nothing is in hand. */
  drain(): Promise<void>;
}

/** The bot, whatever the edge. One message = one turn = one transaction. */
export function createBot(options: BotOptions): Bot {
  const { store, onOutgoing, onHandled } = options;
  const clock = options.clock ?? Date.now;
  const conversations = createKeyedQueue();

  async function handle(message: IncomingMessage): Promise<Handled> {
    const { handled, afterTurn } = await conversations.run(message.conversation, () => {
      const start = performance.now();
      const answered = store.transaction(() => answer(message));
      onHandled?.(message, answered.handled, performance.now() - start);
      return answered;
    });
    if (handled.outgoing.length > 0) onOutgoing?.();
    void afterTurn?.();
    return handled;
  }

  function answer(message: IncomingMessage): Answered {
    const now = clock();
    const brain = options.brain();
    // First: in a salon it names the person, who may be asking to be forgotten.
    store.journal.setConversation(message.id, message.conversation);
    const { content } = brain;
    const { desk, administration, render } = options;
    const obeyed = obeyChatCommand(message, { store, desk, administration, render, content, now });
    const handled = obeyed ? withoutTurn(obeyed.outgoing) : answerWithDesk(message, brain, now);
    for (const outgoing of handled.outgoing) store.outgoing.add(outgoing, now);
    store.journal.finish(message.id, 'done', handled.error ? 'the conversation failed' : undefined);
    return { handled, afterTurn: obeyed?.afterTurn ?? null };
  }

  /** What is not for the conversation, or not for it alone, is an exchange with a human. */
  function answerWithDesk(message: IncomingMessage, brain: Brain, now: number): Handled {
    const taken = options.desk?.take(message, now) ?? null;
    if (!taken || taken.botAnswers) return converse(message, brain, now, taken);
    const answer = taken.propose === undefined ? [] : wouldAnswer(message, brain, now);
    return withoutTurn([...taken.outgoing, ...(answer.length > 0 ? (taken.propose?.(answer) ?? []) : [])]);
  }

  /** What the bot would answer, for whoever holds the conversation: nothing of it is remembered or counted. */
  function wouldAnswer(message: IncomingMessage, brain: Brain, now: number): readonly Block[] {
    const state = store.conversations.read(message.conversation);
    let turn: Turn;
    try {
      turn = options.respond(state, message.input, situate(message, now), brain.content, brain.mind);
    } catch (cause) {
      if (isStoreFailure(cause)) throw cause;
      // The human answers, with or without it.
      return [];
    }
    return turn.outcome === 'answer' ? turn.replies.flatMap(({ blocks }) => blocks) : [];
  }

  function converse(message: IncomingMessage, brain: Brain, now: number, taken: Taken | null): Handled {
    const state = store.conversations.read(message.conversation);
    let turn: Turn;
    try {
      turn = options.respond(state, message.input, situate(message, now), brain.content, brain.mind);
    } catch (cause) {
      // The transaction is lost, and the apology with it: the message will be handled once the store works again.
      if (isStoreFailure(cause)) throw cause;
      return apologise(message, brain, cause, taken);
    }
    // A human will read it: "not understood" would be noise, and it counts as no failure of the conversation.
    if (turn.outcome === 'fallback' && taken?.insteadOfFallback) {
      return withoutTurn([...taken.outgoing, ...taken.insteadOfFallback]);
    }
    store.conversations.write({
      key: message.conversation,
      room: message.room,
      agent: message.sender,
      state: turn.state,
      now,
    });
    store.feedback.countOutcome(new Date(now).toISOString().slice(0, 10), turn.outcome, turn.fiche);
    const replies = message.late ? withApology(turn.replies, brain.content) : turn.replies;
    const outgoing = [
      ...(taken?.outgoing ?? []),
      ...compose(message, replies),
      ...applyEffects(message, turn.effects, {
        store,
        desk: options.desk,
        now,
      }),
    ];
    return { turn, outgoing, error: null };
  }

  function situate(message: IncomingMessage, now: number): Situation {
    return {
      turnId: message.id,
      place: message.place,
      now,
      interactive: options.interactive ?? true,
      idleLimit: idleMilliseconds(options),
      ...(options.desk?.availability(now) ?? { handoff: 'none' }),
    };
  }

  function compose(message: IncomingMessage, replies: Turn['replies']): OutgoingMessage[] {
    const direct = store.rooms.findDirect(message.sender);
    const { outgoing } = store;
    const composed = composeReplies(message, replies, options.render, direct, outgoing.readShownReactions);
    // A reaction that has not left never will: there is nothing to take away.
    return composed.filter(
      ({ origin, content }) =>
        !(
          origin === 'reaction' &&
          content.type === 'redaction' &&
          isOutgoingId(content.of) &&
          outgoing.cancel(content.of)
        ),
    );
  }

  /** `respond` promises never to throw; were it to, the person must not be left without a word. */
  function apologise(message: IncomingMessage, brain: Brain, cause: unknown, taken: Taken | null): Handled {
    const text = say(brain.content, 'erreur-interne');
    return {
      turn: null,
      outgoing: [
        ...(taken?.outgoing ?? []),
        composeNotice(message, [{ type: 'paragraph', text }], options.render),
      ],
      error: new Error('the conversation failed', { cause }),
    };
  }

  function passTime(): readonly OutgoingMessage[] {
    const { desk } = options;
    if (!desk) return [];
    const outgoing = store.transaction(() => {
      const now = clock();
      const due = desk.passTime(now);
      for (const message of due) store.outgoing.add(message, now);
      return due;
    });
    if (outgoing.length > 0) onOutgoing?.();
    return outgoing;
  }

  return { handle, passTime, drain: () => conversations.drain() };
}

/** The conversation was not asked. */
function withoutTurn(outgoing: readonly OutgoingMessage[]): Handled {
  return { turn: null, outgoing, error: null };
}

function idleMilliseconds({ idleMinutes = 30 }: BotOptions): number {
  return idleMinutes * 60_000;
}

function withApology(replies: Turn['replies'], content: Content): Turn['replies'] {
  const [first, ...rest] = replies;
  if (!first) return replies;
  const apology = { type: 'paragraph', text: say(content, 'excuse-retard') } as const;
  return [{ ...first, blocks: [apology, ...first.blocks] }, ...rest];
}
