import { foldedWords, foldText } from '../../text/fold-text.ts';
import type { Exchange } from '../exchange.ts';
import { readQuestionForm } from '../reading/question-form.ts';
import { contradicts } from '../targets/reading-context.ts';
import { standsAlone } from '../targets/stands-alone.ts';

/** Least part of a fiche's probability that its best fact has to be worth answering in place of a question back. */
const worthAnswering = 0.2;
/** « Adresse Jitsi » asks without a verb. */
const fewWords = 4;
/** A second fact is said too from this part of the first one's probability on. */
const nearlyAs = 0.6;

/** What a message asks, fiche by fiche: the probability of each, and of its best fact. */
export interface AskedFiche {
  readonly fiche: string;
  /** Of the fiche as a whole and of its facts together. */
  readonly share: number;
  /** The fact, when it is likelier than the fiche as a whole. */
  readonly fact: string | null;
  /** Another fact nearly as likely: both are said. */
  readonly second: string | null;
  /** The best fact, when it is nearly as likely as that. */
  readonly likeliest: string | null;
  /** Part of the fiche's share that is its best fact's. */
  readonly ofFact: number;
}

/** Fiches by the probability that the message asks about them, best first; the share of what is no question left out. */
export function poolByFiche(
  exchange: Pick<Exchange, 'ranked' | 'profile' | 'content' | 'memory'>,
  text: string,
  named: readonly string[],
): readonly AskedFiche[] {
  const pools = new Map<
    string,
    { whole: number; facts: { readonly id: string; readonly share: number }[] }
  >();
  let all = 0;
  // Best first: so are the facts of each fiche.
  for (const { target, share } of exchange.ranked) {
    if (target.kind === 'act') continue;
    if (target.kind !== 'none' && isOfAnotherMachine(exchange, target.fiche, named)) continue;
    all += share;
    if (target.kind === 'none') continue;
    const pool = pools.get(target.fiche) ?? { whole: 0, facts: [] };
    if (target.kind === 'fiche') pool.whole += share;
    else pool.facts.push({ id: target.fact, share });
    pools.set(target.fiche, pool);
  }
  const asked = [...pools]
    .map(([fiche, { whole, facts }]) => {
      const ofFacts = facts.reduce((sum, { share }) => sum + share, 0);
      const [first, second] = facts;
      const bar = factBar(text, fiche === exchange.memory.fiche);
      return {
        fiche,
        share: all === 0 ? 0 : (whole + ofFacts) / all,
        fact: first !== undefined && ofFacts >= bar * whole ? first.id : null,
        second: second !== undefined && second.share >= nearlyAs * (first?.share ?? 0) ? second.id : null,
        ofFact: first === undefined ? 0 : first.share / (whole + ofFacts),
        likeliest: first !== undefined && first.share >= worthAnswering * (whole + ofFacts) ? first.id : null,
      };
    })
    .sort((a, b) => b.share - a.share);
  return joinSameFact(asked, exchange);
}

/** « L'adresse ? », of two fiches of one tool that both say it: the likelier fiche answers for both. */
function joinSameFact(
  asked: readonly AskedFiche[],
  { content }: Pick<Exchange, 'content'>,
): readonly AskedFiche[] {
  const [best, second, ...others] = asked;
  if (best === undefined || second === undefined || best.fact === null || best.fact !== second.fact)
    return asked;
  const [tool, other] = [best, second].map(({ fiche }) => content.fiches.get(fiche)?.product ?? null);
  return tool === null || tool !== other ? asked : [{ ...best, share: best.share + second.share }, ...others];
}

/** How much likelier than the fiche as a whole its facts must be: one thing is asked for, or how it is done. */
function factBar(text: string, isSpokenOf: boolean): number {
  const { asks, how, which } = readQuestionForm(text, foldText(text));
  // A trouble that is told, and not asked about, calls for the procedure.
  if (!asks && !isSpokenOf && foldedWords(text).length > fewWords) return Number.POSITIVE_INFINITY;
  if (which && !how) return 0.3;
  // « Comment chiffrer une clé ? » asked again, after its fiche, still asks for the procedure.
  if (how && !which && standsAlone(text)) return Number.POSITIVE_INFINITY;
  return how && !which ? 1.5 : isSpokenOf ? 0.6 : 1.5;
}

/** Who has a SPAN is never given a procedure of NOEMI as if it were his, nor the reverse; who names the other machine asks for it. */
function isOfAnotherMachine(
  { profile, content }: Pick<Exchange, 'profile' | 'content'>,
  id: string,
  named: readonly string[],
): boolean {
  const tool = content.fiches.get(id)?.product ?? null;
  return tool !== null && contradicts(tool, profile) && !named.includes(tool);
}
