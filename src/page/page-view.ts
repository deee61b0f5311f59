import type { Outcome, UserInput } from '../conversation/conversation.ts';
import type { AuditEntry } from '../store/audit.ts';

/** What the host and the page's script tell each other, as JSON. Types only: both sides name them. */

export interface PageMessage {
  /** Id that the page draws for each of its conversations. */
  readonly conversation: string;
  readonly input: Extract<UserInput, { type: 'text' | 'reaction' | 'edit' | 'deletion' }>;
}

export type PageEvent =
  | {
      readonly type: 'message';
      readonly id: string;
      readonly turnId: string;
      readonly html: string;
      /** A message for the support salon, shown apart. */
      readonly support: boolean;
    }
  | { readonly type: 'edit'; readonly of: string; readonly html: string }
  | { readonly type: 'reaction'; readonly id: string; readonly of: string; readonly key: string }
  | { readonly type: 'redaction'; readonly of: string };

export interface PageAnswer {
  /** Id of the turn: reactions, edits and deletions name it. */
  readonly turnId: string;
  readonly events: readonly PageEvent[];
  readonly why: Why | null;
}

/** Why the bot answered so. Scores are probabilities in [0, 1]. */
export interface Why {
  readonly outcome: Outcome;
  /** One sentence: the decision and the threshold it was held against. */
  readonly sentence: string;
  /** What the conversation did, in words. */
  readonly move: string | null;
  /** What is known of the agent, in words; empty when nothing is. */
  readonly profile: string;
  /** What the message does, as intents/actes.yaml names it; empty when it asks something. */
  readonly acts: readonly string[];
  /** What the message may be about, likeliest first: three at most. */
  readonly targets: readonly { readonly title: string; readonly share: number }[];
  /** What put the first target before the second, most important first: four at most. */
  readonly evidence: readonly string[];
  /** null when the message was not classified: a reaction, a step, a choice. */
  readonly reading: {
    readonly normalised: string;
    readonly words: readonly string[];
    readonly corrections: readonly { readonly from: string; readonly to: string }[];
    readonly products: readonly string[];
    readonly outOfScopeProducts: readonly string[];
  } | null;
  readonly thresholds: { readonly answer: number; readonly refuse: number } | null;
  readonly candidates: readonly { readonly id: string; readonly title: string; readonly score: number }[];
  readonly nearest: readonly {
    readonly question: string;
    readonly title: string;
    readonly similarity: number;
  }[];
  readonly fiche: {
    readonly id: string;
    readonly title: string;
    readonly source: string;
    readonly reviewed: string;
    readonly file: string;
  } | null;
}

export interface FichesView {
  readonly version: string;
  readonly questions: number;
  readonly themes: readonly { readonly title: string; readonly fiches: readonly FicheView[] }[];
}

export interface CheckView {
  readonly errors: number;
  readonly warnings: number;
  /** What `npm run check` says, errors first. */
  readonly problems: readonly {
    readonly severity: 'error' | 'warning';
    readonly file: string;
    readonly text: string;
  }[];
}

export interface FicheView {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly source: string;
  readonly reviewed: string;
  readonly reviewBefore: string;
  /** The reply with all its variants, as HTML. */
  readonly html: string;
  readonly questions: readonly string[];
}

export interface Figures {
  readonly days: number;
  /** One entry a day, oldest first, days without a question included. Small talk and silence are no questions. */
  readonly perDay: readonly { readonly day: string; readonly questions: number }[];
  readonly outcomes: readonly { readonly outcome: Outcome; readonly count: number }[];
  /** The fiches given most often, ten at most. */
  readonly topFiches: readonly { readonly id: string; readonly title: string; readonly count: number }[];
  readonly feedback: readonly {
    readonly id: string;
    readonly title: string;
    readonly solved: number;
    readonly unsolved: number;
  }[];
  /** The questions that had no answer, latest first, fifty at most; names and secrets are masked. */
  readonly unanswered: readonly {
    readonly id: string;
    readonly at: number;
    readonly text: string;
    readonly nearest: string | null;
  }[];
  /** null when there is no support salon. */
  readonly tickets: TicketFigures | null;
}

