import type { Branch, Fiche, Step, Variant } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import type { Block, Reply } from '../conversation.ts';
import {
  bullets,
  type Draft,
  type Exchange,
  heading,
  isSalon,
  knownFiche,
  note,
  nothing,
  paragraph,
  paragraphs,
  reply,
} from '../exchange.ts';
import type { PendingOf } from '../memory.ts';
import { findNamedStep } from '../reading/find-named-step.ts';
import { readQuestionForm } from '../reading/question-form.ts';
import { cutClauses } from '../reading/read-acts.ts';
import { layOutContacts, stepsOf } from '../rendering/lay-out-fiche.ts';
import { standsAlone } from '../targets/stands-alone.ts';
import { answerFiche, solvedReactions } from './answer-fiche.ts';
import {
  askVariant,
  readVariant,
  recallVariant,
  rememberVariant,
  variantByProfile,
} from './choose-variant.ts';
import { answerKnownFact, asksElsewhere } from './follow-up.ts';
import { offerHuman } from './handoff-consent.ts';
import { matchBranch, readBranch } from './match-branch.ts';
import { answerNotSolved } from './not-solved.ts';

type Guide = PendingOf<'step-by-step'>;

/** A few words of which the matcher makes little are about the step, not a question worth leaving it for. */
const shortWords = 6;
const sureEnough = 0.5;

/** Starts the pas à pas of a fiche at its first step, or asks for the variant first. */
export function startGuide(exchange: Exchange, fiche: Fiche, variant: Variant | null, step = 1): Draft {
  const chosen =
    variant ??
    readVariant(exchange.text, fiche) ??
    variantByProfile(exchange.profile, fiche) ??
    recallVariant(exchange.memory, fiche);
  if (chosen === null && fiche.variants !== null)
    return askVariant(exchange, fiche, { guided: true, times: 1 });
  // Facts only: there is nothing to go through.
  if (stepsOf(fiche, chosen).length === 0) return answerFiche(exchange, fiche, { shown: chosen });
  const guide: Guide = {
    kind: 'step-by-step',
    fiche: fiche.id,
    variant: chosen?.id ?? null,
    step,
    lost: 0,
    paused: false,
  };
  const seen = exchange.memory.fiche === fiche.id;
  const first = showStep(exchange, guide, [
    ...(step === 1 ? [heading(fiche.title)] : []),
    ...(seen ? [] : bullets([...fiche.information, ...(chosen?.information ?? [])])),
  ]);
  if (chosen === null) return first;
  return {
    ...first,
    remember: { ...first.remember, variants: rememberVariant(exchange.memory, fiche, chosen) },
  };
}

/** One message while a guide is under way. Null: the message is something else, to be answered before going on. */
export function answerInGuide(exchange: Exchange, guide: Guide): Draft | null {
  const fiche = knownFiche(exchange.content, guide.fiche);
  if (fiche === null) return null;
  const steps = stepsOf(fiche, variantOf(fiche, guide.variant));
  const step = steps[guide.step - 1];
  if (step === undefined) return null;
  const { acts } = exchange;

  const branch = readBranch(exchange, fiche, step);
  if (branch?.target.kind === 'persists' && hasBecome(exchange)) return endSolved(exchange, fiche);
  if (branch !== null) return takeBranch(exchange, guide, fiche, branch);
  if (acts.has('stop') || (guide.paused && acts.has('no'))) return stopGuide(exchange);
  if (acts.has('human')) return null;
  if (acts.has('solved') && !acts.has('next')) return endSolved(exchange, fiche);
  const done = acts.has('next') || acts.has('done') || acts.has('yes');
  // At the last step, what may as well say that all is well does.
  if (done && guide.step === steps.length && mayBeSolved(exchange)) return endSolved(exchange, fiche);
  if (guide.paused && (acts.has('resume') || acts.has('guide') || (acts.has('next') && !acts.has('done'))))
    return showStep(exchange, { ...guide, paused: false });
  if (done) return moveTo(exchange, guide, fiche, stepDone(exchange, steps, guide.step) + 1);
  if (acts.has('previous')) return moveTo(exchange, guide, fiche, Math.max(1, guide.step - 1));
  if (acts.has('restart')) return moveTo(exchange, guide, fiche, 1);
  if (acts.has('repeat') || acts.has('resume') || acts.has('guide'))
    return showStep(exchange, { ...guide, paused: false });
  if (acts.has('not-solved') || acts.has('no'))
    return answerNotSolved(exchange, fiche, { step: guide.step, refused: true });
  if (acts.size === 0 && standsAlone(exchange.text)) return null;
  const known = answerKnownFact(exchange, fiche);
  if (known !== null) {
    // « J'ai cliqué sur « Se connecter ». Que dois-je lire ? » says how far the agent is.
    const far = telling.test(foldText(exchange.text)) ? stepDone(exchange, steps, guide.step) : guide.step;
    return offerToResume(exchange, { ...guide, step: far }, known);
  }
  if (acts.has('unsure') || (acts.has('not-found') && !asksElsewhere(exchange, fiche))) {
    return helpWithStep(exchange, guide, fiche);
  }
  return null;
}

