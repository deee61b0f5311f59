import type { Fiche, Slot } from '../../knowledge/content.ts';
import type { SentenceId } from '../../knowledge/sentence-catalogue.ts';
import type { Block } from '../conversation.ts';
import {
  type Draft,
  type Exchange,
  heading,
  knownFiche,
  nothing,
  paragraph,
  paragraphs,
  reply,
} from '../exchange.ts';
import type { DialogueAct } from '../reading/acts.ts';
import { isProcedure, layOutContacts } from '../rendering/lay-out-fiche.ts';
import { answerFiche } from './answer-fiche.ts';
import { askWhich } from './clarify.ts';
import { sayWhatIsExpected } from './fall-back.ts';
import { layOutHelpDesk, offerHuman } from './handoff-consent.ts';
import { showThemes } from './menu.ts';
import { answerNotSolved } from './not-solved.ts';
import { willWelcome } from './smalltalk.ts';
import { startGuide } from './step-by-step.ts';

/** Acts that one sentence answers, whatever was said before; what was awaited still is. */
const sentences: Readonly<Partial<Record<DialogueAct, SentenceId>>> = {
  apology: 'excuse',
  frustration: 'agacement',
  joke: 'plaisanterie',
  'who-reads': 'a-propos-lecteurs',
  'what-is-kept': 'a-propos-donnees',
  erase: 'a-propos-effacer',
  'are-you-human': 'a-propos-robot',
  'are-you-sure': 'a-propos-certitude',
  'cannot-phone': 'a-propos-telephone',
  'your-name': 'a-propos-nom',
  'for-somebody': 'pour-un-autre',
  'self-correction': 'pas-de-souci',
};

/** What the message does, when it asks nothing. Null: no act, or one that means nothing here. */
export function answerAct(exchange: Exchange): Draft | null {
  const { acts, content, memory, situation } = exchange;
  if (acts.size === 0) return null;
  const fiche = knownFiche(content, memory.fiche);
  const profile = answerProfile(exchange, fiche);
  if (profile !== null) return profile;
  for (const act of acts) {
    const draft =
      situation.interactive || act === 'human' || act === 'menu' ? answerOne(exchange, act, fiche) : null;
    if (draft !== null) return draft;
  }
  return situation.interactive ? sayWhatIsExpected(exchange) : null;
}

function answerOne(exchange: Exchange, act: DialogueAct, fiche: Fiche | null): Draft | null {
  const { say, memory } = exchange;
  const known = sentences[act];
  if (known !== undefined) return light(exchange, say(known as 'excuse'));
  switch (act) {
    case 'greeting':
      return light(exchange, willWelcome(exchange) ? '' : say('salutation'));
    case 'thanks':
      return { ...light(exchange, say('remerciement')), remember: { failures: 0 } };
    case 'goodbye':
      return { ...light(exchange, say('au-revoir')), remember: { pending: nothing, failures: 0 } };
    case 'acknowledged':
      return light(exchange, say('recu'));
    case 'pause':
      return light(exchange, say('pause'));
    case 'insult':
      return light(exchange, say('insulte'), layOutHelpDesk(exchange));
    case 'menu':
      return showThemes(exchange);
    case 'human': {
      const step = memory.pending.kind === 'step-by-step' ? memory.pending.step : null;
      return offerHuman(exchange, { step, lead: null });
    }
    case 'solved':
      return {
        ...light(exchange, say('resolu')),
        effects: fiche === null ? [] : [{ type: 'feedback', fiche: fiche.id, solved: true }],
        remember: { failures: 0, pending: nothing },
      };
    case 'stop':
      return { ...light(exchange, say('arret')), remember: { pending: nothing } };
    case 'correction':
      return answerCorrection(exchange);
    default:
      return fiche === null ? null : answerAboutFiche(exchange, act, fiche);
  }
}

