import { bareEmoji } from '../../text/bare-emoji.ts';
import { foldAccents } from '../../text/fold-accents.ts';

/** What an operator asks in the support salon. `number` is null when it goes without saying: the thread tells which. */
export type OperatorCommand =
  | { readonly type: 'claim'; readonly number: number | null }
  | { readonly type: 'close'; readonly number: number | null; readonly note: string | null }
  | { readonly type: 'release'; readonly number: number | null }
  /** `to`: what was written after the number; empty when nothing was. */
  | { readonly type: 'transfer'; readonly number: number | null; readonly to: string }
  | { readonly type: 'note'; readonly number: number | null; readonly note: string }
  | { readonly type: 'list' }
  | { readonly type: 'help' }
  /** Begins like a command and is none: answered, never passed on. */
  | { readonly type: 'unknown'; readonly word: string };

/** null when the text is no command. A misspelt command must never reach an agent: anything after a `!` is one. */
export function readOperatorCommand(text: string): OperatorCommand | null {
  const match = /^\s*!\s?([\p{L}-]+)(?:\s+([\s\S]*))?$/u.exec(text);
  if (!match?.[1]) return null;
  const word = foldAccents(match[1].toLowerCase());
  const { number, rest } = takeNumber(match[2] ?? '');
  switch (word) {
    case 'prendre':
      return { type: 'claim', number };
    case 'clore':
    case 'fermer':
      return { type: 'close', number, note: rest === '' ? null : rest };
    case 'rendre':
      return { type: 'release', number };
    case 'transferer':
      return { type: 'transfer', number, to: rest };
    case 'note':
      return { type: 'note', number, note: rest };
    case 'tickets':
    case 'demandes':
      return { type: 'list' };
    case 'aide':
      return { type: 'help' };
    default:
      return { type: 'unknown', word: match[1].slice(0, 30) };
  }
}

/** "12", "#12", "n° 12" at the start, then the rest. */
function takeNumber(text: string): { number: number | null; rest: string } {
  const match = /^\s*(?:#|n\s?°\s?|no?\s)?(\d{1,9})(?:\s+|$)([\s\S]*)$/iu.exec(text);
  if (!match?.[1]) return { number: null, rest: text.trim() };
  return { number: Number(match[1]), rest: (match[2] ?? '').trim() };
}

/** What a reaction of an operator asks; null for any other. */
export function readOperatorReaction(key: string): 'claim' | 'close' | null {
  switch (bareEmoji(key)) {
    case '✋':
    case '🖐':
    case '🙋':
      return 'claim';
    case '✅':
    case '✔':
    case '☑':
      return 'close';
    default:
      return null;
  }
}
