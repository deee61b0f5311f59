import type { Content, Lexicon, Product } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';
import type { Understanding } from '../../understanding/understanding.ts';
import { readDeniedTools } from './denied-tools.ts';
import { readQuestionForm } from './question-form.ts';

/** Words that may stand beside the tool in an elliptic question: « et pour Jitsi alors ? ». */
const besides: ReadonlySet<string> = new Set(
  'a ah alors aussi avec bon c celle celui ca du coup dans de donc en est et euh finalement la le l les mais meme moi non nan nn ok oui ou pareil pas plutot pour pr question sinon sur svp stp un une autre outil voila'.split(
    ' ',
  ),
);

const mostWordsOfCorrection = 6;

/**
 * « Et Jitsi ? » after « Tchap, c'est fiable ? »: the question before, about the tool that is named now, or told by what
 * tells it from its likes (« celle du ministère »). Null when the message asks something of its own. `near`: the tools
 * that have been spoken of or may be meant.
 */
export function completeEllipsis(
  text: string,
  before: string | null,
  { reading }: Understanding,
  { lexicon }: Content,
  near: ReadonlySet<string>,
): string | null {
  if (before === null || before.length > 300) return null;
  const folded = foldText(text);
  const denied = readDeniedTools(text, lexicon);
  const named = reading.products.filter((id) => !denied.has(id));
  const designated = named.length === 0 ? readDesignation(folded, lexicon, near) : null;
  const product = designated?.product ?? lexicon.products.find(({ id }) => id === named[0]);
  if (product === undefined || named.length > 1) return null;
  const spellings = lexicon.products.flatMap(({ name, spellings: ways }) => [name, ...ways].map(foldText));
  const spelt = new Set(spellings.flatMap((way) => way.split(' ')));
  const own = (designated?.rest ?? folded)
    .split(' ')
    .filter((word) => word !== '' && !besides.has(word) && !spelt.has(word));
  // « Non pas ça, l'autre outil ! Jitsi, celui de l'État » : words enough of a correction, none of a question.
  const corrects =
    denied.size > 0 ||
    /\b(?:pas (?:ca|cela|celle|celui|celles|ceux)|l autre|autre outil|finalement|plutot|me suis (?:tromp|embrouill|gour|plant|melang)\w+|confond\w*)\b/.test(
      folded,
    );
  const isOwn = own.length > (corrects ? mostWordsOfCorrection : 0);
  const asks = corrects && readQuestionForm(text, folded).asks;
  if (isOwn || asks) return designated === null ? null : `${text} ${product.name}`;
  const question = foldText(before)
    .split(' ')
    .filter((word) => !spelt.has(word));
  return question.length === 0 ? null : `${question.join(' ')} ${product.name}`;
}

const designationsOf = new WeakMap<Lexicon, readonly (readonly [Product, RegExp])[]>();

/** The tool of `near` that « celle du ministère » designates, and what else the message says. Null: none, or two. */
function readDesignation(
  folded: string,
  lexicon: Lexicon,
  near: ReadonlySet<string>,
): { readonly product: Product; readonly rest: string } | null {
  const known =
    designationsOf.get(lexicon) ??
    lexicon.products
      .filter(({ designations }) => designations.length > 0)
      .map((product) => [product, designationOf(product)] as const);
  designationsOf.set(lexicon, known);
  const meant = known.filter(([{ id }, words]) => near.has(id) && words.test(folded));
  const [found] = meant;
  if (found === undefined || meant.length > 1) return null;
  // What is said of the others, it is not, goes with it.
  const rest = known.reduce((left, [, words]) => left.replaceAll(new RegExp(words, 'g'), ' '), folded);
  return { product: found[0], rest };
}

/** « Celle qui est réservée au ministère », « l'autre, celui du MI »; not « pas celui du ministère ». */
function designationOf({ designations }: Product): RegExp {
  const ways = designations
    .map(foldText)
    .sort((a, b) => b.length - a.length)
    .join('|');
  return new RegExp(
    `(?<!\\bpas )\\b(?:celle|celui|l autre|(?:l |un |une |cet )?(?:autre )?(?:outil|truc|machin|visio|visioconference))(?: (?:qui est|qu est))? (?:${ways})(?: (?:${ways}))*\\b`,
  );
}
