import type { Content, Fiche, TargetName } from '../knowledge/content.ts';
import { foldedWords, foldText } from '../text/fold-text.ts';
import type { Candidate, Matcher, Mind, Understanding } from '../understanding/understanding.ts';
import type { Block, Effect, Outcome, Reply, Situation } from './conversation.ts';
import type { Memory, Pending, Standing } from './memory.ts';
import { personalise } from './profile/personalise.ts';
import { type Profile, readSlots, type ToldSlots, updateProfile } from './profile/read-slots.ts';
import type { DialogueAct } from './reading/acts.ts';
import { completeEllipsis } from './reading/complete-ellipsis.ts';
import { readQuestionForm } from './reading/question-form.ts';
import { isSteeringEmoji } from './reading/read-acts.ts';
import { createSay, type Say } from './rendering/say.ts';
import { chooseActs } from './targets/choose-acts.ts';
import { type CountedEvidence, compareTargets } from './targets/compare-targets.ts';
import { type RankedTarget, rankTargets } from './targets/rank-targets.ts';
import { type MessageReadings, readPastPoliteness } from './targets/read-message.ts';
import { contextOf, type ReadingContext } from './targets/reading-context.ts';
import { leansOnBefore, short, standsFirmly } from './targets/stands-alone.ts';
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
  /** What the agent wrote, secrets masked; `text` may complete it. */
  readonly written: string;
  /** What the message does, when that is what it most likely is; empty when it asks something. */
  readonly acts: ReadonlySet<DialogueAct>;
  /** The act is the likeliest of a message that is more likely none. */
  readonly guessed: boolean;
  /** What it may be about, best first, in the light of what was said before. */
  readonly ranked: readonly RankedTarget[];
  /** What put one of them before another. */
  readonly compare: (first: TargetName, second: TargetName) => readonly CountedEvidence[];
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

/** Words of a message that asks for one thing, rather than picking among what was shown, at least. */
const fewestOfQuestion = 4;

export function openExchange(occasion: Occasion, text = ''): Exchange {
  const { memory, content } = occasion;
  const readings = new Map<string, Understanding>();
  const mind: Mind = {
    ...occasion.mind,
    intents: readOnce(occasion.mind.intents, readings),
    facts: readOnce(occasion.mind.facts),
    acts: readOnce(occasion.mind.acts),
  };
  const { understand } = mind.intents;
  const slots = readSlotsOf(text, memory, content);
  const about = slots.ofSomebodyElse ? memory.otherProfile : {};
  const profile = updateProfile({ ...memory.profile, ...about }, slots);
  const worded = /[\p{L}\p{N}]/u.test(text) && !isSteeringEmoji(text);
  const before = memory.question?.text ?? null;
  const meant =
    !worded || before === null
      ? null
      : completeEllipsis(
          text,
          before,
          understand(text),
          content,
          toolsNear(memory, understand(before), content),
        );
  const reading = worded ? read() : null;
  const ranked = reading === null ? [] : rankTargets(reading.message, reading.context, content, mind.weights);
  const said = chooseActs(text, ranked, { memory, slots, content, understand });
  // « Non, l'autre : NOEMI » asks again; that it corrects is said by the answer.
  const acts =
    meant !== null && [...said].every((act) => correcting.has(act)) ? new Set<DialogueAct>() : said;
  const asked = meant !== null && acts.size === 0 ? meant : text;
  return {
    ...occasion,
    mind,
    content: personalise(content, profile),
    text: asked,
    written: text,
    acts,
    ranked,
    compare: (first, second) =>
      reading === null
        ? []
        : compareTargets(first, second, reading.message, {
            context: reading.context,
            content,
            weights: mind.weights,
          }),
    profile,
    slots,
    vague: memory.fiche === null ? vagueOf(ranked) : null,
    guessed: ranked[0]?.target.kind === 'none' && acts.size > 0,
    say: createSay(content.sentences),
    understand,
    asked: () => readings.get(asked) ?? null,
  };

  /** The message as the matchers read it, and what was said before it. */
  function read(): { message: MessageReadings; context: ReadingContext } {
    const { which } = readQuestionForm(text, foldText(text));
    const asksOne = which && foldedWords(text).length >= fewestOfQuestion;
    const context = contextOf(memory, profile, { firm: standsFirmly(text), asksOne });
    const readings = readPastPoliteness(text, mind, content.profile);
    const message =
      meant === null
        ? readings
        : { ...readings, intents: understand(meant), facts: mind.facts.understand(meant) };
    return { message, context };
  }
}

/** The clauses of a message are looked at from several sides: each text is read once. */
function readOnce(matcher: Matcher, readings = new Map<string, Understanding>()): Matcher {
  return {
    understand: (text) => {
      const reading = readings.get(text) ?? matcher.understand(text);
      readings.set(text, reading);
      return reading;
    },
  };
}

/** Candidates of the question before that a designation may choose among. */
const mostNear = 6;

/** The tools spoken of, those of the choices shown, and those that the question before may have been about. */
function toolsNear({ fiche, pending }: Memory, before: Understanding, content: Content): Set<string> {
  const ids = [
    fiche,
    ...(pending.kind === 'clarify' ? pending.choices : []),
    ...before.candidates.slice(0, mostNear).map(({ id }) => id),
  ];
  const near = new Set(ids.flatMap((id) => knownFiche(content, id)?.product ?? []));
  // What can be designated can be told from the others that can.
  const likes = content.lexicon.products.filter(({ designations }) => designations.length > 0);
  if (likes.some(({ id }) => near.has(id))) for (const { id } of likes) near.add(id);
  return near;
}

/** « Même mot de passe ? » goes on about the colleague just asked for, until the agent speaks of himself. */
function readSlotsOf(text: string, { profile, otherProfile }: Memory, content: Content): ToldSlots {
  const slots = readSlots(text, content.profile, content.otherPeople, profile);
  const folded = foldText(text);
  const goesOn =
    Object.keys(otherProfile).length > 0 &&
    Object.keys(slots.told).length === 0 &&
    (leansOnBefore(folded) || foldedWords(text).length <= short) &&
    !ofOneself.test(folded);
  return goesOn ? { ...slots, ofSomebodyElse: true } : slots;
}

const ofOneself = /\b(?:je|j|(?<!que )moi|mon|ma|mes|mien|mienne|jai|jsuis|nous|notre)\b/;

/** Acts that a message does by naming another tool than the one answered about. */
const correcting: ReadonlySet<DialogueAct> = new Set(['no', 'other', 'correction', 'self-correction']);
function vagueOf([best]: readonly RankedTarget[]): string | null {
  return best?.target.kind === 'act' && isVague(best.target.act)
    ? best.target.act.slice('vague:'.length)
    : null;
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
