import type { Content, Fiche } from '../knowledge/content.ts';
import { foldedWords, foldText } from '../text/fold-text.ts';
import type { Candidate, Mind, Understanding } from '../understanding/understanding.ts';
import type { Block, Effect, Outcome, Reply, Situation } from './conversation.ts';
import type { Memory, Pending, Standing } from './memory.ts';
import { personalise } from './profile/personalise.ts';
import { type Profile, readSlots, type ToldSlots } from './profile/read-slots.ts';
import { actOfSmallTalk, type DialogueAct } from './reading/acts.ts';
import { completeEllipsis } from './reading/complete-ellipsis.ts';
import { readQuestionForm } from './reading/question-form.ts';
import { cutClauses, isSteeringEmoji, readActs, readClauseActs } from './reading/read-acts.ts';
import { createSay, type Say } from './rendering/say.ts';
import { type RankedTarget, rankTargets } from './targets/rank-targets.ts';
import { readPastPoliteness } from './targets/read-message.ts';
import type { Awaited } from './targets/reading-context.ts';
import { standsAlone, standsFirmly } from './targets/stands-alone.ts';
import { isVague } from './targets/target.ts';

/** What is known before the message is read. */
export interface Occasion {
  readonly memory: Memory;
  readonly situation: Situation;
  readonly content: Content;
  readonly mind: Mind;
}

/** All that a handler may look at: one message, read once, and what is remembered. */
export interface Exchange extends Occasion {
  /** What is left to answer: cut to length, secrets masked; empty when the input is no message. */
  readonly text: string;
  /** What the message does, when that is what it most likely is; empty when it asks something. */
  readonly acts: ReadonlySet<DialogueAct>;
  /** The act is the likeliest of a message that is more likely none. */
  readonly guessed: boolean;
  /** What it may be about, best first, in the light of what was said before. */
  readonly ranked: readonly RankedTarget[];
  /** What is known of whom the message is about, the message included. */
  readonly profile: Profile;
  /** What this message alone says of the agent, or of somebody else. */
  readonly slots: ToldSlots;
  /** The diagnostic question (intents/vagues.yaml) that a vague start calls for, when that is what the message most likely is. */
  readonly vague: string | null;
  readonly say: Say;
  /** Asks the matcher, at most once for a text. */
  readonly understand: (text: string) => Understanding;
  /** The matcher's reading of `text`, null when nobody asked for it. */
  readonly asked: () => Understanding | null;
}

/** What a handler decides; conclude.ts makes a Turn of it. What is left out stays as it was. */
export interface Draft {
  readonly replies: readonly Reply[];
  readonly outcome: Outcome;
  readonly fiche?: string | null;
  readonly intent?: string | null;
  readonly confidence?: number;
  readonly candidates?: readonly Candidate[];
  readonly remember?: Partial<Standing> & { readonly insulted?: boolean };
  readonly effects?: readonly Effect[];
}

export function openExchange(occasion: Occasion, text = ''): Exchange {
  const { memory, content, mind } = occasion;
  const readings = new Map<string, Understanding>();
  const understand = (asked: string): Understanding => {
    const reading = readings.get(asked) ?? mind.intents.understand(asked);
    readings.set(asked, reading);
    return reading;
  };
  const slots = readSlots(text, content.profile, content.otherPeople, memory.profile);
  const about = slots.ofSomebodyElse ? memory.otherProfile : {};
  const profile = { ...memory.profile, ...about, ...slots.told };
  const worded = /[\p{L}\p{N}]/u.test(text) && !isSteeringEmoji(text);
  const before = memory.question?.text ?? null;
  const meant = !worded || before === null ? null : completeEllipsis(text, before, understand(text), content);
  const ranked = rank();
  const said = chooseActs(text, ranked, { memory, slots, content, understand, readSmallTalk });
  // « Non, l'autre : NOEMI » asks again; that it corrects is said by the answer.
  const acts =
    meant !== null && [...said].every((act) => correcting.has(act)) ? new Set<DialogueAct>() : said;
  const asked = meant !== null && acts.size === 0 ? meant : text;
  return {
    ...occasion,
    content: personalise(content, profile),
    text: asked,
    acts,
    ranked,
    profile,
    slots,
    vague: memory.fiche === null ? vagueOf(ranked) : null,
    guessed: ranked[0]?.target.kind === 'none' && acts.size > 0,
    say: createSay(content.sentences),
    understand,
    asked: () => readings.get(asked) ?? null,
  };

  /** The act that the matcher of intents is sure of. */
  function readSmallTalk(): DialogueAct | null {
    const { decision, candidates } = understand(text);
    return decision === 'answer' ? actOfSmallTalk(candidates[0]?.id ?? '') : null;
  }

  function rank(): readonly RankedTarget[] {
    if (!worded) return [];
    const firm = standsFirmly(text);
    const context = {
      fiche: firm ? null : memory.fiche,
      fact: firm ? null : memory.fact,
      earlier: firm
        ? []
        : memory.turns
            .flatMap(({ fiche }) => (fiche === null || fiche === memory.fiche ? [] : [fiche]))
            .reverse(),
      awaited: awaitedOf(memory),
      choices: choicesOf(memory),
      profile,
    };
    const readings = readPastPoliteness(text, { ...mind, intents: { understand } });
    const completed =
      meant === null
        ? readings
        : { ...readings, intents: understand(meant), facts: mind.facts.understand(meant) };
    return rankTargets(completed, context, content, mind.weights);
  }
}