/** Acts that are about the fiche last spoken of. */
function answerAboutFiche(exchange: Exchange, act: DialogueAct, fiche: Fiche): Draft | null {
  const { say, content } = exchange;
  switch (act) {
    case 'whole-fiche':
    case 'repeat':
      return answerFiche(exchange, fiche);
    case 'guide':
    case 'restart':
      return isProcedure(fiche) ? startGuide(exchange, fiche, null) : answerFiche(exchange, fiche);
    case 'simpler':
    case 'not-understood':
      return isProcedure(fiche)
        ? withLead(startGuide(exchange, fiche, null), paragraphs(say('plus-simple')))
        : about(exchange, fiche, [paragraph(fiche.summary), ...paragraphs(say('plus-simple-sans-etapes'))]);
    case 'shorter':
    case 'no-time':
      return about(exchange, fiche, [heading(fiche.title), paragraph(fiche.summary)]);
    case 'source':
      return about(exchange, fiche, paragraphs(say('a-propos-source', { rubrique: fiche.source })));
    case 'resume':
      return about(exchange, fiche, paragraphs(say('on-en-etait', { titre: fiche.title })));
    case 'not-solved':
    case 'no':
      return act === 'no' ? null : answerNotSolved(exchange, fiche, { step: null, refused: true });
    case 'not-found':
      return about(exchange, fiche, [
        ...paragraphs(say('perdu')),
        ...layOutContacts(fiche.contacts, content, say('qui-appeler')),
      ]);
    case 'done':
    case 'next':
      return isProcedure(fiche) ? about(exchange, fiche, paragraphs(say('est-ce-resolu'))) : null;
    default:
      return null;
  }
}

/** « Je suis à la PAF »: what it changes in the answer just given, or else that it is noted. */
function answerProfile(exchange: Exchange, fiche: Fiche | null): Draft | null {
  const { acts, told, content, memory } = exchange;
  const slots = Object.keys(told);
  const tells = acts.has('tells-profile') || acts.has('self-correction') || acts.has('for-somebody');
  if (slots.length === 0 || !tells) return null;
  const changes =
    fiche?.variants?.choices.some(({ when }) => when !== null && slots.includes(when.slot)) ?? false;
  if (fiche !== null && changes && memory.pending.kind !== 'consent') return answerFiche(exchange, fiche);
  return light(exchange, exchange.say('profil-note', { valeurs: describeProfile(told, content.profile) }));
}

function describeProfile(told: Exchange['told'], slots: readonly Slot[]): string {
  return slots
    .flatMap((slot) => {
      const value = slot.values.find(({ id }) => id === told[slot.id]);
      return value === undefined ? [] : `${slot.title.toLowerCase()} : ${value.title}`;
    })
    .join(', ');
}

/** « Non, pas ça »: the others that the last question could have meant, when there are some. */
function answerCorrection(exchange: Exchange): Draft {
  const { memory, content } = exchange;
  const question = memory.question === null ? null : exchange.understand(memory.question.text);
  const others = (question?.candidates ?? [])
    .map(({ id }) => id)
    .filter((id) => id !== memory.fiche && content.fiches.has(id))
    .slice(0, 4);
  if (others.length >= 2) return askWhich(exchange, others);
  return {
    replies: [reply(paragraphs(exchange.say('reformulez')))],
    outcome: 'clarify',
    fiche: null,
    candidates: [],
    remember: { pending: { kind: 'rephrase' } },
  };
}

function about({ memory }: Exchange, fiche: Fiche, blocks: readonly Block[]): Draft {
  return {
    replies: [reply(blocks)],
    outcome: 'answer',
    fiche: fiche.id,
    intent: fiche.id,
    candidates: [],
    remember: { fiche: fiche.id, pending: memory.pending },
  };
}

function light({ memory }: Exchange, text: string, more: readonly Block[] = []): Draft {
  const blocks = [...(text === '' ? [] : paragraphs(text)), ...more];
  return {
    replies: blocks.length === 0 ? [] : [reply(blocks)],
    outcome: 'smalltalk',
    fiche: memory.fiche,
    intent: null,
    candidates: [],
  };
}

function withLead(draft: Draft, lead: readonly Block[]): Draft {
  const [first, ...others] = draft.replies;
  return first === undefined
    ? draft
    : { ...draft, replies: [{ ...first, blocks: [...lead, ...first.blocks] }, ...others] };
}
