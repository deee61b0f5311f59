import type { Fiche, Variant } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import { type Draft, type Exchange, knownFiche, paragraphs, reply } from '../exchange.ts';
import type { PendingOf } from '../memory.ts';
import { readPick } from '../reading/read-pick.ts';
import { layOutContacts } from '../rendering/lay-out-fiche.ts';
import { answerFiche } from './answer-fiche.ts';
import { askVariant, readVariant, variantByProfile } from './choose-variant.ts';
import { answerClarify } from './clarify.ts';
import { answerKnownFact, asksElsewhere } from './follow-up.ts';
import { answerConsent, offerHuman } from './handoff-consent.ts';
import { answerMenu } from './menu.ts';
import { answerNotSolved } from './not-solved.ts';
import { pickChoice } from './pick-choice.ts';
import { answerInGuide, endSolved, startGuide, variantOf } from './step-by-step.ts';

/** Words that make of a yes the acceptance of an offer. */
const accepting = /\b(?:svp|stp|s il (?:vous|te) plait|je veux bien|volontiers|avec plaisir)\b/;

/** Reads the message as the answer to what the bot waits for. Null: it is not. */
export function answerPending(exchange: Exchange): Draft | null {
  const { pending } = exchange.memory;
  switch (pending.kind) {
    case 'none':
    case 'rephrase':
      return null;
    case 'clarify':
      return answerClarify(exchange, pending);
    case 'variant':
      return answerVariant(exchange, pending);
    case 'solved':
      return answerSolved(exchange, pending);
    case 'step-by-step':
      return answerInGuide(exchange, pending);
    case 'consent':
      return answerConsent(exchange, pending);
    case 'menu':
      return answerMenu(exchange, pending);
  }
}

function answerVariant(exchange: Exchange, pending: PendingOf<'variant'>): Draft | null {
  const { content, acts } = exchange;
  const fiche = knownFiche(content, pending.fiche);
  const choices = fiche?.variants?.choices;
  if (fiche === null || choices === undefined) return null;
  const chosen = chooseVariant(exchange, fiche, choices);
  if (chosen !== null) {
    const draft = pending.guided
      ? startGuide(exchange, fiche, chosen)
      : answerFiche(exchange, fiche, { shown: chosen });
    return { ...draft, confidence: 1 };
  }
  if (acts.has('guide') && pending.asked < 2)
    return askVariant(exchange, fiche, { guided: true, times: pending.asked + 1 });
  if (acts.has('unsure') || acts.has('no') || acts.has('other')) {
    return answerFiche(exchange, fiche, { shown: 'all' });
  }
  return null;
}

function chooseVariant(exchange: Exchange, fiche: Fiche, choices: readonly Variant[]): Variant | null {
  const { text } = exchange;
  const picked = readPick(
    text,
    choices.map((choice) => choice.title),
  );
  const named =
    (picked === null ? undefined : choices[picked]) ??
    readVariant(text, fiche) ??
    variantByProfile(exchange.slots.told, fiche);
  if (named === undefined || named === null) return null;
  // "Comment installer Tchap sur Android" names a telephone and asks for something else.
  const { decision, candidates } = exchange.understand(text);
  const elsewhere = decision === 'answer' && candidates[0]?.id !== fiche.id;
  const words = foldedWords(text).length;
  return words <= 3 || (words <= 5 && !elsewhere) || (decision === 'answer' && !elsewhere) ? named : null;
}

function answerSolved(exchange: Exchange, pending: PendingOf<'solved'>): Draft | null {
  const { acts, content, say } = exchange;
  const fiche = knownFiche(content, pending.fiche);
  if (fiche === null) return null;
  const related = pending.related.flatMap((id) => knownFiche(content, id) ?? []);
  const picked = pickChoice(
    exchange,
    related.map(({ id, title }) => ({ id, label: title })),
  );
  const other = picked === null ? undefined : related[picked];
  if (other !== undefined) return { ...answerFiche(exchange, other), confidence: 1 };
  if (acts.has('guide')) return startGuide(exchange, fiche, variantOf(fiche, pending.variant));
  if (acts.has('acknowledged')) return keepWaiting(exchange, say('prenez-votre-temps'));
  // Who says « oui svp » under the last resorts takes what they end on: a person.
  if (pending.tried && acts.has('yes') && accepting.test(foldText(exchange.text)))
    return offerHuman(exchange, { step: null, lead: null });
  if (acts.has('solved') || acts.has('yes')) return endSolved(exchange, fiche);
  if (acts.has('not-solved') || acts.has('no'))
    return answerNotSolved(exchange, fiche, { step: null, refused: true });
  const known = answerKnownFact(exchange, fiche);
  if (known !== null) return known;
  if (acts.has('not-found') && !asksElsewhere(exchange, fiche)) {
    return {
      replies: [
        reply([...paragraphs(say('perdu')), ...layOutContacts(fiche.contacts, content, say('qui-appeler'))]),
      ],
      outcome: 'answer',
      fiche: fiche.id,
    };
  }
  return null;
}

/** A word of acknowledgement; what was waited for still is. */
function keepWaiting(exchange: Exchange, text: string): Draft {
  return { replies: [reply(paragraphs(text))], outcome: 'smalltalk', fiche: exchange.memory.fiche };
}
