import { foldAccents } from './fold-accents.ts';

/**
 * A text as words are compared: lower case, no accents, one space in the place of any run of other signs. A keycap
 * (1️⃣) keeps its digit. The matcher reads text by its own rules (understanding/reading/normalise.ts): it needs accents
 * for its stems, and line ends to cut quoted mail.
 */
export function foldText(text: string): string {
  return foldAccents(text.toLowerCase())
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

export function foldedWords(text: string): string[] {
  return foldText(text).split(' ').filter(Boolean);
}
