/**
 * A text as the conversation compares it: lower case, no accents, every apostrophe, hyphen and sign a space.
 * Keycap digits (1️⃣) become plain digits. The matcher has its own, richer normalisation.
 */
export function foldText(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/œ/g, 'oe')
    .replace(/[^\p{L}\p{N}?]+/gu, ' ')
    .replace(/\?+/g, ' ')
    .trim();
}

export function foldedWords(text: string): string[] {
  return foldText(text).split(' ').filter(Boolean);
}
