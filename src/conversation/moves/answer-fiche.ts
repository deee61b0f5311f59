import type { Fiche } from '../../knowledge/content.ts';
import { type Draft, type Exchange, isSalon, nothing, paragraph, reply } from '../exchange.ts';
import type { Pending } from '../memory.ts';
import { isProcedure, layOutFiche, type Shown, stepsOf } from '../rendering/lay-out-fiche.ts';
import { askVariant, rememberVariant, settleVariant } from './choose-variant.ts';

/** Steps from which the pas à pas is worth offering. */
const guidedFrom = 3;

export const solvedReactions = ['👍', '👎'] as const;

export interface Asked {
  /** The variant, when the dialogue has just settled it. */
  readonly shown?: Shown;
  /** No question at the end: others of the same message follow, or a guide is under way. */
  readonly quiet?: boolean;
}

/** Answers with a fiche; asks first which variant is meant, when nothing says so. */
export function answerFiche(exchange: Exchange, fiche: Fiche, asked: Asked = {}): Draft {
  const { situation, say } = exchange;
  const shown = asked.shown ?? settleVariant(exchange, fiche);
  if (shown === 'ask') {
    const { pending } = exchange.memory;
    const again = pending.kind === 'variant' && pending.fiche === fiche.id;
    // Asked once; who does not say is shown all of them.
    if (situation.interactive && asked.quiet !== true && !again)
      return askVariant(exchange, fiche, { guided: false, times: 1 });
    return answerFiche(exchange, fiche, { ...asked, shown: 'all' });
  }
  const variant = shown === 'all' ? null : shown;
  const remember = {
    fiche: fiche.id,
    failures: 0,
    ...(variant === null ? {} : { variants: rememberVariant(exchange.memory, fiche, variant) }),
  };
  // In the middle of a guide, the guide asks.
  const { pending: awaited, suspended } = exchange.memory;
  const quiet = asked.quiet === true || awaited.kind === 'step-by-step' || suspended !== null;
  const mayAsk = situation.interactive && !quiet && isProcedure(fiche);
  const guidable = !isSalon(exchange) && stepsOf(fiche, variant).length >= guidedFrom;
  const form = isSalon(exchange) ? 'short' : 'whole';
  const layout = layOutFiche(fiche, shown, form, exchange.content, say, {
    asks: !mayAsk ? 'nothing' : guidable ? 'solved-or-guide' : 'solved',
    now: situation.now,
  });
  const asks = mayAsk && !layout.cut;
  const pending: Pending = asks
    ? { kind: 'solved', fiche: fiche.id, variant: variant?.id ?? null, tried: false, related: [] }
    : nothing;
  const end = layout.cut ? [paragraph(say('suite-en-prive'))] : [];
  return {
    replies: [reply([...layout.blocks, ...end], asks ? solvedReactions : [])],
    outcome: 'answer',
    fiche: fiche.id,
    intent: fiche.id,
    remember: { ...remember, ...(asked.quiet === true ? {} : { pending }) },
  };
}