const nearlyAs = 0.5;

export function mayBeSolved({ ranked, text }: Exchange): boolean {
  const shareOf = (...acts: readonly string[]): number =>
    Math.max(
      0,
      ...ranked.map(({ target, share }) => (target.kind === 'act' && acts.includes(target.act) ? share : 0)),
    );
  return (
    !readQuestionForm(text, foldText(text)).asks && shareOf('solved') >= nearlyAs * shareOf('done', 'next')
  );
}

/** « Elle est repassée verte » tells what the steps did, not what was seen before them. */
function hasBecome({ acts, text }: Exchange): boolean {
  return acts.has('solved') && becoming.test(foldText(text));
}

/** What was done is told. */
const telling = /\b(?:j ai|jai|je l ai|c est fait|cliques?|clique)\b/;
const becoming = /\b(?:re(?:passe|devenue?|venue?)|devenue?|maintenant)\b/;

/** « Elle est bleue », after the fiche that asks what one sees was shown whole: the guide goes on from there. */
export function answerShownBranch(exchange: Exchange): Draft | null {
  const { content, memory, profile } = exchange;
  const fiche = knownFiche(content, memory.fiche);
  const awaits = memory.pending.kind === 'none' || memory.pending.kind === 'solved';
  if (fiche === null || !awaits || memory.fact !== null || !exchange.situation.interactive) return null;
  // « Elle est où, l'icône bleue ? » asks, and tells nothing seen.
  if (readQuestionForm(exchange.text, foldText(exchange.text)).asks) return null;
  const variant = variantByProfile(profile, fiche) ?? recallVariant(memory, fiche);
  const seen = stepsOf(fiche, variant).flatMap((step, index) => {
    const branch = matchBranch(exchange, fiche, step);
    return branch === null ? [] : [{ branch, step: index + 1 }];
  });
  // « Verte » may be said of two steps: who followed them to the end is not sent back to what to check when they fail.
  const meant =
    seen.find(({ branch }) => branch.target.kind === 'end') ??
    seen.find(({ branch }) => branch.target.kind !== 'persists') ??
    seen[0];
  if (meant === undefined) return null;
  const { branch, step } = meant;
  if (branch.target.kind === 'persists' && hasBecome(exchange)) return null;
  if (branch.target.kind === 'end') return withLead(endSolved(exchange, fiche), [paragraph(branch.advice)]);
  const place = { fiche: fiche.id, variant: variant?.id ?? null, step };
  return takeBranch(exchange, { kind: 'step-by-step', ...place, lost: 0, paused: false }, fiche, branch);
}

/** Words of a clause beside those of what it tells, at most. */
const sparesOfClause = 6;

/** « L'icône VPN est bleue. Aidez-moi pas à pas »: what the first step asks to look at has been told. Null: it has not. */
export function answerToldBranch(exchange: Exchange, fiche: Fiche): Draft | null {
  const variant = variantByProfile(exchange.profile, fiche) ?? recallVariant(exchange.memory, fiche);
  const [first] = stepsOf(fiche, variant);
  if (first === undefined || (fiche.variants !== null && variant === null)) return null;
  const told = cutClauses(exchange.text).flatMap(
    (clause) => matchBranch({ ...exchange, text: clause }, fiche, first, sparesOfClause) ?? [],
  );
  const [branch] = told;
  if (branch === undefined || told.length > 1) return null;
  const place = { fiche: fiche.id, variant: variant?.id ?? null, step: 1 };
  return takeBranch(exchange, { kind: 'step-by-step', ...place, lost: 0, paused: false }, fiche, branch);
}

/** Which step the message says is done: a later one that it names (« j'ai mis le mot de passe deux fois »), else the current one. */
function stepDone({ text }: Exchange, steps: readonly Step[], current: number): number {
  const named = findNamedStep(text, steps, current);
  return named === null ? current : Math.max(current, named);
}

