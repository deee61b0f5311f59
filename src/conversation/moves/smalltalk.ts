import { type Draft, type Exchange, nothing, paragraphs, reply } from '../exchange.ts';
import { offerHuman } from './handoff-consent.ts';
import { showThemes } from './menu.ts';

/** The intents that are not fiches (shared contract of intents/*.yaml). Null for any other id. */
export function answerSmalltalk(exchange: Exchange, intent: string): Draft | null {
  const { say, memory } = exchange;
  switch (intent) {
    case 'salutation':
      // On first contact the welcome, which conclude.ts puts before every first reply, is greeting enough.
      return light(willWelcome(exchange) ? [] : paragraphs(say('salutation')));
    case 'remerciement':
      return light(paragraphs(say('remerciement')));
    case 'au-revoir':
      return { ...light(paragraphs(say('au-revoir'))), remember: { pending: nothing, failures: 0 } };
    case 'capacites':
      return showThemes(exchange);
    case 'parler-a-un-humain':
      return offerHuman(exchange, {
        step: memory.pending.kind === 'step-by-step' ? memory.pending.step : null,
        lead: null,
      });
    default:
      return null;
  }
}

/** How such an intent is named among the choices of a question. */
export function smalltalkTitle({ say }: Exchange, intent: string): string | null {
  switch (intent) {
    case 'capacites':
      return say('choix-capacites');
    case 'parler-a-un-humain':
      return say('choix-conseiller');
    default:
      return null;
  }
}

/** Is this the first contact, in a place where a welcome is due? Salons have their introduction. */
export function willWelcome({ memory, situation }: Pick<Exchange, 'memory' | 'situation'>): boolean {
  return !memory.welcomed && situation.place === 'dm' && situation.interactive;
}

function light(blocks: ReturnType<typeof paragraphs>): Draft {
  return { replies: blocks.length === 0 ? [] : [reply(blocks)], outcome: 'smalltalk', fiche: null };
}
