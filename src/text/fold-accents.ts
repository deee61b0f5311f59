/**
 * "Réseau" → "Reseau", "cœur" → "coeur". Only small ligatures are opened: a text of both cases is lowered first.
 */
export function foldAccents(text: string): string {
  return isAscii(text) ? text : text.replace(/[^\0-\x7f]/g, foldLetter);
}

/** At most one entry a UTF-16 unit: decomposing a text costs ten times as much as looking its few accents up. */
const folded = new Map<string, string>([
  ['œ', 'oe'],
  ['æ', 'ae'],
]);

function foldLetter(letter: string): string {
  const known = folded.get(letter);
  if (known !== undefined) return known;
  const plain = letter.normalize('NFD').replace(/\p{M}+/gu, '');
  folded.set(letter, plain);
  return plain;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}
