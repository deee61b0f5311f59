import type { Intent, Lexicon } from '../knowledge/content.ts';

/** What the matcher learns from. Pure data: the same set and seed give the same matcher, bit for bit. */
export interface TrainingSet {
  readonly intents: readonly TrainingIntent[];
  /** Questions that must be refused. */
  readonly outOfScope: readonly string[];
  /** Who wrote each of them, as `Intent.writers`. */
  readonly outOfScopeWriters?: readonly (string | null)[];
  readonly lexicon: Lexicon;
}

export interface TrainingIntent extends Intent {
  /** Id in `lexicon.products`, or null. */
  readonly product: string | null;
  /** The fiche's own text (title, summary, steps…): weak evidence, not questions. Empty for small talk. */
  readonly evidence: readonly string[];
}

/** An intent and the calibrated probability, in [0, 1], that it is the right one. */
export interface Candidate {
  readonly id: string;
  readonly score: number;
}

/**
 * `answer`: candidates[0] is sure enough to be given at once.
 * `clarify`: one of `choices` (2 to 4 ids, best first) is very probably right; ask.
 * `refuse`: out of scope, or too doubtful to offer anything.
 */
export type Decision = 'answer' | 'clarify' | 'refuse';

/** How the text was read, for the page's "why" column and for tests. */
export interface Reading {
  /** The text after normalisation, as the features saw it. */
  readonly normalised: string;
  readonly words: readonly string[];
  readonly corrections: readonly { readonly from: string; readonly to: string }[];
  /** Ids of lexicon products named in the text. */
  readonly products: readonly string[];
  readonly outOfScopeProducts: readonly string[];
}

export interface Understanding {
  readonly decision: Decision;
  /** Best first, at most 5; empty only for a text without a word. */
  readonly candidates: readonly Candidate[];
  /** Calibrated probability that candidates[0] is right; 0 without candidates. */
  readonly confidence: number;
  /** Ids offered when `decision` is `clarify`, else empty. */
  readonly choices: readonly string[];
  /** Intents of further questions in the same message, each sure enough to be answered; never contains candidates[0]. */
  readonly alsoAsked: readonly string[];
  /** Nearest training questions (cosine), for "why this answer". At most 3. */
  readonly nearest: readonly {
    readonly question: string;
    readonly intent: string | null;
    readonly similarity: number;
  }[];
  /** Scores under which the matcher clarifies or refuses. */
  readonly thresholds: { readonly answer: number; readonly refuse: number };
  readonly reading: Reading;
}

export interface Matcher {
  /** Never throws, whatever the text; bounded time (long texts are cut). */
  understand(text: string): Understanding;
}

/** What training leaves: it can also read a text without judging it, which is most of the work. */
export interface TrainedMatcher extends Matcher {
  /** The `reading` of what understand(text) gives. */
  read(text: string): Reading;
}

/** What reads messages: three matchers, and the weights with which they count in the light of what was said before. */
export interface Mind {
  /** Which fiche, or small-talk intent. */
  readonly intents: Matcher;
  /** Which fact, by `fiche/fact`; a question about a fiche as a whole is out of scope. */
  readonly facts: Matcher;
  /** Which dialogue act; a question is out of scope. */
  readonly acts: Matcher;
  readonly weights: TargetWeights;
}

/** How much each kind of evidence of conversation/targets/ counts. */
export interface TargetWeights {
  /** Does the message do something, ask something, or neither? */
  readonly kinds: Float64Array;
  /** What it does or asks, once that is known. */
  readonly targets: Float64Array;
}
