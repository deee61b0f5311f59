import type { Content } from '../../knowledge/content.ts';
import { foldedWords, foldText } from '../../text/fold-text.ts';
import type { Understanding } from '../../understanding/understanding.ts';
import type { Memory } from '../memory.ts';
import type { ToldSlots } from '../profile/read-slots.ts';
import { actOfSmallTalk, type DialogueAct } from '../reading/acts.ts';
import { readQuestionForm } from '../reading/question-form.ts';
import { cutClauses, readActs, readClauseActs } from '../reading/read-acts.ts';
import type { RankedTarget } from './rank-targets.ts';
import { standsAlone } from './stands-alone.ts';
import { isVague } from './target.ts';

/** Acts that go with what the message asks, and step back for it. */
const polite: ReadonlySet<DialogueAct> = new Set([
  'greeting',
  'thanks',
  'apology',
  'frustration',
  'joke',
  'acknowledged',
  'solved',
  'correction',
  'self-correction',
  'other',
  'for-somebody',
  'tells-profile',
  'no-time',
]);
/** Acts that may be all that follows a greeting: « Bonjour. J'ai un NOEMI. » */
const statements: ReadonlySet<DialogueAct> = new Set(['tells-profile', 'for-somebody', 'self-correction']);
/** What is asked is heard beside such an act from this share of the likelihood on. */
const heardBeside = 0.25;
/** The same, of a message that asks nothing: « c'était un zéro. Réglé » is no question about zeros. */
const toldBeside = 0.6;
/** A statement that asks nothing and that nothing explains is the act that it is most like, from this share on. */
const likeAnAct = 0.2;
/** An act is heard from this share of the likelihood on, at the start of a conversation and later, but for plain small talk. */
const sureAtStart = 0.4;
const sureAfter = 0.3;
/** The same, of a few words that ask nothing, after an answer. */
const sureOfStatement = 0.2;
/** What asks nothing is told rather than asked about, from this share of the likelihood on. */
const toldRather = 0.22;
/** The same, of acts that are said in passing, and of a step done with no guide under way. */
const asideRather = 0.6;
const asides: ReadonlySet<DialogueAct> = new Set(['self-correction', 'joke', 'for-somebody', 'apology']);
/** Part of the probability of an act that a fact of the fiche spoken of must have to be asked instead. */
const askedRather = 0.45;
const findsNothing: ReadonlySet<DialogueAct> = new Set(['menu', 'not-found', 'human']);
/** Words and probability from which on a message is about another fiche, whatever it seems to do. */
const fewestOfAnother = 7;
const sureOfAnother = 0.8;
/** Probability from which on the trouble told after a word of thanks is what the message is about. */
const sureOfTrouble = 0.9;
/** Least probability of a fact of the fiche spoken of for plain words to ask it. */
const sureOfFact = 0.5;
/** Acts after which a request for a human is what counts. */
const complaining: ReadonlySet<DialogueAct> = new Set([
  'not-solved',
  'no',
  'not-found',
  'not-understood',
  'frustration',
  'insult',
]);
/** Probability of a refusal of a human, beside a plain no, from which on that is what is refused. */
const refusingHuman = 0.1;
/** Probability of small talk about a human from which on a plain no refuses one. */
const likelyHuman = 0.4;
/** Acts that move a guide, whatever else the message says. */
const steering: ReadonlySet<DialogueAct> = new Set(['next', 'previous', 'repeat', 'restart', 'stop']);

interface Heard {
  readonly memory: Memory;
  readonly slots: ToldSlots;
  readonly content: Content;
  /** The matcher of intents. */
  readonly understand: (text: string) => Understanding;
}

/**
 * What the message does; empty when it asks something. A plain phrase may be two acts ("ok": yes, and done): all that it
 * says counts.
 */
