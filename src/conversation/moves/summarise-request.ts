import type { Fiche } from '../../knowledge/content.ts';
import { cutAtSentence } from '../../text/cut-at-sentence.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import { type Exchange, knownFiche } from '../exchange.ts';
import type { PendingOf, SummaryLine } from '../memory.ts';
import { listProfileValues } from '../profile/list-profile-values.ts';
import { readActs } from '../reading/read-acts.ts';
import { stepsOf } from '../rendering/lay-out-fiche.ts';
import { recallVariant, variantByProfile } from './choose-variant.ts';

/** UTF-16 units that a line quotes. */
const quoteLength = 200;
const stepLength = 120;
const mostOthers = 3;
/** A message says more than the question from so many words on; one that also asks for a human, from more. */
const fewestWords = 4;
const fewestBesideAnAct = 8;

/** Where the agent stands when a human is offered. */
export type Reached = Pick<PendingOf<'consent'>, 'step'> & {
  readonly fiche: Fiche | null;
  readonly tried: boolean;
  readonly variant: string | null;
};

/** The step in hand, else the one that a guide was left at before the last resorts. `step`: what the offer says. */
export function findReached({ memory, content }: Exchange, step: number | null): Reached {
  const { pending, suspended } = memory;
  const guide = pending.kind === 'step-by-step' ? pending : suspended;
  const fiche = knownFiche(content, guide?.fiche ?? memory.fiche);
  if (guide !== null) return { fiche, step: step ?? guide.step, variant: guide.variant, tried: false };
  const solved = pending.kind === 'solved' && pending.fiche === fiche?.id ? pending : null;
  return {
    fiche,
    step: step ?? solved?.step ?? null,
    variant: solved?.variant ?? null,
    tried: solved?.tried ?? false,
  };
}

/**
 * At most seven lines: the problem, what was added, tool, profile, fiche, step, other fiches given. The agent reads them
 * before agreeing, and the operator reads the very same.
 */
export function summariseRequest(exchange: Exchange, reached: Reached): SummaryLine[] {
  const { say, content, memory, slots } = exchange;
  const { fiche } = reached;
  const asked = findQuestion(exchange);
  const added = findAddition(exchange, asked?.text ?? null);
  const problem = asked ?? added;
  const profile = slots.ofSomebodyElse ? memory.profile : { ...memory.profile, ...slots.told };
  const known = listProfileValues(profile, content.profile);
  const tool = nameTool(exchange, fiche, problem?.text ?? '');
  const step = describeStep(exchange, reached);
  return [
    ...(problem === null
      ? []
      : [{ text: say('resume-probleme', { texte: quote(problem.text) }), turn: problem.turn }]),
    ...(added === null || added === problem
      ? []
      : [{ text: say('resume-precision', { texte: quote(added.text) }), turn: added.turn }]),
    ...[
      ...(tool === null ? [] : [say('resume-outil', { outil: tool })]),
      ...(known === '' ? [] : [say('resume-situation', { valeurs: known })]),
      ...(fiche === null ? [] : [describeFiche(exchange, fiche, reached.tried)]),
      ...(step === null ? [] : [step]),
      ...describeOthers(exchange, fiche),
    ].map((text) => ({ text, turn: null })),
  ];
}

interface Said {
  readonly text: string;
  readonly turn: string;
}

/** The question that led here, as the agent wrote it: what is remembered of it may have been completed. */
function findQuestion({ memory: { question, transcript } }: Exchange): Said | null {
  if (question === null) return null;
  const written = transcript.find(({ from, turn }) => from === 'agent' && turn === question.turn);
  return { text: written?.text ?? question.text, turn: question.turn };
}

/** The latest message that says more than the question. */
function findAddition(exchange: Exchange, question: string | null): Said | null {
  const { memory, situation, written, acts } = exchange;
  const asked = foldText(question ?? '');
  const since = memory.transcript.findLastIndex(({ turn }) => turn === memory.question?.turn);
  const said = memory.transcript.slice(since + 1).filter(({ from }) => from === 'agent');
  const least = acts.size === 0 ? fewestWords : fewestBesideAnAct;
  const now = { text: written, turn: situation.turnId };
  return (
    [
      ...said.filter(({ text }) => saysMore(text, fewestWords)),
      ...(saysMore(written, least) ? [now] : []),
    ].at(-1) ?? null
  );

  function saysMore(text: string, words: number): boolean {
    const folded = foldText(text);
    return (
      foldedWords(text).length >= words &&
      readActs(text).size === 0 &&
      !asked.includes(folded) &&
      text !== exchange.say('secret-retire') &&
      text !== exchange.say('transcription-fichier')
    );
  }
}

function nameTool({ content, understand }: Exchange, fiche: Fiche | null, problem: string): string | null {
  const { products, outOfScopeProducts } = content.lexicon;
  const reading = fiche === null && problem !== '' ? understand(problem).reading : null;
  const id = fiche === null ? (reading?.products[0] ?? reading?.outOfScopeProducts[0]) : fiche.product;
  return [...products, ...outOfScopeProducts].find((product) => product.id === id)?.name ?? null;
}

function describeFiche({ say }: Exchange, fiche: Fiche, tried: boolean): string {
  if (fiche.ifItPersists.length === 0) return say('resume-fiche', { titre: fiche.title });
  return say(tried ? 'resume-fiche-recours' : 'resume-fiche-sans-recours', { titre: fiche.title });
}

/** What was given besides and did not help either, latest last: nobody is sent back to it. */
function describeOthers({ memory, content, say }: Exchange, fiche: Fiche | null): string[] {
  // Turns are kept for longer than what is talked about now.
  const spoken = new Set(memory.transcript.map(({ turn }) => turn));
  const given = memory.turns
    .filter(({ turn }) => spoken.has(turn))
    .flatMap((turn) => knownFiche(content, turn.fiche) ?? []);
  const others = [...new Set(given.filter(({ id }) => id !== fiche?.id).map(({ title }) => title))];
  return others.length === 0
    ? []
    : [say('resume-autres-fiches', { titres: others.slice(-mostOthers).join(' ; ') })];
}

function describeStep(exchange: Exchange, { fiche, step, variant }: Reached): string | null {
  if (fiche === null || step === null) return null;
  const chosen =
    fiche.variants?.choices.find(({ id }) => id === variant) ??
    variantByProfile(exchange.profile, fiche) ??
    recallVariant(exchange.memory, fiche);
  const steps = stepsOf(fiche, chosen);
  const text = steps[step - 1]?.text;
  if (text === undefined) return null;
  return exchange.say('resume-etape', {
    etape: step,
    total: steps.length,
    texte: cutAtSentence(onOneLine(text), stepLength),
  });
}

function quote(text: string): string {
  return cutAtSentence(plain(text), quoteLength);
}

/** One line, without the marks of content.ts, guillemets included: the line puts its own around it. */
function plain(text: string): string {
  return onOneLine(text.replace(/[«»]/g, ' '));
}

/** A text of the guide: its guillemets are names of buttons and fields. */
function onOneLine(text: string): string {
  return text
    .replace(/[*`]|\p{C}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
