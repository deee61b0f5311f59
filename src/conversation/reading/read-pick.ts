import { foldedWords, foldText } from '../../text/fold-text.ts';

const ordinals: readonly (readonly string[])[] = [
  ['premier', 'premiere', '1er', '1ere', 'un', 'une'],
  ['deuxieme', 'second', 'seconde', '2e', '2eme', '2nd', '2nde', 'deux'],
  ['troisieme', '3e', '3eme', 'trois'],
  ['quatrieme', '4e', '4eme', 'quatre'],
  ['cinquieme', '5e', '5eme', 'cinq'],
  ['sixieme', '6e', '6eme', 'six'],
  ['septieme', '7e', '7eme', 'sept'],
  ['huitieme', '8e', '8eme', 'huit'],
  ['neuvieme', '9e', '9eme', 'neuf'],
];

const pickFrame =
  /^(?:(?:c est|je (?:choisis|veux|prends|dirais)|plutot|oui|va pour|alors|pour moi|bonjour) )*(?:(?:le|la|l|un|une|choix|option|numero|n|no|nº|reponse|proposition|point) )*([\p{L}\p{N}]+)(?: (?:choix|option|proposition|question|svp|stp|merci|s il vous plait))*$/u;

const empty = new Set(
  'a au aux avec c ce cela celui celle ca choix d dans de des du elle en est et il j je l la le les leur ma mes moi mon n ne ou par pas plutot pour qu que quel quelle quoi s sa se ses son sur ta te tu un une vos votre vous y oui voudrais veux cest comment faire mais bonjour merci svp'.split(
    ' ',
  ),
);

/**
 * The place (from 0) that the message picks among numbered `labels`: a digit, an ordinal ("le deuxième"), the label,
 * or words that only one label has ("wifi"). Null when it picks none, or could pick two.
 */
export function readPick(text: string, labels: readonly string[]): number | null {
  const folded = foldText(text);
  return readNumber(folded, labels.length) ?? readLabel(folded, labels);
}

/** Is the message a number or an ordinal and nothing else, whatever the list? */
export function isPick(text: string): boolean {
  return readNumber(foldText(text), 99) !== null;
}

function readNumber(folded: string, count: number): number | null {
  const word = pickFrame.exec(folded)?.[1];
  if (word === undefined) return null;
  if (/^(?:dernier|derniere)$/.test(word)) return count - 1;
  const place = /^\d{1,2}$/.test(word) ? Number(word) - 1 : ordinals.findIndex((ways) => ways.includes(word));
  return place >= 0 && place < count ? place : null;
}

function readLabel(folded: string, labels: readonly string[]): number | null {
  const exact = labels.findIndex((label) => foldText(label) === folded);
  if (exact >= 0) return exact;
  const words = contentWords(folded);
  if (words.length === 0 || words.length > 5) return null;
  const scores = labels.map((label) => {
    const labelWords = contentWords(foldText(label)).concat(joinedPairs(foldText(label)));
    return words.filter((word) => labelWords.some((known) => sameWord(word, known))).length / words.length;
  });
  const best = Math.max(...scores);
  const alone = scores.filter((score) => score === best).length === 1;
  // Half of the words must be the label's: "mon imprimante wifi ne marche plus" is another question, not a pick.
  return alone && best > 0.5 ? scores.indexOf(best) : null;
}

const contentWords = (folded: string): string[] =>
  folded.split(' ').filter((word) => word !== '' && !empty.has(word));

/** "Wi-Fi" is written "wifi" too. */
function joinedPairs(folded: string): string[] {
  const words = foldedWords(folded);
  return words.slice(1).map((word, index) => `${words[index] ?? ''}${word}`);
}

function sameWord(written: string, known: string): boolean {
  if (written === known) return true;
  const shared = Math.min(written.length, known.length);
  // A plural or a conjugation differs at the end only.
  return shared >= 4 && written.slice(0, shared - 1) === known.slice(0, shared - 1);
}
