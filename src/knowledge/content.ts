/**
 * What the YAML files of `knowledge/` and `intents/` become once read and checked: plain frozen data,
 * no file system, no clock. Types only, so that the pure rooms (conversation, understanding) may name them.
 *
 * Shown texts carry three inline marks and no HTML: `**bold**`, backticks around what an agent types, bare URLs.
 */

/** What an agent may see at a step, and where that leads. */
export interface Branch {
  /** The sight, as shown: "L'icône est bleue". */
  readonly condition: string;
  /** Ways an agent says so in the pas à pas. */
  readonly wordings: readonly string[];
  /** What to do then, as shown. */
  readonly advice: string;
  readonly target: BranchTarget;
}

/** `step` counts from 1 in the list of steps the agent sees (common steps, then those of the variant). */
export type BranchTarget =
  | { readonly kind: 'next' }
  | { readonly kind: 'step'; readonly step: number }
  | { readonly kind: 'persists' }
  | { readonly kind: 'end' }
  | { readonly kind: 'fiche'; readonly fiche: string }
  | { readonly kind: 'human' };

export interface Step {
  readonly text: string;
  readonly points: readonly string[];
  readonly branches: readonly Branch[];
}

/** One answer of a variant question: iPhone, Android… */
export interface Variant {
  readonly id: string;
  readonly title: string;
  /** Words of a message that already say which variant is meant. */
  readonly words: readonly string[];
  readonly facts: readonly string[];
  readonly steps: readonly Step[];
}

/** A short question asked once a fiche has been shown, with its short answer. */
export interface FollowUp {
  readonly questions: readonly string[];
  readonly answer: string;
}

export interface Fiche {
  readonly id: string;
  /** At most 70 characters: heading of the reply and label of a choice. */
  readonly title: string;
  readonly question: string;
  readonly theme: string;
  /** Id in `lexicon.products`, or null when the fiche is about no single tool. */
  readonly product: string | null;
  readonly summary: string;
  /** Heading of the guide's section. */
  readonly source: string;
  /** ISO dates. */
  readonly reviewed: string;
  readonly reviewBefore: string;
  readonly facts: readonly string[];
  readonly steps: readonly Step[];
  readonly variants: { readonly question: string; readonly choices: readonly Variant[] } | null;
  readonly afterwards: readonly string[];
  readonly ifItPersists: readonly string[];
  readonly followUps: readonly FollowUp[];
  /** Ids in `sentences.contacts`. */
  readonly contacts: readonly string[];
  /** Ids of related fiches, most useful first. */
  readonly related: readonly string[];
  readonly dated: readonly { readonly text: string; readonly date: string }[];
  readonly editorNote: string | null;
}

/** One file of `intents/`: a fiche's questions, or those of a non-fiche intent such as `salutation`. */
export interface Intent {
  readonly id: string;
  readonly questions: readonly string[];
  /** Who wrote each question, null for the house. Absent: the house wrote them all. */
  readonly writers?: readonly (string | null)[];
}

export interface Product {
  readonly id: string;
  readonly name: string;
  /** Other spellings, misspellings included. */
  readonly spellings: readonly string[];
}

export interface Lexicon {
  readonly products: readonly Product[];
  /** Tools the guide does not cover (Teams, Outlook…): evidence for a refusal. */
  readonly outOfScopeProducts: readonly Product[];
  /** SMS or office abbreviation → words. */
  readonly abbreviations: ReadonlyMap<string, string>;
  /** Groups of words that mean the same; the first is the canonical one. */
  readonly synonyms: readonly (readonly string[])[];
}

export interface OutOfScopeTheme {
  readonly title: string;
  readonly questions: readonly string[];
  /** Who wrote them; null or absent for the house. */
  readonly writer?: string | null;
}

export interface Sentences {
  /** Sentence templates by id, `{placeholder}` inside; ids and placeholders are those of sentence-catalogue.ts. */
  readonly texts: ReadonlyMap<string, string>;
  readonly contacts: ReadonlyMap<string, string>;
  /** Theme id → title, in menu order. */
  readonly themes: ReadonlyMap<string, string>;
}

export interface Content {
  readonly fiches: ReadonlyMap<string, Fiche>;
  readonly intents: readonly Intent[];
  readonly lexicon: Lexicon;
  readonly outOfScope: readonly OutOfScopeTheme[];
  readonly sentences: Sentences;
  /** Hash of all files read, for `!version` and caches. */
  readonly version: string;
}
