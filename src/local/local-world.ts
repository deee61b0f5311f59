import { randomUUID } from 'node:crypto';
import { type BotOptions, createBot, type Handled } from '../bot/bot.ts';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import { respond } from '../conversation/respond.ts';
import {
  type Address,
  type EventId,
  type OutgoingId,
  type RoomId,
  startsWith,
  type UserId,
} from '../messages/ids.ts';
import { conversationKey, type IncomingInput } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { createLocalSupport, type LocalSupportOptions } from './local-support.ts';

/** What somebody does in one of the rooms of a world without Matrix. */
export interface LocalGesture {
  readonly from: UserId;
  readonly room: RoomId;
  readonly kind: 'dm' | 'salon';
  readonly mentioned: boolean;
  /** In the support salon: the ticket in whose thread this happens; by default, the only one that the operator holds. */
  readonly ticket?: number;
  /**
   * An edit or a deletion is about the latest message of this sender in this room; a reaction, about the latest message
   * of the bot that they can see there, or in the support salon about the ticket.
   */
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
  /** What came of it; null when the bot was not called, and stays silent. */
  handle(gesture: LocalGesture): Promise<Handled | null>;
}

export interface LocalWorldOptions extends Pick<BotOptions, 'brain' | 'clock' | 'idleMinutes' | 'desk'> {
  /** A store in memory by default. */
  readonly store?: Store | undefined;
  /** The support salon of this world; none by default. */
  readonly support?: LocalSupportOptions | undefined;
}

/** The same bot as on Tchap, its rooms in memory: for the terminal, the page, `chat` and the tests. */
export function createLocalWorld(options: LocalWorldOptions): LocalWorld {
  const store = options.store ?? openStore(':memory:');
  const clock = options.clock ?? Date.now;
  const support = options.support ? createLocalSupport(store, options.brain, options.support) : null;
  const desk = options.desk ?? support?.desk;
  const bot = createBot({
    ...options,
    desk,
    store,
    clock,
    respond,
    render: renderReply,
  });
  /** Latest turn of each conversation, and turn of the bot's latest message in each room. */
  const latestTurns = new Map<string, EventId>();
  const latestReplies = new Map<Address, string>();
  // Ids are drawn anew in each world: the store may keep those of an earlier one on the disk.
  const world = randomUUID();
  let count = 0;

  return {
    store,
    async handle({ from, room, kind, mentioned, act, ticket }) {
      const due = bot.passTime();
      deliver(due);
      const inSupport = room === support?.room;
      if (inSupport) support?.enter(from);
      const called = kind === 'dm' || inSupport || mentioned || act.type !== 'text';
      const conversation = conversationKey(inSupport ? 'salon' : kind, room, null, from);
      const thread = inSupport ? (support?.findThread(from, ticket ?? null) ?? null) : null;
      const shown = findTurn(thread) ?? latestReplies.get(room);
      const own = latestTurns.get(conversation) ?? null;
      const input = called
        ? toInput(act, own, (kind === 'dm' || inSupport ? shown : undefined) ?? own)
        : null;
      if (!input) return due.length > 0 ? { turn: null, outgoing: due, error: null } : null;
      count += 1;
      const id: EventId = `$local-${world}-${count}`;
      const handled = await bot.handle({
        id,
        conversation,
        room,
        place: inSupport ? 'salon' : kind,
        sender: from,
        thread,
        sentAt: clock(),
        late: false,
        input,
      });
      if (input.type !== 'edit' && input.type !== 'deletion') latestTurns.set(conversation, id);
      deliver(handled.outgoing);
      return { ...handled, outgoing: [...due, ...handled.outgoing] };
    },
  };

  function findTurn(outgoing: OutgoingId | null): string | undefined {
    return outgoing === null ? undefined : store.outgoing.find(outgoing)?.turnId;
  }

  /** Marks messages sent: in a world without Matrix a message is in its room at once. */
  function deliver(outgoing: readonly OutgoingMessage[]): void {
    store.transaction(() => {
      for (const { id, address } of outgoing)
        store.outgoing.markSent(id, `$${id}`, startsWith(address, '!') ? address : `!${address}`);
    });
    for (const { address, content, turnId } of outgoing) {
      if (content.type === 'message') latestReplies.set(address, turnId);
    }
  }
}

/**
 * The input that a gesture is; null when nothing has been said yet that it could be about.
 * @param own what an edit or a deletion is about
 * @param shown what a reaction is about
 */
function toInput(act: LocalGesture['act'], own: EventId | null, shown: string | null): IncomingInput | null {
  switch (act.type) {
    case 'edit':
    case 'deletion':
      return own === null ? null : { ...act, turnId: own };
    case 'reaction':
      return shown === null ? null : { ...act, turnId: shown };
    case 'text':
    case 'media':
    case 'arrival':
      return act;
  }
}
