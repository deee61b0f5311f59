import { fileURLToPath } from 'node:url';
import type { Brain } from '../../src/brain/brain.ts';
import { createMind, trainBrain } from '../../src/brain/train-brain.ts';
import type {
  ConversationState,
  Effect,
  Reply,
  Situation,
  Turn,
  UserInput,
} from '../../src/conversation/conversation.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { respond } from '../../src/conversation/respond.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { plainTypography } from '../text/plain-typography.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const content = await loadContent(root);
/** The shipped content and what is learnt of it, once for all the tests of a file. */
export const shipped: Brain = { content, mind: createMind(trainBrain(content)) };

export interface Played extends Turn {
  /** The replies as a person reads them without HTML, one after the other. */
  readonly text: string;
  readonly html: string;
}

export interface Dialogue {
  /** A line of text. Its turn is `t1`, `t2`… in the order of everything played. */
  say(text: string): Played;
  react(key: string, turnId?: string): Played;
  edit(text: string, turnId?: string): Played;
  erase(turnId?: string): Played;
  play(input: UserInput): Played;
  wait(minutes: number): void;
  /** Kills the bot and starts it again: only what is stored as JSON survives. */
  restart(): void;
  /** The name of the last turn played. */
  readonly turn: string;
  readonly state: ConversationState | null;
  readonly effects: readonly Effect[];
  readonly replies: readonly Reply[];
}

/** A dialogue with the bot as a person would hold it; each line's state goes into the next. `from`: where it starts. */
export function startDialogue(
  situation: Partial<Situation> = {},
  brain: Brain = shipped,
  from: ConversationState | null = null,
): Dialogue {
  let state: ConversationState | null = from;
  let now = Date.UTC(2026, 10, 24, 9);
  let count = 0;
  let spoken = 't0';
  const effects: Effect[] = [];
  const replies: Reply[] = [];

  function play(input: UserInput): Played {
    count += 1;
    now += 20_000;
    if (input.type === 'text') spoken = `t${count}`;
    const turn = respond(
      state,
      input,
      { turnId: `t${count}`, place: 'dm', now, interactive: true, handoff: 'available', ...situation },
      brain.content,
      brain.mind,
    );
    state = turn.state;
    effects.push(...turn.effects);
    replies.push(...turn.replies);
    const rendered = turn.replies.map((reply) => renderReply(reply));
    return {
      ...turn,
      text: plainTypography(rendered.map(({ body }) => body).join('\n\n')),
      html: plainTypography(rendered.map(({ html }) => html).join('')),
    };
  }

  return {
    play,
    say: (text) => play({ type: 'text', text }),
    react: (key, turn) => play({ type: 'reaction', key, turnId: turn ?? `t${count}` }),
    edit: (text, turn) => play({ type: 'edit', text, turnId: turn ?? spoken }),
    erase: (turn) => play({ type: 'deletion', turnId: turn ?? spoken }),
    wait: (minutes) => {
      now += minutes * 60_000;
    },
    restart: () => {
      state = state === null ? null : (JSON.parse(JSON.stringify(state)) as ConversationState);
    },
    get turn() {
      return `t${count}`;
    },
    get state() {
      return state;
    },
    effects,
    replies,
  };
}
