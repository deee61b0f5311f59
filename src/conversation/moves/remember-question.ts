import { cutText } from '../../text/cut-text.ts';
import type { Draft, Exchange } from '../exchange.ts';

/** The question that the draft answers is what « et pour Jitsi ? » or « un Samsung » is then read with. */
export function rememberQuestion({ situation, text }: Exchange, draft: Draft): Draft {
  if (draft.outcome === 'smalltalk' || draft.outcome === 'handoff') return draft;
  const question = { turn: situation.turnId, text: cutText(text, 1_000) };
  return { ...draft, remember: { question, ...draft.remember } };
}
