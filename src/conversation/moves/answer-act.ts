import type { Fiche } from '../../knowledge/content.ts';
import type { SentenceId } from '../../knowledge/sentence-catalogue.ts';
import { foldText } from '../../text/fold-text.ts';
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
import { describeProfile } from '../profile/describe-profile.ts';
import type { Profile } from '../profile/read-slots.ts';
import { type DialogueAct, smallTalkOf } from '../reading/acts.ts';
import { findNamedStep } from '../reading/find-named-step.ts';
import { readActs } from '../reading/read-acts.ts';
import { isProcedure, layOutContacts, stepsOf } from '../rendering/lay-out-fiche.ts';
import { answerFact } from './answer-fact.ts';
import { answerFiche, solvedReactions } from './answer-fiche.ts';
import { recallVariant, variantByProfile } from './choose-variant.ts';
import { askWhich } from './clarify.ts';
import { sayWhatIsExpected } from './fall-back.ts';
import { layOutHelpDesk, offerHuman } from './handoff-consent.ts';
import { showThemes } from './menu.ts';
import { answerNotSolved } from './not-solved.ts';
import { endSolved, mayBeSolved, startGuide } from './step-by-step.ts';
import { willWelcome } from './welcome.ts';

/** Least probability of a fiche that the question before may have been about. */
const leastOfAsked = 0.15;
const recentTurns = 3;
/** Least probability of the fiche that « guidez-moi » may name. */
const leastOfNamed = 0.05;

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

/** Acts that mean something in a message that nothing came before (`npm run ask`). */
const meantAlone: ReadonlySet<DialogueAct> = new Set([
  ...(Object.keys(sentences) as DialogueAct[]),
  'greeting',
  'thanks',
  'goodbye',
  'human',
  'menu',
]);

/** What the message does, when it asks nothing. Null: no act, or one that means nothing here. */
export function answerAct(exchange: Exchange): Draft | null {
  const { acts, content, memory, situation } = exchange;
  if (acts.size === 0) return null;
  const fiche = knownFiche(content, memory.fiche);
  const profile = answerProfile(exchange, fiche);
  if (profile !== null) return profile;
  for (const act of acts) {
    const draft = situation.interactive || meantAlone.has(act) ? answerOne(exchange, act, fiche) : null;
    if (draft === null) continue;
    const named = { ...draft, intent: draft.intent ?? smallTalkOf(act) };
    return exchange.guessed ? countAsFailure(exchange, named) : named;
  }
  // An act that means nothing here, and that no word names, was read amiss: the message asks something.
  if (!situation.interactive || readActs(exchange.written).size === 0) return null;
  return sayWhatIsExpected(exchange);
}

/** The very words of the message before, which say no act plainly. */
function saysItAgain({ memory, written, situation }: Exchange): boolean {
  const before = memory.transcript.filter(({ from }) => from === 'agent').at(-1);
  const same = before !== undefined && foldText(before.text) === foldText(written);
  return situation.interactive && same && readActs(written).size === 0;
}

/** What was only guessed may have been misunderstood: a second such message in a row is not guessed. */
function countAsFailure({ memory }: Exchange, draft: Draft): Draft {
  return { ...draft, remember: { ...draft.remember, failures: memory.failures + 1 } };
}

function answerOne(exchange: Exchange, act: DialogueAct, fiche: Fiche | null): Draft | null {
  const { say, memory, situation } = exchange;
  const known = sentences[act];
  if (known !== undefined) {
    const answer = light(exchange, say(known as 'excuse'));
    if (!saysItAgain(exchange)) return answer;
    // Whoever writes the same words again was not answered by ours.
    return memory.failures > 0
      ? offerHuman(exchange, { step: null, lead: say('deux-echecs') })
      : countAsFailure(exchange, answer);
  }
  switch (act) {
    case 'tells-profile':
      // Nothing that the profile has a place for: « télétravail depuis lundi ». Once: it may be gibberish.
      return situation.interactive && memory.pending.kind === 'none' && memory.failures === 0
        ? countAsFailure(exchange, light(exchange, say('recu')))
        : null;
    case 'greeting':
      // On first contact the welcome, which conclude.ts puts before every first reply, is greeting enough.
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
      if (memory.insulted) return sayWhatIsExpected(exchange);
      return {
        ...light(exchange, say('insulte'), layOutHelpDesk(exchange)),
        remember: { insulted: true },
      };
    case 'menu':
      return showThemes(exchange);
    case 'human': {
      const step = memory.pending.kind === 'step-by-step' ? memory.pending.step : null;
      return offerHuman(exchange, { step, lead: null });
    }
    case 'no-human':
      return { ...light(exchange, say('sans-conseiller')), remember: { failures: 0 } };
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
    case 'guide': {
      const guided = namedFiche(exchange, fiche);
      if (guided === null) return null;
      return isProcedure(guided) ? startGuide(exchange, guided, null) : answerFiche(exchange, guided);
    }
    case 'whole-fiche': {
      const whole = namedFiche(exchange, fiche);
      return whole === null ? null : answerFiche(exchange, whole);
    }
    default:
      return fiche === null ? null : answerAboutFiche(exchange, act, fiche);
  }
}