export function endSolved(exchange: Exchange, fiche: Fiche): Draft {
  return {
    // In a salon the 👍 speaks for itself.
    replies: isSalon(exchange) ? [] : [reply(paragraphs(exchange.say('resolu')))],
    outcome: isSalon(exchange) ? 'silence' : 'smalltalk',
    fiche: fiche.id,
    effects: [{ type: 'feedback', fiche: fiche.id, solved: true }],
    remember: { failures: 0, pending: nothing },
  };
}

/** "Reprendre", while the question that came between is still being made clear. */
export function resumeGuide(exchange: Exchange): Draft | null {
  const { suspended } = exchange.memory;
  if (suspended === null || !exchange.acts.has('resume')) return null;
  const step = showStep(exchange, suspended);
  return { ...step, remember: { ...step.remember, suspended: null } };
}

/**
 * After a message that was no answer to the step: a question is answered and the guide is offered again, at once or,
 * when the question must be made clear first, after that. What nobody understands is said to be so; then a human.
 */
export function returnToGuide(exchange: Exchange, draft: Draft): Draft {
  const { pending, suspended } = exchange.memory;
  const guide = pending.kind === 'step-by-step' ? pending : suspended;
  if (guide === null) return draft;
  const doubtful =
    draft.outcome === 'clarify' &&
    (draft.fiche ?? null) === null &&
    foldedWords(exchange.text).length <= shortWords &&
    (exchange.asked()?.confidence ?? 1) < sureEnough;
  if ((draft.outcome === 'fallback' || doubtful) && pending.kind === 'step-by-step') {
    return { ...repeatChoices(exchange, guide), effects: draft.effects ?? [] };
  }
  const next = draft.remember?.pending ?? pending;
  switch (next.kind) {
    case 'clarify':
    case 'variant':
    case 'rephrase':
      return { ...draft, remember: { ...draft.remember, suspended: guide } };
    case 'none':
    case 'solved':
    case 'step-by-step':
      return draft.outcome === 'answer' &&
        !(next.kind === 'step-by-step' && draft.remember?.pending !== undefined)
        ? offerToResume(exchange, guide, draft)
        : { ...draft, remember: { ...draft.remember, suspended: null } };
    case 'consent':
    case 'menu':
      return { ...draft, remember: { ...draft.remember, suspended: null } };
  }
}

function offerToResume(exchange: Exchange, guide: Guide, draft: Draft): Draft {
  const fiche = knownFiche(exchange.content, guide.fiche);
  const last = draft.replies.at(-1);
  if (fiche === null || last === undefined) return draft;
  const total = stepsOf(fiche, variantOf(fiche, guide.variant)).length;
  const asked = exchange.say('reprendre-le-guide', { titre: fiche.title, etape: guide.step, total });
  return {
    ...draft,
    replies: [...draft.replies.slice(0, -1), { ...last, blocks: [...last.blocks, ...paragraphs(asked)] }],
    remember: {
      ...draft.remember,
      fiche: fiche.id,
      suspended: null,
      pending: { ...guide, paused: true },
    },
  };
}

function repeatChoices(exchange: Exchange, guide: Guide): Draft {
  if (guide.lost >= 1) return offerHuman(exchange, { step: guide.step, lead: null });
  return {
    replies: [reply(paragraphs(exchange.say('guide-pas-compris')))],
    outcome: 'fallback',
    fiche: guide.fiche,
    remember: { pending: { ...guide, lost: guide.lost + 1 } },
  };
}

function moveTo(exchange: Exchange, guide: Guide, fiche: Fiche, step: number): Draft {
  const total = stepsOf(fiche, variantOf(fiche, guide.variant)).length;
  if (step > total) return endGuide(exchange, guide, fiche);
  return showStep(exchange, { ...guide, step, lost: 0, paused: false });
}

