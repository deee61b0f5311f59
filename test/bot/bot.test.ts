import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { createBot } from '../../src/bot/bot.ts';
import type { Effect, Reply, Respond, Turn } from '../../src/conversation/conversation.ts';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import type { Content } from '../../src/knowledge/content.ts';
import { type EventId, outgoingId } from '../../src/messages/ids.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';
import { createErasures } from '../../src/store/finish-erasures.ts';
import { openStore } from '../../src/store/open-store.ts';

const content = {
  profile: [],
  sentences: {
    texts: new Map([['excuse-retard', 'Pardon pour le retard.']]),
    contacts: new Map(),
    themes: new Map(),
  },
} as unknown as Content;

/** A conversation that repeats what it is told and counts its turns. */
const echo: Respond = (state, input, situation) => ({
  ...turnOf([say(`${Number(state?.['count'] ?? 0) + 1} ${input.type === 'text' ? input.text : input.type}`)]),
  state: { version: 1, count: Number(state?.['count'] ?? 0) + 1 },
  effects: input.type === 'deletion' ? [{ type: 'withdraw', turnId: input.turnId }] : [],
  intent: situation.turnId,
});

function say(text: string, change: Partial<Reply> = {}): Reply {
  return { blocks: [{ type: 'paragraph', text }], reactions: [], to: 'here', replaces: null, ...change };
}

function turnOf(replies: readonly Reply[], effects: readonly Effect[] = []): Turn {
  return {
    replies,
    state: { version: 1 },
    effects,
    outcome: 'answer',
    fiche: 'noemi-vpn',
    intent: null,
    confidence: 1,
    candidates: [],
    understanding: null,
  };
}

const newPath = (): string => join(mkdtempSync(join(tmpdir(), 'bot-')), 'assistant.db');

let events = 0;
function messageFrom(text: string, change: Partial<IncomingMessage> = {}): IncomingMessage {
  events += 1;
  return {
    id: `$event${events}`,
    conversation: '!dm:ici',
    room: '!dm:ici',
    place: 'dm',
    sender: '@ana:ici',
    thread: null,
    sentAt: 0,
    late: false,
    input: { type: 'text', text },
    ...change,
  };
}

function start(respond: Respond = echo, clock = { now: 1_000 }, path = ':memory:') {
  const store = openStore(path);
  const bot = createBot({
    store,
    brain: () => ({
      content,
      mind: createSoloMind({
        understand: () => {
          throw new Error('not asked');
        },
      }),
    }),
    respond,
    render: ({ blocks }) => {
      const body = blocks.map((block) => ('text' in block ? block.text : '')).join('|');
      return { body, html: `<p>${body}</p>` };
    },
    clock: () => clock.now,
  });
  return { store, bot, clock };
}