/** « Guidez-moi pour BitLocker » names its fiche; « guidez-moi » alone is about the one spoken of. */
function namedFiche({ content, ranked, text, understand }: Exchange, spokenOf: Fiche | null): Fiche | null {
  const named = understand(text).reading.products.length > 0;
  const [best] = ranked.flatMap(({ target, share }) =>
    (target.kind === 'fiche' || target.kind === 'fact') && share >= leastOfNamed ? [target.fiche] : [],
  );
  const [likeliest] = understand(text).candidates;
  const meant = best ?? (likeliest !== undefined && likeliest.score >= leastOfAsked ? likeliest.id : null);
  return (named || spokenOf === null ? knownFiche(content, meant) : null) ?? spokenOf;
}

/** Acts that are about the fiche last spoken of. */
function answerAboutFiche(exchange: Exchange, act: DialogueAct, fiche: Fiche): Draft | null {
  const { say, content } = exchange;
  switch (act) {
    case 'repeat':
      return answerFiche(exchange, fiche);
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
      return isProcedure(fiche) ? goOnFromStep(exchange, fiche) : light(exchange, say('recu'));
    default:
      return null;
  }
}

/** « Je suis à la PAF »: what it changes in the answer just given, or else that it is noted. */
function answerProfile(exchange: Exchange, fiche: Fiche | null): Draft | null {
  const { acts, memory } = exchange;
  const { told, spareWords } = exchange.slots;
  const slots = Object.keys(told);
  const corrects = ['no', 'other', 'correction'].some((act) => acts.has(act as DialogueAct));
  const changes = slots.some((slot) => (memory.profile[slot] ?? told[slot]) !== told[slot]);
  const tells =
    spareWords <= 1 ||
    // « Non, CRS c'était avant, maintenant PJ »
    (corrects && changes) ||
    [...acts].some((act) => act === 'tells-profile' || act === 'self-correction' || act === 'for-somebody');
  if (slots.length === 0 || !tells) return null;
  if (fiche !== null && memory.pending.kind !== 'consent') {
    const fact = fiche.facts.find(({ id }) => id === memory.fact);
    if (fact?.bySlot.some(({ slot }) => slots.includes(slot))) return answerFact(exchange, fiche, fact);
    const variant = variantByProfile(told, fiche);
    if (variant !== null) return answerFiche(exchange, fiche, { shown: variant });
  }
  const again = askAgain(exchange, told);
  if (again !== null) return again;
  return noteProfile(exchange);
}

/** Says that what the message tells of the agent is noted. */
export function noteProfile(exchange: Exchange): Draft {
  const { slots, content, say } = exchange;
  return light(exchange, say('profil-note', { valeurs: describeProfile(slots.told, content.profile) }));
}

/** « Un samsung », after « et par le téléphone ? »: the question before, when what is told chooses its answer. */
function askAgain(exchange: Exchange, told: Profile): Draft | null {
  const { memory, content, understand } = exchange;
  if (memory.question === null || memory.pending.kind === 'consent') return null;
  const near = understand(memory.question.text).candidates.flatMap(({ id, score }) =>
    score >= leastOfAsked ? [id] : [],
  );
  const shown = memory.turns.slice(-recentTurns).map(({ fiche }) => fiche);
  for (const id of [...near, ...shown.reverse()]) {
    const fiche = knownFiche(content, id);
    const variant = fiche === null ? null : variantByProfile(told, fiche);
    if (fiche !== null && variant !== null) return answerFiche(exchange, fiche, { shown: variant });
  }
  return null;
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

/** « C'est fait, je l'ai activé, et ensuite ? » of somebody who follows the fiche alone: the step after the one he names. */
function goOnFromStep(exchange: Exchange, fiche: Fiche): Draft {
  const variant = variantByProfile(exchange.profile, fiche) ?? recallVariant(exchange.memory, fiche);
  const steps = stepsOf(fiche, variant);
  const fact = fiche.facts.find(({ id }) => id === exchange.memory.fact);
  // « Et après ? », of a fact: after the step that the fact was about.
  const told = fact === undefined ? null : findNamedStep(fact.answer, steps, 0);
  const named = findNamedStep(exchange.text, steps, 0) ?? told;
  const saysDone = exchange.acts.has('done') && readActs(exchange.written).size === 0;
  if (saysDone && mayBeSolved(exchange)) return endSolved(exchange, fiche);
  if (named === null || named >= steps.length || (fiche.variants !== null && variant === null))
    return askWhetherSolved(exchange, fiche);
  return startGuide(exchange, fiche, variant, named + 1);
}

function askWhetherSolved(exchange: Exchange, fiche: Fiche): Draft {
  return {
    replies: [reply(paragraphs(exchange.say('est-ce-resolu')), solvedReactions)],
    outcome: 'smalltalk',
    fiche: fiche.id,
    intent: null,
    candidates: [],
    remember: { pending: { kind: 'solved', fiche: fiche.id, variant: null, tried: false, related: [] } },
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
