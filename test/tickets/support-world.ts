import { fileURLToPath } from 'node:url';
import { createBot } from '../../src/bot/bot.ts';
import type { Respond, Turn } from '../../src/conversation/conversation.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import {
  type Address,
  type EventId,
  isRoomId,
  type MessageReference,
  type RoomId,
  type UserId,
} from '../../src/messages/ids.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';
import type { OutgoingMessage } from '../../src/messages/outgoing-message.ts';
import { openStore } from '../../src/store/open-store.ts';
import { createDesk } from '../../src/tickets/create-desk.ts';
import type { DeskOptions } from '../../src/tickets/desk-tools.ts';
import { plainTypography } from '../text/plain-typography.ts';

export const salon: RoomId = '!salon:ici';
/** A second salon, where Dora and Bruno are; open when a test sets `salons`. */
export const network: RoomId = '!reseau:ici';
export const minute = 60_000;
const content = await loadContent(fileURLToPath(new URL('../..', import.meta.url)));

/** A conversation of four words: asks for a human, knows one answer, understands nothing else. */
const respond: Respond = (_state, input, situation) => {
  const turn: Turn = {
    replies: [],
    state: { version: 1 },
    effects: [],
    outcome: 'silence',
    fiche: null,
    intent: null,
    confidence: 1,
    candidates: [],
    understanding: null,
  };
  const say = (text: string): Turn['replies'] => [
    { blocks: [{ type: 'paragraph', text }], reactions: [], to: 'here', replaces: null },
  ];
  if (input.type !== 'text') return turn;
  if (input.text === 'oui, un conseiller') {
    const request = {
      fiche: 'noemi-vpn',
      step: 2,
      transcript: [
        { from: 'agent', text: 'mon <b>vpn</b> ne marche pas', at: situation.now },
        { from: 'bot', text: 'Regardez l’icône.', at: situation.now },
      ] as const,
    };
    return {
      ...turn,
      replies: say('Je transmets.'),
      effects: [{ type: 'open-ticket', request }],
      outcome: 'handoff',
    };
  }
  if (input.text === 'et le wifi ?') return { ...turn, replies: say('Voici le Wi-Fi.'), outcome: 'answer' };
  return { ...turn, replies: say('Je ne comprends pas.'), outcome: 'fallback' };
};

export type Room = { readonly id: string; readonly text: string; readonly kind: string }[];

interface WorldOptions extends Partial<DeskOptions> {
  /** The file of the store, when a test damages it. */
  readonly path?: string;
}

