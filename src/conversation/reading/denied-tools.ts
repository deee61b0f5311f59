import type { Lexicon } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';

/** Words that may stand between a denial and what it denies: « pas celle de COMU ». */
const between = 'le la les l de du d des sur un une pour par celui celle ceux mon ma ce cette dans avec'
  .split(' ')
  .join('|');
const denials = new WeakMap<Lexicon, ReadonlyMap<string, RegExp>>();

/** The products that a message says it is not about: « non pas COMU, l'autre ». */
export function readDeniedTools(text: string, lexicon: Lexicon): ReadonlySet<string> {
  const folded = foldText(text);
  if (!/\b(?:pas|ni|plus)\b/.test(folded)) return new Set();
  return new Set(
    [...denialsOf(lexicon)].flatMap(([product, denial]) => (denial.test(folded) ? [product] : [])),
  );
}

function denialsOf(lexicon: Lexicon): ReadonlyMap<string, RegExp> {
  const known =
    denials.get(lexicon) ??
    new Map(
      lexicon.products.map(({ id, name, spellings }) => {
        const ways = [name, ...spellings].map(foldText).filter(Boolean).join('|');
        return [id, new RegExp(`\\b(?:pas|ni)(?: (?:${between}))* (?:${ways})\\b`)];
      }),
    );
  denials.set(lexicon, known);
  return known;
}
