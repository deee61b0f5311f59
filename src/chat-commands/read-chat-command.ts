import { foldAccents } from '../text/fold-accents.ts';

export interface WrittenCommand {
  /** As written, without the `!`. */
  readonly word: string;
  /** What follows. */
  readonly rest: string;
}

/** `!` and a word, at the start; null for anything else ("Attention ! redémarrez", "!!! urgent"). */
export function readChatCommand(text: string): WrittenCommand | null {
  // Some keyboards write « é » as two characters.
  const match = /^\s*!\s?([\p{L}-]+)(?:\s+([\s\S]*))?$/u.exec(text.normalize('NFC'));
  if (!match?.[1]) return null;
  return { word: match[1], rest: (match[2] ?? '').trim() };
}

/** What two spellings of one command have in common. */
export function foldWord(word: string): string {
  return foldAccents(word.toLowerCase());
}