function showStep(exchange: Exchange, guide: Guide, before: readonly Block[] = []): Draft {
  const { say } = exchange;
  const fiche = knownFiche(exchange.content, guide.fiche);
  const steps = fiche === null ? [] : stepsOf(fiche, variantOf(fiche, guide.variant));
  const step = steps[guide.step - 1];
  if (fiche === null || step === undefined) {
    return { replies: [], outcome: 'silence', remember: { pending: nothing } };
  }
  const progress = paragraph(`**${say('etape', { etape: guide.step, total: steps.length })}**`);
  const branches = step.branches.length > 0;
  const howTo = branches
    ? 'guide-comment-branches'
    : guide.step === 1
      ? 'guide-comment-premiere'
      : 'guide-comment';
  const sights: Block[] = !branches
    ? []
    : [
        paragraph(say('que-voyez-vous')),
        { type: 'choices', items: step.branches.map((branch) => branch.condition) },
      ];
  const shown: Reply = reply(
    [...before, progress, paragraph(step.text), ...bullets(step.points), ...sights, note(say(howTo))],
    [...(branches ? [] : ['✅']), ...(guide.step === 1 ? [] : ['⏮'])],
  );
  return {
    replies: [shown],
    outcome: 'answer',
    fiche: fiche.id,
    intent: fiche.id,
    remember: { fiche: fiche.id, failures: 0, pending: guide },
  };
}

function takeBranch(exchange: Exchange, guide: Guide, fiche: Fiche, branch: Branch): Draft {
  const advice = /^passez à (?:l'étape|la suite)/iu.test(branch.advice) ? [] : [paragraph(branch.advice)];
  switch (branch.target.kind) {
    case 'next':
      return withLead(moveTo(exchange, guide, fiche, guide.step + 1), advice);
    case 'step':
      return withLead(moveTo(exchange, guide, fiche, branch.target.step), advice);
    case 'end':
      return withLead(endGuide(exchange, guide, fiche), advice);
    case 'persists':
      return withLead(answerNotSolved(exchange, fiche, { step: guide.step, refused: false }), advice);
    case 'human':
      return withLead(offerHuman(exchange, { step: guide.step, lead: null }), advice);
    case 'fiche': {
      const other = knownFiche(exchange.content, branch.target.fiche);
      if (other === null) return moveTo(exchange, guide, fiche, guide.step + 1);
      // The other fiche takes over: this guide is not come back to.
      const free = { ...exchange, memory: { ...exchange.memory, pending: nothing } };
      return withLead(answerFiche(free, other), advice);
    }
  }
}

function endGuide(exchange: Exchange, guide: Guide, fiche: Fiche): Draft {
  const { say } = exchange;
  return {
    replies: [
      reply(
        [
          paragraph(`**${say('guide-fini')}**`),
          ...bullets(fiche.afterwards),
          paragraph(say('est-ce-resolu')),
        ],
        solvedReactions,
      ),
    ],
    outcome: 'answer',
    fiche: fiche.id,
    intent: fiche.id,
    remember: {
      fiche: fiche.id,
      pending: { kind: 'solved', fiche: fiche.id, variant: guide.variant, tried: false, related: [] },
    },
  };
}

function helpWithStep(exchange: Exchange, guide: Guide, fiche: Fiche): Draft {
  if (guide.lost >= 1) return offerHuman(exchange, { step: guide.step, lead: null });
  const { say, content } = exchange;
  const steps = stepsOf(fiche, variantOf(fiche, guide.variant));
  // Who says « je ne trouve pas la zone où écrire » at the first step is at the second.
  const shown = steps[guide.step - 1];
  const isThis = shown !== undefined && findNamedStep(exchange.text, [shown], 0) !== null;
  const place = isThis ? guide.step : stepDone(exchange, steps, guide.step);
  const step = steps[place - 1];
  const advice = step?.branches.map(({ condition, advice: then }) => `${condition} : ${then}`) ?? [];
  return {
    replies: [
      reply([
        ...(step === undefined ? [] : [paragraph(step.text), ...bullets([...step.points, ...advice])]),
        paragraph(say('etape-introuvable', { etape: place })),
        ...layOutContacts(fiche.contacts, content, say('qui-appeler')),
        note(say('guide-comment-bloque')),
      ]),
    ],
    outcome: 'answer',
    fiche: fiche.id,
    remember: { pending: { ...guide, step: place, lost: guide.lost + 1, paused: false } },
  };
}

function stopGuide(exchange: Exchange): Draft {
  return {
    replies: [reply(paragraphs(exchange.say('guide-arrete')))],
    outcome: 'smalltalk',
    fiche: exchange.memory.fiche,
    remember: { pending: nothing },
  };
}

function withLead(draft: Draft, lead: readonly Block[]): Draft {
  const [first, ...others] = draft.replies;
  if (first === undefined || lead.length === 0) return draft;
  return { ...draft, replies: [{ ...first, blocks: [...lead, ...first.blocks] }, ...others] };
}

export function variantOf(fiche: Fiche, id: string | null): Variant | null {
  return fiche.variants?.choices.find((choice) => choice.id === id) ?? null;
}
