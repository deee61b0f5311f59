import type { Effect } from './conversation.ts';
import { type Draft, type Exchange, nothing, paragraphs, reply } from './exchange.ts';
import { layOutHelpDesk, offerHuman } from './handoff-consent.ts';

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
  const [foreign] = understanding.reading.foreignProducts;
  const product = exchange.content.lexicon.foreignProducts.find(({ id }) => id === foreign);
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

/** "Oui", "suivant", a number… that answers nothing: says what is expected. Twice in a row: offers a human. */
export function sayWhatIsExpected(exchange: Exchange): Draft {
  const { pending } = exchange.memory;
  if (pending.kind === 'clarify' || pending.kind === 'variant' || pending.kind === 'menu') {
    const failures = exchange.memory.failures + 1;
    if (failures >= 2) return offerHuman(exchange, { step: null, lead: exchange.say('deux-echecs') });
    return {
      replies: [reply(paragraphs(exchange.say('choix-attendu')))],
      outcome: 'clarify',
      candidates: [],
      remember: { failures },
    };
  }
  return {
    replies: [reply(paragraphs(exchange.say('rien-en-attente')))],
    outcome: 'smalltalk',
    fiche: exchange.memory.fiche,
    remember: { pending: nothing },
  };
}
