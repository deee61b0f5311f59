import type { Content, TargetName } from '../knowledge/content.ts';
import type { Candidate, Mind, Understanding } from '../understanding/understanding.ts';
import type { Move } from './name-move.ts';
import type { Profile } from './profile/read-slots.ts';
import type { CountedEvidence } from './targets/compare-targets.ts';

/** What a person did, once an edge (Matrix, terminal, page) has parsed it. */
export type UserInput =
  | { readonly type: 'text'; readonly text: string }
  /** `turn`: the id of the turn whose reply carries the reaction, null when unknown. */
  | { readonly type: 'reaction'; readonly key: string; readonly turnId: string | null }
  /** The question of `turn` was rewritten. */
  | { readonly type: 'edit'; readonly text: string; readonly turnId: string }
  /** The question of `turn` was deleted. */
  | { readonly type: 'deletion'; readonly turnId: string }
  | { readonly type: 'media'; readonly media: 'image' | 'file' | 'audio' | 'video' | 'other' }
  /** The bot has just come into the room. */
  | { readonly type: 'arrival' };

export interface Situation {
  /** The id of this turn: the event id on Matrix. */
  readonly turnId: string;
  readonly place: 'dm' | 'salon';
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** False in one-shot uses (`ask`): no variant question, everything is shown at once. */
  readonly interactive: boolean;
  /** Is there somebody to hand over to? */
  readonly handoff: 'available' | 'closed' | 'none';
  /** When `handoff` is `closed`: when somebody answers again, in French, as it follows "de retour" ("lundi à 8 h"). */
  readonly reopens?: string;
  /** Milliseconds without a message after which the conversation starts anew; 30 minutes by default. */
  readonly idleLimit?: number;
  /** Is the turn to say its reasons? The page asks for them; they cost as much as ranking did. */
  readonly explains?: boolean;
}

/** A neutral piece of a reply; `render-reply.ts` makes HTML and a plain body of it. Texts carry the inline marks of content.ts. */
export type Block =
  | { readonly type: 'heading'; readonly text: string }
  | { readonly type: 'paragraph'; readonly text: string }
  | { readonly type: 'bullets'; readonly items: readonly Item[] }
  /** Numbered from `start` (1 by default). */
  | { readonly type: 'steps'; readonly items: readonly Item[]; readonly start?: number }
  /** Numbered choices that a digit or a reaction picks. */
  | { readonly type: 'choices'; readonly items: readonly string[] }
  /** Small print: source, dates. */
  | { readonly type: 'note'; readonly text: string };

export interface Item {
  readonly text: string;
  readonly points?: readonly string[];
}

export interface Reply {
  readonly blocks: readonly Block[];
  /** Reactions that the bot puts under its own message, in order. */
  readonly reactions: readonly string[];
  /** `dm`: to the person's direct message even when the question came from a salon. */
  readonly to: 'here' | 'dm';
  /** Turn whose first reply this one replaces (m.replace), or null for a new message. */
  readonly replaces: string | null;
}

export type Outcome = 'answer' | 'clarify' | 'fallback' | 'smalltalk' | 'handoff' | 'silence';

export type Effect =
  /** The person agreed to be handed over. */
  | { readonly type: 'open-ticket'; readonly request: HandoffRequest }
  | { readonly type: 'feedback'; readonly fiche: string; readonly solved: boolean }
  /** Not understood or ended badly: for `npm run questions`. Never holds a secret. */
  | { readonly type: 'unanswered'; readonly text: string; readonly nearest: string | null }
  /** Delete the replies of this turn, and erase its stored text. */
  | { readonly type: 'withdraw'; readonly turnId: string }
  /** The text of this turn holds a secret: it must not be stored. */
  | { readonly type: 'forget-text'; readonly turnId: string }
  /** Asked in a salon, goes on in private: `state` becomes that of the person's direct message. */
  | { readonly type: 'continue-in-dm'; readonly state: ConversationState };

export interface HandoffRequest {
  readonly fiche: string | null;
  /** 1-based step where the person stopped, or null. */
  readonly step: number | null;
  /** A few lines for whoever takes over, as the agent read them before agreeing. */
  readonly summary?: readonly string[];
  /** The exchange so far, oldest first, without secrets. */
  readonly transcript: readonly {
    readonly from: 'agent' | 'bot';
    readonly text: string;
    readonly at: number;
  }[];
}

/** Everything remembered of one conversation; JSON-serialisable, opaque to everybody but src/conversation. */
export type ConversationState = { readonly version: 1 } & Readonly<Record<string, unknown>>;

export interface Turn {
  readonly replies: readonly Reply[];
  readonly state: ConversationState;
  readonly effects: readonly Effect[];
  readonly outcome: Outcome;
  readonly fiche: string | null;
  readonly intent: string | null;
  readonly confidence: number;
  /** The matcher's ranking; for `clarify`, the choices offered. */
  readonly candidates: readonly Candidate[];
  /** For the "why" column of the page; null when the matcher was not asked. */
  readonly understanding: Understanding | null;
  /** Only for who asked (`explains`): neither stored nor logged. */
  readonly reasons?: TurnReasons;
}

/** Why a turn was what it was, for editors. */
export interface TurnReasons {
  readonly move: Move;
  /** What is known of whom the message is about. */
  readonly profile: Profile;
  /** What the message does; empty when it asks something. */
  readonly acts: readonly string[];
  /** What the message may be about, likeliest first. */
  readonly targets: readonly { readonly target: TargetName; readonly share: number }[];
  /** What put the first target before the second. */
  readonly evidence: readonly CountedEvidence[];
}

/**
 * One step of the dialogue: pure, never throws on any text.
 * `state` is null for a new or expired conversation.
 */
export type Respond = (
  state: ConversationState | null,
  input: UserInput,
  situation: Situation,
  content: Content,
  mind: Mind,
) => Turn;
