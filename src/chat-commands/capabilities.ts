import type { Reload } from '../brain/live-brain.ts';
import type { Block } from '../conversation/conversation.ts';
import type { Content } from '../knowledge/content.ts';
import type { Address, EventId, UserId } from '../messages/ids.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { Store } from '../store/open-store.ts';

/**
 * What a command may use, handed in by the door where it runs: bot/ (`help`, `personalData`, `program`, `failures`), the desk
 * (`tickets`) or the Matrix intake (`verification`). A command whose capability a door does not have is unknown there.
 */
export interface Capabilities {
  readonly help: Help;
  readonly personalData: PersonalData;
  readonly program: Program;
  readonly failures: Failures;
  readonly tickets: TicketOrders;
  readonly verification: DeviceVerification;
}

/** Some of the capabilities: those of one door. */
export type Hands = { readonly [Name in keyof Capabilities]?: Capabilities[Name] | undefined };

export interface Help {
  /** The commands of the one who asks, in the place where they ask. */
  describe(): readonly Block[];
  answer(blocks: readonly Block[]): void;
}

/** What is kept of the one who asks. Used inside the transaction of the turn: all or nothing. */
export interface PersonalData {
  readonly agent: UserId;
  /** The turn that asks: the journal keeps its row, so that it is never handled twice. */
  readonly turnId: EventId;
  readonly now: number;
  readonly content: Content;
  readonly store: Store;
  /** undefined: nobody takes over from the bot here, so there are no tickets. */
  readonly tickets: TicketRecords | undefined;
  /** To the person's direct message, wherever they asked. */
  answerPrivately(blocks: readonly Block[]): void;
  send(outgoing: readonly OutgoingMessage[]): void;
}

/** The part of the desk that `PersonalData` needs; the desk itself stands in a room above this one. */
export interface TicketRecords {
  countOf(agent: UserId): number;
  eraseOf(agent: UserId, now: number): readonly OutgoingMessage[];
}

export interface Program {
  /** As in package.json. */
  readonly version: string;
  /** The machines of this account and their roles, in French; absent: there is one alone. */
  readonly describeMachines?: (() => string) | undefined;
  content(): Content;
  reload(): Promise<Reload>;
  /** To the administrator, where they asked. */
  answer(text: string): void;
}

/** Events that were set aside. Used inside the transaction of the turn. */
/** What was set aside: an event that could not be handled, or (`type` null) a message that the homeserver would not take. */
export interface Failure {
  readonly room: Address;
  readonly type: string | null;
  readonly reason: string;
  readonly at: number;
}

export interface Failures {
  count(): number;
  /** Latest first. */
  list(limit: number): readonly Failure[];
  /** Has all of them tried again once the turn is stored; returns how many. */
  retry(): number;
  /** To the administrator, where they asked. */
  answer(text: string): void;
}

/** `number`: null when the ticket is the one in whose thread the operator writes. */
export interface TicketOrders {
  claim(number: number | null): void;
  release(number: number | null): void;
  close(number: number | null, note: string | null): void;
  /** `to`: how the operator named a colleague; empty when they did not. */
  transfer(number: number | null, to: string): void;
  note(number: number | null, note: string): void;
  /** Sends a canned reply, by its name, with what is known of the agent filled in. */
  reply(number: number | null, name: string): void;
  listReplies(): void;
  /** An empty title takes the name back. */
  rename(number: number | null, title: string): void;
  prioritise(number: number | null, priority: string): void;
  /** In so many milliseconds; null when the operator wrote no duration. */
  remind(number: number | null, delay: number | 'never' | null): void;
  /** Begins a conversation. `to`: whom, as the operator named them, then the subject if they gave one. */
  writeTo(to: string): void;
  list(): void;
  /** How the last seven days went. */
  report(): void;
}

export interface DeviceVerification {
  confirm(code: string): void;
  refuse(code: string): void;
  /** To the administrators: in their room, and in the log. */
  tell(line: string): void;
}