export interface TicketFigures {
  /** Open tickets: those that no operator holds first, then by longest wait. */
  readonly waiting: readonly {
    readonly id: string;
    readonly subject: string;
    readonly minutes: number;
    /** Does an operator hold it? `minutes` then counts from its opening, otherwise from when it began to wait. */
    readonly claimed: boolean;
  }[];
  /** Tickets opened and closed in the period. */
  readonly opened: number;
  readonly closed: number;
  /** Medians, from the opening: to a human's first word, to the closing; null when there was none. */
  readonly medianFirstAnswer: number | null;
  readonly medianMinutes: number | null;
  /** Opened within seven days of the end of another one of the same agent. */
  readonly reopened: number;
  /** Agents asked whether it is solved, and their answers. */
  readonly asked: number;
  readonly resolved: number;
  readonly unresolved: number;
  readonly proposals: { readonly sent: number; readonly discarded: number };
  /** Tickets opened in each hour of the day, in French time. */
  readonly perHour: readonly number[];
  /** Solved without a human, and handed over; the fiches that lead to a human most often, the latest days. */
  readonly deflectionByFiche: readonly DeflectionRow[];
  readonly deflectionByDay: readonly DeflectionRow[];
}

export interface DeflectionRow {
  readonly name: string;
  readonly solved: number;
  readonly handedOver: number;
}

/** Who looks at the page, and what they may do there: a reader looks and tries, an editor changes the fiches too. */
export interface Visitor {
  readonly name: string;
  readonly role: 'reader' | 'editor';
}

/** Latest first. */
export type AuditView = readonly AuditEntry[];

/** Versions of the two files of a fiche, so that nobody saves over what they have not seen; null: not there. */
export interface FicheVersions {
  readonly knowledge: string | null;
  readonly intents: string | null;
}

/** A fiche as it is edited: values under the keys that editors write in the files. */
export interface FicheSource {
  readonly id: string;
  readonly versions: FicheVersions;
  readonly fiche: Readonly<Record<string, unknown>>;
  readonly questions: readonly string[];
  /** Questions of writers who are named, which stay in the file as they are. */
  readonly voices: number;
  readonly canCommit: boolean;
}

/** What the fields of a fiche may name. */
export interface Names {
  readonly fiches: readonly Name[];
  readonly themes: readonly Name[];
  readonly products: readonly Name[];
  readonly contacts: readonly Name[];
  readonly slots: readonly (Name & { readonly values: readonly Name[] })[];
  /** Fiches taken out of service. */
  readonly resting: readonly string[];
  /** null: the files can be changed from the page; otherwise why not. */
  readonly readOnly: string | null;
}

export interface Name {
  readonly id: string;
  readonly title: string;
}

/** What `npm run check` says of a fiche as it is being typed, by field. */
export interface FicheCheck {
  readonly fields: readonly {
    readonly file: 'knowledge' | 'intents';
    readonly path: readonly (string | number)[];
    readonly severity: 'error' | 'warning';
    readonly message: string;
    readonly remedy: string;
  }[];
  /** In other files, because of this one. */
  readonly others: readonly string[];
  /** What agents would read; null as long as there is an error. */
  readonly html: string | null;
}

export type SaveAnswer =
  /** `version` is in service once the bot has learnt it. */
  | {
      readonly type: 'saved';
      readonly version: string;
      readonly entry: number;
      readonly notCommitted: string | null;
    }
  | { readonly type: 'refused'; readonly reasons: readonly string[] }
  /** Somebody else has saved meanwhile. */
  | {
      readonly type: 'conflict';
      readonly versions: FicheVersions;
      readonly yours: { readonly knowledge: string; readonly intents: string };
      readonly theirs: { readonly knowledge: string; readonly intents: string };
    };

/** Questions without a good answer, alike together, most frequent first. */
export interface Todo {
  readonly days: number;
  readonly questions: number;
  readonly groups: readonly {
    /** Short names of its questions. */
    readonly ids: readonly string[];
    readonly lastAt: number;
    /** The first five of different words, masked. */
    readonly texts: readonly string[];
    /** Id of a fiche. */
    readonly nearest: string | null;
  }[];
}
