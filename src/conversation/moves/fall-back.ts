import type { DialogueAct } from '../../knowledge/dialogue-acts.ts';
import type { Effect } from '../conversation.ts';
import { type Draft, type Exchange, nothing, paragraphs, reply } from '../exchange.ts';
import { isPick } from '../reading/read-pick.ts';
import { askConsentAgain, layOutHelpDesk, offerHuman } from './handoff-consent.ts';

/** Foreign, or not understood: says what the bot answers to and who can help. Twice in a row: offers a human. */
export function fallBack(exchange: Exchange): Draft {
  const { memory, say, situation, text } = exchange;
  const understanding = exchange.understand(text);
  const failures = memory.failures + 1;
  const effects: Effect[] = [{ type: 'unanswered', text, nearest: understanding.candidates[0]?.id ?? null }];
  if (failures >= 2 && situation.interactive) {
    const human = offerHuman(exchange, { step: null, lead: say('deux-echecs') });
    return { ...human, effects: [...effects, ...(human.effects ?? [])] };
  }
  const [foreign] = understanding.reading.outOfScopeProducts;
  const product = exchange.content.lexicon.outOfScopeProducts.find(({ id }) => id === foreign);
  const lead = product === undefined ? say('pas-compris') : say('hors-guide', { outil: product.name });
  return {
    replies: [reply([...paragraphs(lead), ...layOutHelpDesk(exchange)])],
    outcome: 'fallback',
    fiche: null,
    intent: null,
    effects,
    remember: { failures, pending: nothing },
  };
}

/** "Oui", "suivant", a number… that answers nothing: says what is expected. Choices missed twice in a row: offers a human. */
export function sayWhatIsExpected(exchange: Exchange): Draft {
  const { memory, acts, say } = exchange;
  switch (memory.pending.kind) {
    case 'clarify':
    case 'variant':
    case 'menu': {
      const failures = memory.failures + 1;
      if (failures >= 2) return offerHuman(exchange, { step: null, lead: say('deux-echecs') });
      return { ...remind(exchange, say('choix-attendu')), outcome: 'clarify', remember: { failures } };
    }
    case 'consent':
      return askConsentAgain(exchange, memory.pending) ?? remind(exchange, say('rien-en-attente'));
    case 'solved':
      if (!acts.has('other') && !acts.has('stop')) {
        const failures = memory.failures + 1;
        if (failures >= 2) return offerHuman(exchange, { step: null, lead: say('deux-echecs') });
        return { ...remind(exchange, say('est-ce-resolu')), remember: { failures } };
      }
      return { ...remind(exchange, say('rien-en-attente')), remember: { pending: nothing } };
    case 'none':
    case 'rephrase': {
      const refused =
        isPick(exchange.text) ||
        ['no', 'other', 'unsure', 'not-solved', 'insult'].some((act) => acts.has(act as DialogueAct));
      const failures = memory.failures + (refused || memory.pending.kind === 'rephrase' ? 1 : 0);
      if (failures >= 2) return offerHuman(exchange, { step: null, lead: say('deux-echecs') });
      return { ...remind(exchange, say('rien-en-attente')), remember: { failures } };
    }
    case 'step-by-step':
      return remind(exchange, say('rien-en-attente'));
  }
}

function remind(exchange: Exchange, text: string): Draft {
  return {
    replies: [reply(paragraphs(text))],
    outcome: 'smalltalk',
    fiche: exchange.memory.fiche,
    intent: null,
    candidates: [],
  };
}
