import { cutSentences } from './cut-sentences.ts';
import type { ReadText } from './read-words.ts';
import { stripCourtesies } from './strip-courtesies.ts';

export interface Sentence {
  readonly read: ReadText;
  /** Puts a question or a request, rather than telling a story. */
  readonly asks: boolean;
}

export interface Message {
  readonly normalised: string;
  /** The message without the courtesies around it. */
  readonly whole: ReadText;
  /** Sentences of a letter, courtesies left out; empty for a message of one sentence or a few words. */
  readonly sentences: readonly Sentence[];
}

/** Shorter messages are read as a whole only. */
const fewestWordsOfALetter = 14;
const mostSentences = 24;
const fewestWordsOfAClause = 3;
/** What may join two questions. */
const joint = /[?!;]+\s*|\.\s+|\n+|,? (?:et|puis|sinon|ou alors|autre question|aussi)(?= )[ ,:]*/;
const asks =
  /\?|^(?:comment|pourquoi|quand|qui|que|quoi|o[uù]|combien|quels?|quelles?|est ?ce|peut|puis|pou[rv]|dois|faut|existe|y a)\b|\b(?:pouvez|pourriez|pourrais|voudrais|souhaite|souhaiterais|aimerais|merci de|besoin|comment|quelle?s? est)\b/;

/** `whole`: the reading of the message without its courtesies, where it is known already. */
export function readMessage(
  normalised: string,
  read: (text: string) => ReadText,
  whole = read(stripCourtesies(normalised)),
): Message {
  const sentences: Sentence[] = [];
  if (whole.words.length >= fewestWordsOfALetter) {
    for (const sentence of cutSentences(normalised).slice(0, mostSentences)) {
      const content = read(stripCourtesies(sentence));
      if (content.words.length > 1) sentences.push({ read: content, asks: asks.test(sentence) });
    }
  }
  return { normalised, whole, sentences: sentences.length > 1 ? sentences : [] };
}

/**
 * Clauses that may each be a question of their own; fewer than two for most messages. Of a letter, the sentences that
 * ask: what its other clauses say, torn from the story, is often misread.
 */
export function readClauses(
  { normalised, sentences }: Message,
  read: (text: string) => ReadText,
): ReadText[] {
  const clauses =
    sentences.length > 0
      ? sentences.filter((sentence) => sentence.asks).map((sentence) => sentence.read)
      : normalised
          .split(joint)
          .slice(0, mostSentences)
          .map((clause) => read(stripCourtesies(clause.trim())));
  return clauses.filter((clause) => clause.words.length >= fewestWordsOfAClause);
}
