import type { Content, Fiche } from '../knowledge/content.ts';
import type { Candidate, Understanding } from '../understanding/understanding.ts';
import type { Block, Effect, Outcome, Reply, Situation } from './conversation.ts';
import type { Memory, Pending, Standing } from './memory.ts';
import { type DialogueAct, readActs } from './reading/read-acts.ts';
import { createSay, type Say } from './rendering/say.ts';

/** What is known before the message is read. */
export interface Occasion {
  readonly memory: Memory;
  readonly situation: Situation;
  readonly content: Content;
  readonly matcher: (text: string) => Understanding;
}

/** All that a handler may look at: one message, read once, and what is remembered. */
export interface Exchange extends Occasion {
  /** What is left to answer: cut to length, secrets masked; empty when the input is no message. */
  readonly text: string;
  readonly acts: ReadonlySet<DialogueAct>;
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
  const readings = new Map<string, Understanding>();
  const understand = (asked: string): Understanding => {
    const reading = readings.get(asked) ?? occasion.matcher(asked);
    readings.set(asked, reading);
    return reading;
  };
  return {
    ...occasion,
    text,
    acts: readActs(text),
    say: createSay(occasion.content.sentences),
    understand,
    asked: () => readings.get(text) ?? null,
  };
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
