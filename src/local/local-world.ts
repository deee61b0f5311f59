import { randomUUID } from 'node:crypto';
import { type BotOptions, createBot, type Handled } from '../bot.ts';
import type { UserInput } from '../conversation/conversation.ts';
import { renderReply } from '../conversation/render-reply.ts';
import { respond } from '../conversation/respond.ts';
import { conversationKey } from '../incoming-message.ts';
import { openStore, type Store } from '../store/open-store.ts';

/** What somebody does in one of the rooms of a world without Matrix. */
export interface LocalGesture {
  readonly from: string;
  readonly room: string;
  readonly kind: 'dm' | 'salon';
  readonly mentioned: boolean;
  /** A reaction, an edit or a deletion is about the latest exchange of this person in this room. */
  readonly act:
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'reaction'; readonly key: string }
    | { readonly type: 'edit'; readonly text: string }
    | { readonly type: 'deletion' }
    | { readonly type: 'media'; readonly media: 'image' | 'file' | 'audio' | 'video' | 'other' }
    | { readonly type: 'arrival' };
}

export interface LocalWorld {
  readonly store: Store;
  /** null when the bot was not called: it stays silent. */
  handle(gesture: LocalGesture): Promise<Handled | null>;
}

export interface LocalWorldOptions extends Pick<BotOptions, 'brain' | 'clock' | 'idleMinutes' | 'desk'> {
  /** In memory by default. */
  readonly store?: Store;
}

/** The same bot as on Tchap, its rooms in memory: for the terminal, the page, `chat` and the tests. */
export function createLocalWorld(options: LocalWorldOptions): LocalWorld {
  const store = options.store ?? openStore(':memory:');
  const clock = options.clock ?? Date.now;
  const bot = createBot({ ...options, store, clock, respond, render: renderReply });
  const latestTurns = new Map<string, string>();
  // The ids of a world that is kept on the disk must not be those of the next one.
  const world = randomUUID();
  let count = 0;

  return {
    store,
    async handle({ from, room, kind, mentioned, act }) {
      const called = kind === 'dm' || mentioned || act.type !== 'text';
      const conversation = conversationKey(kind, room, null, from);
      const input = called ? toInput(act, latestTurns.get(conversation) ?? null) : null;
      if (!input) return null;
      count += 1;
      const id = `$local-${world}-${count}`;
      const handled = await bot.handle({
        id,
        conversation,
        room,
        place: kind,
        person: from,
        thread: null,
        sentAt: clock(),
        late: false,
        input,
      });
      if (input.type !== 'edit' && input.type !== 'deletion') latestTurns.set(conversation, id);
      return handled;
    },
  };
}

/** null when there is nothing yet that the gesture could be about. */
function toInput(act: LocalGesture['act'], latest: string | null): UserInput | null {
  switch (act.type) {
    case 'edit':
    case 'deletion':
    case 'reaction':
      return latest === null ? null : { ...act, turn: latest };
    case 'text':
    case 'media':
    case 'arrival':
      return act;
  }
}