describe('the bot', () => {
  test('remembers a conversation from one message to the next', async () => {
    const { bot } = start();
    await bot.handle(messageFrom('bonjour'));
    const { outgoing } = await bot.handle(messageFrom('mon vpn marche pas'));
    expect(outgoing[0]?.content).toMatchObject({ text: '2 mon vpn marche pas' });
  });

  test('goes on in the direct message with what was said in the salon', async () => {
    const { bot, store } = start(() =>
      turnOf([say('suite', { to: 'dm' })], [{ type: 'continue-in-dm', state: { version: 1, step: 2 } }]),
    );
    await bot.handle(messageFrom('pas à pas', { place: 'salon', conversation: 'c', room: '!salon:ici' }));
    expect(store.conversations.read('dm:@ana:ici')).toEqual({ version: 1, step: 2 });
    store.conversations.copy('dm:@ana:ici', { key: '!new:ici', room: '!new:ici' });
    expect(store.conversations.read('!new:ici')).toEqual({ version: 1, step: 2 });
  });

  test('gives the same transaction ids to the same event, so that an answer cannot be doubled', async () => {
    const { bot, store } = start();
    const message = messageFrom('bonjour');
    const first = await bot.handle(message);
    const again = await bot.handle(message);
    expect(again.outgoing[0]?.id).toBe(first.outgoing[0]?.id);
    expect(store.outgoing.readWaiting(0, 10)).toHaveLength(1);
  });

  test('keeps the order within a conversation', async () => {
    const { bot } = start();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => bot.handle(messageFrom(`question ${index + 1}`))),
    );
    expect(all.map(({ outgoing }) => outgoing[0]?.content)).toMatchObject(
      Array.from({ length: 20 }, (_, index) => ({ text: `${index + 1} question ${index + 1}` })),
    );
  });

  test('says sorry when the message waited while it was away', async () => {
    const { bot } = start();
    const { outgoing } = await bot.handle(messageFrom('toujours là ?', { late: true }));
    expect(outgoing[0]?.content).toMatchObject({ text: 'Pardon pour le retard.|1 toujours là ?' });
  });

  test('notifies the person who asked in a salon, in the thread, and replies to the question', async () => {
    const { bot } = start();
    const { outgoing } = await bot.handle(
      messageFrom('mon vpn', { place: 'salon', conversation: 'c', room: '!salon:ici', thread: '$root' }),
    );
    expect(outgoing[0]).toMatchObject({
      address: '!salon:ici',
      thread: '$root',
      content: { mention: '@ana:ici', inReplyTo: expect.stringMatching(/^\$event/) },
    });
  });

  test('sends what is for the person alone to the direct message', async () => {
    const { bot } = start(() => turnOf([say('longue procédure', { to: 'dm' })]));
    const { outgoing } = await bot.handle(
      messageFrom('mon vpn', { place: 'salon', conversation: 'c', room: '!salon:ici', thread: '$root' }),
    );
    expect(outgoing[0]).toMatchObject({ address: 'dm:@ana:ici', thread: null });
  });

  test('edits the first answer when the question was rewritten, and puts its reactions there', async () => {
    const { bot } = start(() => turnOf([say('mieux', { replaces: '$question', reactions: ['👍'] })]));
    const { outgoing } = await bot.handle(
      messageFrom('', { input: { type: 'edit', text: 'mon vpn', turnId: '$question' } }),
    );
    const of = outgoingId('$question', 'reply', 0);
    expect(outgoing.map(({ content }) => content)).toMatchObject([
      { type: 'edit', of, text: 'mieux' },
      { type: 'reaction', of, key: '👍' },
    ]);
  });

  test('takes away the reactions of an answer that mean nothing once it is edited, and puts no other twice', async () => {
    const offered = [['1️⃣', '2️⃣', '👍'], ['👍', '👎'], ['1️⃣'], []];
    const { bot, store } = start((_state, input) =>
      turnOf([
        say('lisez', {
          reactions: offered.shift() ?? [],
          replaces: input.type === 'edit' ? input.turnId : null,
        }),
      ]),
    );
    const question = messageFrom('mon vpn');
    const first = await bot.handle(question);
    for (const { id } of first.outgoing) store.outgoing.markSent(id, `$sent-${id}`, '!dm:ici');
    const [one, two, good] = first.outgoing.slice(1).map(({ id }) => id);
    const edit = async () => {
      const input = { type: 'edit', text: 'mon vpn', turnId: question.id } as const;
      return (await bot.handle(messageFrom('', { input }))).outgoing.slice(1);
    };
    const second = await edit();
    const of = outgoingId(question.id, 'reply', 0);
    expect(second.map(({ content }) => content)).toEqual([
      { type: 'redaction', of: one },
      { type: 'redaction', of: two },
      { type: 'reaction', of, key: '👎' },
    ]);
    expect(second.map(({ origin, address }) => [origin, address])).toEqual(
      Array(3).fill(['reaction', question.room]),
    );
    // Of what was taken away, nothing is taken away again; what has not left never will.
    const third = await edit();
    expect(third.map(({ content }) => content)).toEqual([
      { type: 'redaction', of: good },
      { type: 'reaction', of, key: '1️⃣' },
    ]);
    expect(store.outgoing.find(second[2]?.id ?? of)?.status).toBe('cancelled');
    expect(await edit()).toEqual([]);
    expect(store.outgoing.find(third[1]?.id ?? of)?.status).toBe('cancelled');
  });

  test('deletes its answer when the question is deleted, and never sends what was not sent yet', async () => {
    const { bot, store } = start();
    const sent = messageFrom('envoyée');
    const waiting = messageFrom('en attente');
    await bot.handle(sent);
    await bot.handle(waiting);
    store.outgoing.markSent(outgoingId(sent.id, 'reply', 0), '$answer', '!dm:ici');
    const deletion = (turnId: EventId) =>
      bot.handle(messageFrom('', { input: { type: 'deletion', turnId } }));
    const first = await deletion(sent.id);
    expect(first.outgoing.at(-1)?.content).toEqual({
      type: 'redaction',
      of: outgoingId(sent.id, 'reply', 0),
    });
    await deletion(waiting.id);
    expect(store.outgoing.find(outgoingId(waiting.id, 'reply', 0))?.status).toBe('cancelled');
  });

  test('leaves what belongs to a ticket to the desk, whatever the ids look like', async () => {
    const { bot, store } = start();
    const question = messageFrom('bonjour');
    await bot.handle(question);
    const [answer] = store.outgoing.readWaiting(0, 10);
    if (!answer) throw new Error('the echo did not answer');
    store.outgoing.add({ ...answer, id: 'copie-dans-le-salon-ticket0', origin: 'ticket' }, 1_000);
    store.outgoing.markSent(answer.id, '$answer', '!dm:ici');
    store.outgoing.markSent('copie-dans-le-salon-ticket0', '$copy', '!salon:ici');
    const deletion = messageFrom('', { input: { type: 'deletion', turnId: question.id } });
    const { outgoing } = await bot.handle(deletion);
    expect(outgoing.map(({ content }) => content).filter(({ type }) => type === 'redaction')).toEqual([
      { type: 'redaction', of: answer.id },
    ]);
  });

  test('stores nothing of a message when one part cannot be stored', async () => {
    const path = newPath();
    const { bot, store } = start(() => turnOf([say('jamais dit')]), undefined, path);
    using damage = new DatabaseSync(path);
    damage.exec('DROP TABLE statistic');
    await expect(bot.handle(messageFrom('bonjour'))).rejects.toThrow();
    expect(store.outgoing.readWaiting(0, 10)).toHaveLength(0);
    expect(store.conversations.count()).toBe(0);
  });

  test('never leaves a person without a word, even if the conversation fails', async () => {
    const { bot } = start(() => {
      throw new Error('défaut');
    });
    const { outgoing, error } = await bot.handle(messageFrom('bonjour'));
    expect(outgoing).toHaveLength(1);
    expect(error?.cause).toBeInstanceOf(Error);
  });

  test('tells a person what it keeps of them, and erases it when asked', async () => {
    const { bot, store } = start();
    await bot.handle(messageFrom('bonjour'));
    const told = await bot.handle(messageFrom('!mes-donnees'));
    expect(told.turn).toBeNull();
    expect(told.outgoing).toHaveLength(1);
    expect(store.conversations.countOf('@ana:ici')).toBe(1);
    await bot.handle(messageFrom('!oublier'));
    expect(store.conversations.countOf('@ana:ici')).toBe(0);
  });

  test('asked to forget somebody, keeps their name nowhere, salons included', async () => {
    const path = newPath();
    const { bot, store } = start(undefined, undefined, path);
    using database = new DatabaseSync(path, { readOnly: true });
    const salon = { place: 'salon', room: '!salon:ici', conversation: '!salon:ici $fil @ana:ici' } as const;
    const question = messageFrom('bonjour', { ...salon, thread: '$fil' });
    const command = messageFrom('!oublier', { ...salon, thread: '$fil' });
    for (const { id, room, sender } of [question, command]) {
      const times = { sentAt: 0, receivedAt: 0, late: false };
      store.journal.add({ eventId: id, room, sender, raw: '{}', ...times });
    }
    await bot.handle(question);
    store.outgoing.markSent(outgoingId(question.id, 'reply', 0), '$answer', '!salon:ici');
    const { outgoing } = await bot.handle(command);
    // The direct message is made for the confirmation.
    store.rooms.update('!dm:ici', { membership: 'join', direct: true });
    store.rooms.setMember('!dm:ici', { user: '@ana:ici', membership: 'invite', displayName: null });
    for (const { id } of outgoing) store.outgoing.markSent(id, '$confirmation', '!dm:ici');
    createErasures(store).finish();
    const everything = (table: string) =>
      database
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => JSON.stringify(row));
    for (const table of ['journal', 'outgoing', 'conversation', 'unanswered', 'notice']) {
      expect(everything(table).join('\n')).not.toMatch(/@ana:ici|!dm:ici/);
    }
    expect(outgoing).toHaveLength(1);
  });
});
