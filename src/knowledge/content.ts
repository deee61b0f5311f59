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
  /** What the step says, points left out, to an agent whose profile is known. */
  readonly bySlot: readonly BySlot[];
  readonly points: readonly string[];
  readonly branches: readonly Branch[];
}

/** One answer of a variant question: iPhone, Android… */
export interface Variant {
  readonly id: string;
  readonly title: string;
  /** Words of a message that already say which variant is meant. */
  readonly words: readonly string[];
  /** Values of a profile slot that say which variant it is. */
  readonly when: { readonly slot: string; readonly values: readonly string[] } | null;
  readonly information: readonly string[];
  readonly steps: readonly Step[];
}

/** A text that depends on the agent's profile: `value` is a value of the slot, or « * » for any known one. */
export interface BySlot {
  readonly slot: string;
  readonly value: string;
  readonly text: string;
}

/** A number with one of these units, above the one bound and up to the other. */
export interface Measure {
  readonly units: readonly string[];
  readonly above: number;
  readonly upTo: number;
}

/** A precise question about a fiche and its answer in a line or two; may be asked first or after the fiche. */
export interface Fact {
  /** Unique in its fiche. */
  readonly id: string;
  readonly questions: readonly string[];
  readonly answer: string;
  readonly bySlot: readonly BySlot[];
  /** What must be said with it, lest it mislead; null when it stands alone. */
  readonly also: string | null;
  /** The fiche that is spoken of from there on; null for that of the fact. */
  readonly leadsTo: string | null;
  /** A number that the agent reads and that calls for this fact; null for most. */
  readonly measure: Measure | null;
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
  /** Without order, shown before the steps. */
  readonly information: readonly string[];
  readonly steps: readonly Step[];
  readonly variants: { readonly question: string; readonly choices: readonly Variant[] } | null;
  readonly afterwards: readonly string[];
  readonly ifItPersists: readonly string[];
  readonly facts: readonly Fact[];
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
  /** What tells it from its likes, where these have been spoken of: « celle du ministère », of two video tools. */
  readonly designations: readonly string[];
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

/** Something to know of an agent (machine, phone, corps…). */
export interface Slot {
  readonly id: string;
  /** As said to the agent: « Votre poste ». */
  readonly title: string;
  readonly values: readonly SlotValue[];
}

export interface SlotValue {
  readonly id: string;
  readonly title: string;
  /** What agents write when it is their case. */
  readonly words: readonly string[];
  /** Name → what this value gives to answers: `domaine` → « PAF ». */
  readonly gives: ReadonlyMap<string, string>;
}

/** A question that makes a vague start clear: « connexion », « mot de passe ». */
export interface Diagnostic {
  readonly id: string;
  readonly triggers: readonly string[];
  readonly question: string;
  readonly choices: readonly DiagnosticChoice[];
}

export interface DiagnosticChoice {
  readonly fiche: string;
  /** The fact of that fiche that answers at once; null: the whole fiche does. */
  readonly fact: string | null;
  readonly label: string;
}

/** What a message of a conversation is about. */
export type TargetName =
  | { readonly kind: 'fiche'; readonly fiche: string }
  | { readonly kind: 'fact'; readonly fiche: string; readonly fact: string }
  | { readonly kind: 'act'; readonly act: string }
  | { readonly kind: 'none' };

/** A conversation whose every message is labelled: what ranking in context is learnt from. */
export type LabelledConversation = readonly {
  readonly text: string;
  readonly target: TargetName;
  /** What the assistant waited for before the message, where it is not what the turn before makes it. */
  readonly awaited: string | null;
  readonly choices: readonly string[];
}[];

export interface Content {
  readonly fiches: ReadonlyMap<string, Fiche>;
  readonly intents: readonly Intent[];
  readonly lexicon: Lexicon;
  readonly outOfScope: readonly OutOfScopeTheme[];
  readonly sentences: Sentences;
  readonly profile: readonly Slot[];
  /** Words that say that a message is about somebody else than its author. */
  readonly otherPeople: readonly string[];
  /** Examples of each dialogue act; ids are those of conversation/reading/acts.ts. */
  readonly acts: readonly Intent[];
  readonly diagnostics: readonly Diagnostic[];
  readonly conversations: readonly LabelledConversation[];
  /** Hash of all files read, for `!version` and caches. */
  readonly version: string;
}
