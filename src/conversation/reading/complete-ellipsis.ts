import type { Content } from '../../knowledge/content.ts';
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
 * « Et Jitsi ? » after « Tchap, c'est fiable ? »: the question before, about the tool that is named now. Null when the
 * message asks something of its own.
 */
export function completeEllipsis(
  text: string,
  before: string | null,
  { reading }: Understanding,
  { lexicon }: Content,
): string | null {
  if (before === null || before.length > 300) return null;
  const folded = foldText(text);
  const denied = readDeniedTools(text, lexicon);
  const named = reading.products.filter((id) => !denied.has(id));
  const product = lexicon.products.find(({ id }) => id === named[0]);
  if (product === undefined || named.length !== 1) return null;
  const spellings = lexicon.products.flatMap(({ name, spellings: ways }) => [name, ...ways].map(foldText));
  const spelt = new Set(spellings.flatMap((way) => way.split(' ')));
  const own = folded.split(' ').filter((word) => word !== '' && !besides.has(word) && !spelt.has(word));
  // « Non pas ça, l'autre outil ! Jitsi, celui de l'État » : words enough of a correction, none of a question.
  const corrects =
    denied.size > 0 ||
    /\b(?:pas (?:ca|cela|celle|celui|celles|ceux)|l autre|autre outil|finalement|plutot|me suis tromp\w+)\b/.test(
      folded,
    );
  if (own.length > (corrects ? mostWordsOfCorrection : 0)) return null;
  if (corrects && readQuestionForm(text, folded).asks) return null;
  const question = foldText(before)
    .split(' ')
    .filter((word) => !spelt.has(word));
  return question.length === 0 ? null : `${question.join(' ')} ${product.name}`;
}
