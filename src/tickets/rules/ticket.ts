import type { SentenceId } from '../../knowledge/sentence-catalogue.ts';
import type { UserId } from '../../messages/ids.ts';
import type { Priority, Ticket } from '../../store/ticket.ts';

export type TicketEvent =
  | { readonly type: 'claim'; readonly by: UserId }
  | { readonly type: 'release'; readonly by: UserId }
  /** `to` has been checked: a member of the support salon. */
  | { readonly type: 'transfer'; readonly by: UserId; readonly to: UserId }
  | { readonly type: 'close'; readonly by: UserId; readonly note: string | null }
  | { readonly type: 'note'; readonly by: UserId; readonly note: string }
  | { readonly type: 'rename'; readonly by: UserId; readonly title: string | null }
  | { readonly type: 'prioritise'; readonly by: UserId; readonly priority: Priority }
  /** `date`: the moment in French, as it follows "le". null: not any more. */
  | {
      readonly type: 'remind';
      readonly by: UserId;
      readonly reminder: { readonly at: number; readonly date: string } | null;
    }
  /** Something written, sent, rewritten or deleted in the ticket's thread. */
  | { readonly type: 'operator-writes'; readonly by: UserId }
  /** Something prepared is to go to the agent as theirs: a canned reply, a proposal of the assistant. */
  | { readonly type: 'operator-sends'; readonly by: UserId }
  /**
   * Written beside the threads, by somebody who may take it for passed on. `thread`: where the ticket's thread is, in words
   * or by a link; null when another ticket of theirs has just been named.
   */
  | { readonly type: 'operator-writes-beside'; readonly by: UserId; readonly thread: string | null }
  /** The same in the agent's direct message. */
  | { readonly type: 'agent-writes' }
  /** It held a secret, and stays where it is. `warned`: the bot tells the agent so itself. */
  | { readonly type: 'agent-message-withheld'; readonly warned: boolean }
  /** What was passed on has been deleted by its author. */
  | { readonly type: 'agent-deletes' }
  /** Of a conversation that an operator began: a sign without words. Words are `agent-writes`. */
  | { readonly type: 'agent-accepts' }
  | { readonly type: 'agent-declines' }
  /** "stop", "revenir à l'assistant". */
  | { readonly type: 'agent-ends' }
  | { readonly type: 'operator-left'; readonly operator: UserId }
  | { readonly type: 'agent-left' }
  | { readonly type: 'agent-back' }
  /** It goes to another salon. */
  | { readonly type: 'change-salon'; readonly by: UserId; readonly to: string }
  /** The bot was shut out of the salon, and the ticket has been posted in another one. */
  | { readonly type: 'salon-replaced'; readonly lost: string }
  /** The bot was shut out of the support salon: nobody can answer any more. */
  | { readonly type: 'salon-lost' }
  /** Time has passed. */
  | { readonly type: 'tick' }
  | { readonly type: 'satisfaction'; readonly resolved: boolean }
  /** The agent did not answer the question, and went on to something else. */
  | { readonly type: 'agent-moves-on' };

/** A sentence of knowledge/messages.yaml; a person is named by whoever says it. */
export interface Sentence {
  readonly id: SentenceId;
  readonly values: Readonly<Record<string, string | number | { readonly userId: UserId }>>;
}

/** What a change asks the desk to do, in order. */
export type TicketEffect =
  /** The message of the support salon whose thread is the conversation; then the exchange so far, folded. */
  | { readonly type: 'post-ticket' }
  /** That message shows another state. */
  | { readonly type: 'refresh-ticket' }
  /** `notify`: the operator who must see it. */
  | { readonly type: 'tell-thread'; readonly say: Sentence; readonly notify?: UserId }
  /** Beside the threads, where everybody looks. */
  | { readonly type: 'tell-salon'; readonly say: Sentence }
  /** `numbers`: with those to call. */
  | { readonly type: 'tell-agent'; readonly say: Sentence; readonly numbers?: boolean }
  /** To the operator alone, where they wrote: a refusal. */
  | { readonly type: 'answer-operator'; readonly say: Sentence }
  /** In the administrators' room, if there is one. */
  | { readonly type: 'tell-administrators'; readonly say: Sentence }
  /** The message in hand, or what was prepared, goes to the other side. */
  | { readonly type: 'relay-to-agent' }
  | { readonly type: 'relay-to-thread' }
  | { readonly type: 'ask-satisfaction' }
  /** An operator would like to talk: the agent is asked, in one tap. */
  | { readonly type: 'invite-agent'; readonly subject: string | null }
  /** For the editors: what the knowledge lacked. Never shown to the agent. */
  | { readonly type: 'record-note'; readonly note: string };

export interface TicketChange {
  readonly ticket: Ticket;
  readonly effects: readonly TicketEffect[];
}

/** Milliseconds, counted while somebody is there to answer. */
export interface TicketDelays {
  /** Nobody has claimed the ticket: the salon is reminded, the agent gets a number to call. */
  readonly claim: number;
  /** Nobody has written: both are asked. */
  readonly idle: number;
  /** Nobody has answered that question: closed. */
  readonly close: number;
}

export interface TicketSituation {
  readonly now: number;
  readonly delays: TicketDelays;
  /** Opening time between two moments, in milliseconds. */
  readonly openTime: (from: number, to: number) => number;
  /** 1-based place in the queue that the ticket has, or would have if it came back there. */
  readonly place: number;
}