/** The real bot, desk and SQLite store, with rooms that hold what a homeserver would show. */
export function createSupportWorld({ path = ':memory:', ...change }: WorldOptions = {}) {
  const store = openStore(path);
  store.settings.write('user-id', '@bot:ici');
  const clock = { now: Date.parse('2026-11-23T10:00:00+01:00') };
  const desk = createDesk({
    store,
    content: () => content,
    render: renderReply,
    supportRoom: salon,
    hours: null,
    delays: { claim: 15 * minute, idle: 60 * minute, close: 30 * minute },
    ...change,
  });
  const bot = createBot({
    store,
    desk,
    respond,
    render: renderReply,
    clock: () => clock.now,
    brain: () => ({
      content,
      mind: createSoloMind({
        understand: () => {
          throw new Error('not asked');
        },
      }),
    }),
  });
  const events = new Map<string, { room: Address; sender: UserId }>();
  let count = 0;

  const membership = (room: RoomId, user: UserId, membership: string): void =>
    store.rooms.setMember(room, { user, membership, displayName: user.slice(1, -4) });
  const openRoom = (room: RoomId, people: readonly UserId[], direct: boolean): void => {
    store.rooms.update(room, { membership: 'join', stateKnown: true, direct });
    for (const sender of ['@bot:ici', ...people] as const) membership(room, sender, 'join');
  };
  openRoom(salon, ['@alice:ici', '@bruno:ici', '@chloe:ici'], false);
  if (change.salons) openRoom(network, ['@dora:ici', '@bruno:ici'], false);

  const direct = (sender: UserId | ''): RoomId => `!${sender.slice(1, -4)}:ici`;

  /** What the homeserver does with everything that waits, in order. */
  function deliver(): void {
    for (const message of store.outgoing.readWaiting(0, 1_000)) {
      count += 1;
      const { address } = message;
      events.set(`$e${count}`, { room: address, sender: '@bot:ici' });
      log.push({ ...message, event: `$e${count}` });
      store.outgoing.markSent(message.id, `$e${count}`, isRoomId(address) ? address : `!${address}`);
    }
  }
  const log: (OutgoingMessage & { readonly event: EventId })[] = [];

  async function send(
    message: Pick<IncomingMessage, 'sender' | 'room' | 'input'> & Partial<IncomingMessage>,
  ): Promise<EventId> {
    count += 1;
    const id: EventId = `$e${count}`;
    events.set(id, { room: message.room, sender: message.sender });
    const place = message.room === salon || message.room === network ? 'salon' : 'dm';
    const conversation = place === 'dm' ? message.room : `${message.room} ${message.sender}`;
    store.journal.add({
      eventId: id,
      room: message.room,
      sender: message.sender,
      sentAt: clock.now,
      receivedAt: clock.now,
      late: false,
      raw: '{}',
    });
    const thread = message.thread ?? (place === 'salon' ? id : null);
    await bot.handle({ id, conversation, place, sentAt: clock.now, late: false, ...message, thread });
    deliver();
    return id;
  }

  return {
    store,
    desk,
    bot,
    clock,
    content,
    tickets: store.tickets,
    deliver,
    openRoom,
    membership,
    direct,
    /** An agent, with a direct message of their own. */
    agent(sender: UserId) {
      if (!store.rooms.read(direct(sender))) openRoom(direct(sender), [sender], true);
      const room = direct(sender);
      return {
        say: (text: string) => send({ sender, room, input: { type: 'text', text } }),
        edit: (turnId: EventId, text: string) =>
          send({ sender, room, input: { type: 'edit', text, turnId } }),
        delete: (turnId: EventId) => send({ sender, room, input: { type: 'deletion', turnId } }),
        react: (event: EventId, key: string) =>
          send({ sender, room, input: { type: 'reaction', key, turnId: turnOf(event) } }),
        sendFile: (attachment?: IncomingMessage['attachment']) =>
          send({
            sender,
            room,
            input: { type: 'media', media: 'image' },
            ...(attachment ? { attachment } : {}),
          }),
        leave: () => membership(room, sender, 'leave'),
        back: () => membership(room, sender, 'join'),
      };
    },
    operator(sender: UserId, room: RoomId = salon) {
      const at = { sender, room } as const;
      return {
        say: (text: string, thread: MessageReference | null = null, change: Partial<IncomingMessage> = {}) =>
          send({ ...at, thread, input: { type: 'text', text }, ...change }),
        edit: (turnId: EventId, text: string) => send({ ...at, input: { type: 'edit', text, turnId } }),
        delete: (turnId: EventId) => send({ ...at, input: { type: 'deletion', turnId } }),
        react: (event: EventId, key: string) =>
          send({ ...at, input: { type: 'reaction', key, turnId: turnOf(event) } }),
        leave: () => membership(room, sender, 'leave'),
      };
    },
    async wait(minutes: number) {
      clock.now += minutes * minute;
      bot.passTime();
      deliver();
    },
    /** What was sent to a room, oldest first. */
    seen: (room: Address) => log.filter(({ address }) => address === room),
    /** The texts alone; reactions, edits and deletions say what they are. */
    texts: (room: Address) => log.filter(({ address }) => address === room).map(describe),
    log,
    findRoot,
    /** The message whose thread is the ticket. */
    rootOf(number: number): EventId {
      const root = findRoot(number);
      if (root === null) throw new Error(`ticket ${number} was not posted`);
      return root;
    },
  };

  function findRoot(number: number): EventId | null {
    const stored = store.tickets.find(number);
    return (stored && store.outgoing.find(stored.root)?.eventId) ?? null;
  }

  function turnOf(event: EventId): string | null {
    return store.outgoing.findByEvent(event)?.turnId ?? null;
  }
}

export function describe({ content }: OutgoingMessage): string {
  switch (content.type) {
    case 'message':
      return plainTypography(content.text);
    case 'edit':
      return `(modifié) ${plainTypography(content.text)}`;
    case 'media':
      return `(envoi) ${content.prefix} ${content.attachment.name}`;
    case 'reaction':
      return `(réaction) ${content.key}`;
    case 'redaction':
      return '(supprimé)';
  }
}