/** Acts that a message does by naming another tool than the one answered about. */
const correcting: ReadonlySet<DialogueAct> = new Set(['no', 'other', 'correction', 'self-correction']);
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
/** What is asked is heard beside such an act from this share of the likelihood on. */
const heardBeside = 0.25;
/** A statement that asks nothing and that nothing explains is the act that it is most like, from this share on. */
const likeAnAct = 0.08;
const sureAtStart = 0.4;
/** What asks nothing is told rather than asked about, from this share of the likelihood on. */
const toldRather = 0.3;
/** Words and probability from which on a message is about another fiche, whatever it seems to do. */
const fewestOfAnother = 7;
const sureOfAnother = 0.8;
/** Acts that move a guide, whatever else the message says. */
const steering: ReadonlySet<DialogueAct> = new Set(['next', 'previous', 'repeat', 'restart', 'stop']);

/** A plain phrase may be two acts ("ok": yes, and done): all that it says counts once it is an act at all. */
function chooseActs(
  text: string,
  ranked: readonly RankedTarget[],
  {
    memory,
    slots,
    content,
    understand,
    readSmallTalk,
  }: {
    readonly memory: Memory;
    readonly slots: ToldSlots;
    readonly content: Content;
    readonly understand: Exchange['understand'];
    readonly readSmallTalk: () => DialogueAct | null;
  },
): ReadonlySet<DialogueAct> {
  const plain = readActs(text);
  const [best] = ranked;
  // What is said in so many words is no question, whatever it is like.
  if (best === undefined || plain.size > 0) return plain;
  const { asks } = readQuestionForm(text, foldText(text));
  const values = Object.keys(slots.told).length;
  if (!asks && values > 0 && slots.spareWords < values) return new Set(['tells-profile']);
  if (isAboutAnother()) return new Set();
  const clauses = readClauseActs(text);
  const atStep = memory.pending.kind === 'step-by-step' && best.target.kind !== 'act' && !standsAlone(text);
  if (atStep && [...clauses].some((act) => steering.has(act))) return clauses;
  const act = ranked.find(({ target }) => target.kind === 'act');
  const asked = ranked.find(({ target }) => target.kind === 'fiche' || target.kind === 'fact');
  const likeliest = chosenAct();
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

  function chosenAct(): DialogueAct | null {
    if (act === undefined || act.target.kind !== 'act') return null;
    const name = act.target.act as DialogueAct;
    switch (best?.target.kind) {
      case 'none': {
        return mayGuess(memory) && !asks && act.share >= likeAnAct ? name : null;
      }
      case 'act': {
        // At the start of a conversation, and of what no example is like, an act has to be plain.
        if (memory.fiche === null && best.share < sureAtStart && name !== readSmallTalk()) return null;
        const goesOn = asks || (polite.has(name) && asksAfterwards(text));
        const beside =
          (polite.has(name) || name === 'done') &&
          goesOn &&
          asked !== undefined &&
          asked.share >= heardBeside * act.share;
        return beside ? null : name;
      }
      case 'fact':
      case 'fiche': {
        const told = !asks && best.target.fiche === memory.fiche && foldText(text).includes(' ');
        return told && act.share >= toldRather * best.share ? name : null;
      }
      default:
        return null;
    }
  }
}

function vagueOf([best]: readonly RankedTarget[]): string | null {
  return best?.target.kind === 'act' && isVague(best.target.act)
    ? best.target.act.slice('vague:'.length)
    : null;
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

function awaitedOf({ pending }: Memory): Awaited {
  switch (pending.kind) {
    case 'none':
    case 'rephrase':
      return 'nothing';
    case 'clarify':
    case 'menu':
      return 'choice';
    case 'variant':
    case 'solved':
    case 'consent':
      return pending.kind;
    case 'step-by-step':
      return 'step';
  }
}

function choicesOf({ pending }: Memory): readonly string[] {
  switch (pending.kind) {
    case 'clarify':
      return pending.choices;
    case 'menu':
      return pending.entries;
    case 'solved':
      return pending.related;
    default:
      return [];
  }
}

export function reply(blocks: readonly Block[], reactions: readonly string[] = []): Reply {
  return { blocks, reactions, to: 'here', replaces: null };
}

export const heading = (text: string): Block => ({ type: 'heading', text });
export const paragraph = (text: string): Block => ({ type: 'paragraph', text });
export const note = (text: string): Block => ({ type: 'note', text });
export const bullets = (texts: readonly string[]): Block[] =>
  texts.length === 0 ? [] : [{ type: 'bullets', items: texts.map((text) => ({ text })) }];

/** A sentence of messages.yaml may hold several lines: each is a paragraph. */
export const paragraphs = (text: string): Block[] => text.split('\n').filter(Boolean).map(paragraph);

export const nothing: Pending = { kind: 'none' };

/** Fiches that the content no longer has (it may be reloaded between two messages) are as if never named. */
export function knownFiche(content: Content, id: string | null): Fiche | null {
  return id === null ? null : (content.fiches.get(id) ?? null);
}

export function isSalon(exchange: Exchange): boolean {
  return exchange.situation.place === 'salon';
}