export function chooseActs(
  text: string,
  ranked: readonly RankedTarget[],
  { memory, slots, content, understand }: Heard,
): ReadonlySet<DialogueAct> {
  const plain = readActs(text);
  const [best] = ranked;
  // What is said in so many words is no question, whatever it is like.
  if (best === undefined) return plain;
  if (plain.size > 0) return asksFactInstead(plain, best, memory) ? new Set() : plain;
  const { asks } = readQuestionForm(text, foldText(text));
  const isShort = memory.fiche !== null && foldedWords(text).length <= fewestOfAnother;
  const values = Object.keys(slots.told).length;
  if (!asks && values > 0 && slots.spareWords < values) return new Set(['tells-profile']);
  // « Mon imprimante fait du bruit » is no joke, and no step done.
  const { products, outOfScopeProducts } = understand(text).reading;
  if (outOfScopeProducts.length > 0 && products.length === 0) return new Set();
  if (isAboutAnother()) return new Set();
  const clauses = readClauseActs(text);
  const atStep = memory.pending.kind === 'step-by-step' && best.target.kind !== 'act' && !standsAlone(text);
  if (atStep && [...clauses].some((act) => steering.has(act))) return clauses;
  const act = ranked.find(({ target }) => target.kind === 'act');
  const asked = ranked.find(({ target }) => target.kind === 'fiche' || target.kind === 'fact');
  const chosen = chosenAct();
  const likeliest = chosen !== null && complaining.has(chosen) ? (readHuman(chosen) ?? chosen) : chosen;
  return likeliest === null || isVague(likeliest) ? new Set() : new Set([likeliest]);

  /** A long message that the matcher is sure is about another fiche than the one spoken of does nothing to that one. */
  function isAboutAnother(): boolean {
    if (memory.fiche === null || foldedWords(text).length < fewestOfAnother) return false;
    const { decision, candidates } = understand(text);
    const [first] = candidates;
    return (
      decision === 'answer' &&
      first !== undefined &&
      first.id !== memory.fiche &&
      first.score >= sureOfAnother &&
      content.fiches.has(first.id)
    );
  }

  /** « Toujours pas, passez-moi quelqu'un »: a clause asks for a human, beyond doubt; « non, pas de conseiller » refuses one. */
  function readHuman(chosen: DialogueAct): DialogueAct | null {
    const refused = ranked.some(
      ({ target, share }) => target.kind === 'act' && target.act === 'no-human' && share >= refusingHuman,
    );
    if (refused) return 'no-human';
    const asksForOne = cutClauses(text).some((clause) => {
      if (/\b(?:pas|sans|aucun)\b/.test(foldText(clause))) return false;
      const { decision, candidates } = understand(clause);
      return decision === 'answer' && actOfSmallTalk(candidates[0]?.id ?? '') === 'human';
    });
    if (asksForOne) return 'human';
    const [first] = understand(text).candidates;
    const ofHuman = first !== undefined && first.score >= likelyHuman && actOfSmallTalk(first.id) === 'human';
    return chosen === 'no' && ofHuman ? 'no-human' : null;
  }

  function isSureOfFiche(): boolean {
    const { decision, candidates } = understand(text);
    const [first] = candidates;
    return (
      decision === 'answer' &&
      first !== undefined &&
      first.score >= sureOfTrouble &&
      first.id !== memory.fiche &&
      content.fiches.has(first.id)
    );
  }

  /** The act that the matcher of intents is sure of. */
  function readSmallTalk(): DialogueAct | null {
    const { decision, candidates } = understand(text);
    return decision === 'answer' ? actOfSmallTalk(candidates[0]?.id ?? '') : null;
  }

  function chosenAct(): DialogueAct | null {
    if (act === undefined || act.target.kind !== 'act') return null;
    const name = act.target.act as DialogueAct;
    switch (best?.target.kind) {
      case 'none': {
        return mayGuess(memory) && !asks && act.share >= likeAnAct ? name : null;
      }
      case 'act': {
        // What no example is like is no act: « mon imprimante aussi est en panne ».
        const sure = asks || !isShort ? (memory.fiche === null ? sureAtStart : sureAfter) : sureOfStatement;
        if (best.share < sure && name !== readSmallTalk()) return null;
        // « Mon VPN ne marche pas. Bonne journée, au revoir » closes a letter.
        if (name === 'goodbye' && cutClauses(text).length > 1 && isSureOfFiche()) return null;
        // « Nickel. Et le VPN reste bleu » tells a trouble that the matcher knows.
        if (polite.has(name) && !statements.has(name) && asksAfterwards(text) && isSureOfFiche()) return null;
        const goesOn = asks || (polite.has(name) && !statements.has(name) && asksAfterwards(text));
        if (asked === undefined) return name;
        const beside =
          (polite.has(name) || name === 'done') &&
          goesOn &&
          asked.share >= (asks ? heardBeside : toldBeside) * act.share;
        // « Dans quel menu ? » asks a fact of the fiche spoken of rather than the menu.
        const ofThis =
          memory.fiche !== null && asked.target.kind === 'fact' && asked.target.fiche === memory.fiche;
        const rather =
          ofThis &&
          asked.share >= askedRather * act.share &&
          ((asks && findsNothing.has(name)) || (name === 'done' && fails(text)));
        return beside || rather ? null : name;
      }
      case 'fact':
      case 'fiche': {
        const folded = foldText(text);
        // « Et dedans ? » asks, with or without its mark.
        const told =
          !asks && best.target.fiche === memory.fiche && folded.includes(' ') && !folded.startsWith('et ');
        const guided = memory.pending.kind === 'step-by-step';
        const least = asides.has(name) || (name === 'done' && !guided) ? asideRather : toldRather;
        return told && act.share >= least * best.share ? name : null;
      }
      default:
        return null;
    }
  }
}

/** « Et après ? » with no guide under way, or « j'ai pas le bouton », may well ask a fact of the fiche spoken of. */
function asksFactInstead(
  plain: ReadonlySet<DialogueAct>,
  { target, share }: RankedTarget,
  { fiche, pending }: Memory,
): boolean {
  const guided = pending.kind === 'step-by-step';
  const mayBeAsked = new Set<DialogueAct>(['not-found', ...(guided ? [] : (['next', 'done'] as const))]);
  // « Tous les deux ? » chooses, when there is a choice.
  if (pending.kind === 'none') mayBeAsked.add('unsure');
  const may = [...plain].every((act) => mayBeAsked.has(act));
  return may && target.kind === 'fact' && target.fiche === fiche && share >= sureOfFact;
}

/** « J'ai cliqué, mais rien ne s'affiche »: what is done did not do. */
function fails(text: string): boolean {
  return /\bmais\b.*\b(?:pas|rien|plus|jamais)\b/.test(foldText(text));
}

/** After an answer, and once: who is not understood twice in a row is offered a human. */
function mayGuess({ fiche, failures, pending }: Memory): boolean {
  return fiche !== null && failures === 0 && (pending.kind === 'none' || pending.kind === 'solved');
}

/** Does the message go on after its first clause, with words enough to be about something? */
function asksAfterwards(text: string): boolean {
  const [, ...others] = cutClauses(text);
  return others.some((clause) => foldedWords(clause).length >= 3);
}
