import type { Fiche } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';
import type { Block, Effect, HandoffRequest } from '../conversation.ts';
import {
  bullets,
  type Draft,
  type Exchange,
  isSalon,
  knownFiche,
  nothing,
  paragraph,
  paragraphs,
  reply,
} from '../exchange.ts';
import type { Memory, PendingOf } from '../memory.ts';
import { cutClauses, readClauseActs } from '../reading/read-acts.ts';
import { layOutContacts } from '../rendering/lay-out-fiche.ts';
import { findReached, summariseRequest } from './summarise-request.ts';

type Consent = PendingOf<'consent'>;

/** Least probability of a question beside a refusal. */
const sureBeside = 0.6;

/** Those whom every agent may call, whatever the tool. */
const helpDesk = ['hotline-interne', 'centre-appel', 'setna'] as const;

export function layOutHelpDesk(exchange: Exchange): Block[] {
  return layOutContacts(helpDesk, exchange.content, exchange.say('numeros-utiles'));
}

interface Offer {
  /** Step of the pas à pas where the agent stopped, or null. */
  readonly step: number | null;
  /** Said first, when the offer needs a reason. */
  readonly lead: string | null;
}

/** Offers a human: says what will be passed on and asks. Without a support salon, gives the guide's numbers. */
export function offerHuman(exchange: Exchange, offer: Offer): Draft {
  const { situation, say } = exchange;
  const lead = offer.lead === null ? [] : paragraphs(offer.lead);
  if (situation.handoff === 'none' || !situation.interactive) {
    return handoffDraft(exchange, [
      ...lead,
      ...paragraphs(say('pas-de-conseiller')),
      ...layOutHelpDesk(exchange),
    ]);
  }
  const reached = findReached(exchange, offer.step);
  const consent: Consent = {
    kind: 'consent',
    step: reached.step,
    asked: 1,
    fiche: reached.fiche?.id ?? null,
    summary: summariseRequest(exchange, reached),
  };
  const question = askConsent(exchange, consent, lead);
  if (!isSalon(exchange)) return { ...question, remember: { failures: 0, pending: consent } };
  return moveToDirectMessage(exchange, question, consent);
}

/** One message while the consent is waited for. Null: it is neither yes nor no. */
export function answerConsent(exchange: Exchange, consent: Consent): Draft | null {
  const { acts, say } = exchange;
  if (refusesHuman(exchange)) {
    if (asksBeside(exchange)) return null;
    return {
      ...handoffDraft(exchange, [...paragraphs(say('consentement-refuse')), ...layOutHelpDesk(exchange)]),
      outcome: 'smalltalk',
    };
  }
  if (!acts.has('yes') && !acts.has('human')) return null;
  const effects: Effect[] = [{ type: 'open-ticket', request: requestOf(exchange, consent) }];
  return { ...handoffDraft(exchange, paragraphs(say('transmission'))), effects };
}

/** « Non », however it goes on. */
export function refusesHuman({ acts, text }: Exchange): boolean {
  const said = /^(?:non+|nn|nan|nope|pas)\b/.test(foldText(text)) || readClauseActs(text).has('no');
  return said || acts.has('no') || acts.has('no-human') || acts.has('stop');
}

/** « Non, attendez. D'abord l'adresse de COMU »: the refusal opens a question. */
function asksBeside({ acts, ranked, text }: Exchange): boolean {
  const [best] = ranked;
  const asks = best?.target.kind === 'fact' || best?.target.kind === 'fiche';
  return acts.size === 0 && asks && best.share >= sureBeside && cutClauses(text).length > 1;
}

/** Neither yes nor no, and no question either: asks once more, then lets go. */
export function askConsentAgain(exchange: Exchange, consent: Consent): Draft | null {
  if (consent.asked >= 2) return null;
  const again = { ...consent, asked: consent.asked + 1 };
  return {
    replies: [reply(paragraphs(exchange.say('consentement-oui-non')), ['👍', '👎'])],
    outcome: 'handoff',
    fiche: exchange.memory.fiche,
    remember: { pending: again },
  };
}

function askConsent(exchange: Exchange, consent: Consent, lead: readonly Block[]): Draft {
  const { situation, say, memory, content } = exchange;
  const fiche = knownFiche(content, memory.fiche);
  const closed =
    situation.handoff !== 'closed'
      ? []
      : [
          ...paragraphs(
            situation.reopens === undefined
              ? say('conseillers-absents')
              : say('conseillers-absents-jusqu-a', { retour: situation.reopens }),
          ),
          ...layOutHelpDesk(exchange),
        ];
  const passedOn = [...(consent.summary ?? []).map(({ text }) => text), say('transmis-echange')];
  return {
    replies: [
      reply(
        [
          ...lead,
          paragraph(say('consentement')),
          ...bullets(passedOn),
          paragraph(say('consentement-secrets')),
          ...closed,
          paragraph(`**${say('consentement-question')}**`),
          ...(closed.length > 0 ? [] : layOutPhone(exchange, fiche)),
        ],
        ['👍', '👎'],
      ),
    ],
    outcome: 'handoff',
    fiche: memory.fiche,
  };
}

/** The number to call, for those who would rather not wait: the fiche's own, else the help desk's. */
function layOutPhone({ content, say }: Exchange, fiche: Fiche | null): Block[] {
  const contacts = new Set([...(fiche?.contacts ?? []), 'hotline-interne', 'centre-appel']);
  return layOutContacts([...contacts], content, say('autres-contacts'));
}

/** From a salon: the consent is asked in private, where the conversation goes on with what was said so far. */
function moveToDirectMessage(exchange: Exchange, question: Draft, consent: Consent): Draft {
  const state: Memory = {
    ...exchange.memory,
    welcomed: true,
    pending: consent,
    failures: 0,
    turns: [],
    before: null,
  };
  return {
    ...question,
    replies: [
      reply(paragraphs(exchange.say('suite-avec-conseiller-en-prive'))),
      ...question.replies.map((asked) => ({ ...asked, to: 'dm' as const })),
    ],
    effects: [{ type: 'continue-in-dm', state }],
    remember: { failures: 0, pending: nothing },
  };
}

function handoffDraft(exchange: Exchange, blocks: readonly Block[]): Draft {
  return {
    replies: [reply(blocks)],
    outcome: 'handoff',
    fiche: exchange.memory.fiche,
    remember: { failures: 0, pending: nothing },
  };
}

/** What the agent agreed to: the summary as it was read then, whatever was said since. */
function requestOf(exchange: Exchange, consent: Consent): HandoffRequest {
  return {
    fiche: consent.fiche === undefined ? exchange.memory.fiche : consent.fiche,
    step: consent.step,
    ...(consent.summary === undefined ? {} : { summary: consent.summary.map(({ text }) => text) }),
    transcript: exchange.memory.transcript.map(({ from, text, at }) => ({ from, text, at })),
  };
}
