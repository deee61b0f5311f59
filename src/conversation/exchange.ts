import type { Content, Fiche } from '../knowledge/content.ts';
import type { Candidate, Mind, Understanding } from '../understanding/understanding.ts';
import type { Block, Effect, Outcome, Reply, Situation } from './conversation.ts';
import type { Memory, Pending, Standing } from './memory.ts';
import { type Profile, readSlots } from './profile/read-slots.ts';
import type { DialogueAct } from './reading/acts.ts';
import { type Awaited, type RankedTarget, rankTargets, readThrice } from './reading/rank-targets.ts';
import { isSteeringEmoji, readActs } from './reading/read-acts.ts';
import { createSay, type Say } from './rendering/say.ts';

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
  /** What it may be about, best first, in the light of what was said before. */
  readonly ranked: readonly RankedTarget[];
  /** What is known of the agent, this message included. */
  readonly profile: Profile;
  /** What this message alone says of the agent. */
  readonly told: Profile;
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
  const told = readSlots(text, content.profile);
  const profile = { ...memory.profile, ...told };
  const ranked = rank();
  return {
    ...occasion,
    text,
    acts: chooseActs(text, ranked),
    ranked,
    profile,
    told,
    say: createSay(content.sentences),
    understand,
    asked: () => readings.get(text) ?? null,
  };

  function rank(): readonly RankedTarget[] {
    if (!/[\p{L}\p{N}]/u.test(text) || isSteeringEmoji(text)) return [];
    const context = {
      fiche: memory.fiche,
      earlier: memory.turns
        .flatMap(({ fiche }) => (fiche === null || fiche === memory.fiche ? [] : [fiche]))
        .reverse(),
      awaited: awaitedOf(memory),
      choices: choicesOf(memory),
      profile,
    };
    return rankTargets(
      readThrice(text, { ...mind, intents: { understand } }),
      context,
      content,
      mind.weights,
    );
  }
}

/** A plain phrase may be two acts ("ok": yes, and done): all that it says counts once it is an act at all. */
function chooseActs(text: string, ranked: readonly RankedTarget[]): ReadonlySet<DialogueAct> {
  const plain = readActs(text);
  const best = ranked[0]?.target;
  if (best === undefined) return plain;
  if (best.kind !== 'act') return new Set();
  const act = best.act as DialogueAct;
  return plain.has(act) ? plain : new Set([act]);
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
