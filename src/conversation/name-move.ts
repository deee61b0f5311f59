import type { Effect } from './conversation.ts';
import type { Draft, Exchange } from './exchange.ts';

/** The moves of the conversation, as the page names them to editors. */
export const moves = [
  'warn-of-secret',
  'open-ticket',
  'ask-consent',
  'give-numbers',
  'ask-variant',
  'show-step',
  'offer-to-resume',
  'diagnose',
  'ask-which',
  'show-menu',
  'ask-to-rephrase',
  'last-resorts',
  'answer-fact',
  'answer-with-others',
  'retell-fiche',
  'answer-fiche',
  'fall-back',
  'take-note',
  'small-talk',
  'silence',
] as const;
export type Move = (typeof moves)[number];

/** The move that a draft comes from, told by what it decides: whatever is waited for next, then its outcome. */
export function nameMove({ memory, acts }: Exchange, draft: Draft, effects: readonly Effect[]): Move {
  const { outcome, remember } = draft;
  const pending = remember?.pending === memory.pending ? undefined : remember?.pending;
  const has = (type: Effect['type']): boolean => effects.some((effect) => effect.type === type);
  if (has('forget-text')) return 'warn-of-secret';
  if (has('open-ticket')) return 'open-ticket';
  if (pending?.kind === 'consent' || has('continue-in-dm')) return 'ask-consent';
  if (typeof remember?.fact === 'string') return 'answer-fact';
  switch (pending?.kind) {
    case 'variant':
      return 'ask-variant';
    case 'step-by-step':
      return pending.paused ? 'offer-to-resume' : outcome === 'fallback' ? 'fall-back' : 'show-step';
    case 'clarify':
      if (outcome === 'answer') return 'answer-with-others';
      return pending.labels === undefined ? 'ask-which' : 'diagnose';
    case 'menu':
      return 'show-menu';
    case 'rephrase':
      return 'ask-to-rephrase';
    case 'solved':
      if (pending.tried) return 'last-resorts';
      if (pending.related.length > 0) return 'answer-with-others';
      break;
    case 'none':
    case undefined:
      break;
  }
  switch (outcome) {
    case 'answer':
      return acts.size > 0 && pending === undefined ? 'retell-fiche' : 'answer-fiche';
    case 'clarify':
      return 'ask-which';
    case 'fallback':
      return 'fall-back';
    case 'handoff':
      return 'give-numbers';
    case 'smalltalk':
      return has('feedback') ? 'take-note' : 'small-talk';
    case 'silence':
      return has('feedback') ? 'take-note' : 'silence';
  }
}
