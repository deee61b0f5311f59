import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Reply } from '../../src/conversation/conversation.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import {
  composeForRoom,
  composeNotice,
  composeOutcome,
  composeRedaction,
  composeReplies,
  composeTicketSeries,
} from '../../src/messages/compose.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';

const message: IncomingMessage = {
  id: '$late',
  conversation: '!ana:ici',
  room: '!ana:ici',
  place: 'dm',
  sender: '@ana:ici',
  thread: null,
  sentAt: 0,
  late: false,
  input: { type: 'text', text: 'mon vpn' },
};
const inSalon = {
  ...message,
  place: 'salon',
  room: '!salon:ici',
  conversation: '!salon:ici $fil @ana:ici',
  thread: '$fil',
} as const;
const reply = (text: string, change: Partial<Reply> = {}): Reply => ({
  blocks: [{ type: 'paragraph', text }],
  reactions: [],
  to: 'here',
  replaces: null,
  ...change,
});

describe('transaction ids', () => {
  /** As the version of 2026-11-27 made them: an account in service sends again, after an upgrade, what it had sent. */
  test('are those of the versions in service', () => {
    const replies = [reply('Voici.', { reactions: ['👍', '👎'] }), reply('Mieux.', { replaces: '$e1' })];
    const composed = [
      ...composeReplies(message, replies, renderReply, null),
      composeNotice(message, reply('Pardon.').blocks, renderReply),
      composeOutcome(message, 'Fichiers repris.'),
      composeRedaction(
        { ...message, id: '$gone' },
        { id: 'x-reply0', conversation: 'c', address: '!a:ici', room: null },
        0,
      ),
    ];
    expect(composed.map(({ id, origin }) => [id, origin])).toEqual([
      ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply0', 'reply'],
      ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reaction0', 'reaction'],
      ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reaction1', 'reaction'],
      ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-reply1', 'reply'],
      ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-notice0', 'notice'],
      ['kaCzPdFJxUEpGgQe_Wz1QAEwpIZ-notice1', 'notice'],
      ['sSoYhkAsWMiT02GGQ5kYkJ9B4eU-redaction0', 'redaction'],
    ]);
    expect(composed[3]?.content).toMatchObject({ type: 'edit', of: 'iXUK6dVjWMFu02y6lCm2AYT8Gtr-reply0' });
    const to = { address: '!salon:ici', thread: null, agent: '@ana:ici' } as const;
    const content = { type: 'message', text: 'x', html: 'x', inReplyTo: null, mention: null } as const;
    const opening = composeTicketSeries('$e3', 'opening');
    expect(opening.nextId()).toBe('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0');
    expect(opening.add(to, content)).toBe('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening0');
    expect(opening.add(to, content)).toBe('X0kz-y1PS92PMQjo0gmkRxqgYOk-opening1');
    expect(opening.messages.map(({ origin }) => origin)).toEqual(['opening', 'opening']);
    expect(composeTicketSeries('$e10', 'ticket').nextId()).toBe('7rXS-n50lzpyb27fEbGVUw3MImi-ticket0');
  });

  test('are made in one place', () => {
    const src = fileURLToPath(new URL('../../src/', import.meta.url));
    const makers = readdirSync(src, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.startsWith('messages/'))
      .filter((name) =>
        /outgoingId\(|-(?:reply|notice|ticket|opening)\d/.test(readFileSync(join(src, name), 'utf8')),
      );
    expect(makers).toEqual([]);
  });
});

describe('a reply', () => {
  test('answers the message, in its thread, and names the agent in a salon', () => {
    const [first, second] = composeReplies(inSalon, [reply('un'), reply('deux')], renderReply, null);
    expect(first).toMatchObject({ address: '!salon:ici', thread: '$fil', agent: '@ana:ici' });
    expect(first?.content).toMatchObject({ inReplyTo: '$late', mention: '@ana:ici' });
    expect(second?.content).toMatchObject({ inReplyTo: null, mention: '@ana:ici' });
  });

  test('for the agent alone goes to their direct message, which may be still to be made', () => {
    const replies = [reply('vos données', { to: 'dm' })];
    const [known] = composeReplies(inSalon, replies, renderReply, '!ana:ici');
    expect(known).toMatchObject({ address: '!ana:ici', conversation: '!ana:ici', thread: null });
    const [unknown] = composeReplies(inSalon, replies, renderReply, null);
    expect(unknown).toMatchObject({ address: 'dm:@ana:ici', conversation: 'dm:@ana:ici', thread: null });
  });

  test('to an edit answers the message that was edited; to a reaction, none', () => {
    const answered = (input: IncomingMessage['input']) =>
      composeReplies({ ...message, input }, [reply('un')], renderReply, null)[0]?.content;
    expect(answered({ type: 'edit', text: 'x', turnId: '$first' })).toMatchObject({ inReplyTo: '$first' });
    expect(answered({ type: 'reaction', key: '👍', turnId: '$first' })).toMatchObject({ inReplyTo: null });
  });
});

describe('a word to a room', () => {
  test('shows its text as it stands, signs escaped, columns kept', () => {
    const [line, excerpt] = ['l’<b> & "co"', 'a:\n  ^'].map(
      (text) => composeForRoom('!admins:ici', text, { now: 1 }).content,
    );
    expect(line).toMatchObject({ text: 'l’<b> & "co"', html: '<p>l’&lt;b&gt; &amp; &quot;co&quot;</p>' });
    expect(excerpt).toMatchObject({ html: '<pre><code>a:\n  ^</code></pre>' });
  });

  test('is sent again when it is said again, and is a message of nobody’s', () => {
    const say = (now: number) => composeForRoom('!admins:ici', 'Fichiers refusés.', { now });
    expect(say(1).id).not.toBe(say(2).id);
    expect(say(1)).toMatchObject({ agent: '', address: '!admins:ici', conversation: '!admins:ici' });
  });

  test('about somebody is forgotten with them', () => {
    expect(composeForRoom('!admins:ici', 'x', { now: 1, agent: '@ana:ici' }).agent).toBe('@ana:ici');
  });
});

test('a deletion goes where the message was sent, or else where it was to go', () => {
  const sent = { id: 'reponse-reply0', conversation: 'c', address: 'dm:@ana:ici' } as const;
  expect(composeRedaction(message, { ...sent, room: '!ana:ici' }, 0)).toMatchObject({
    address: '!ana:ici',
    content: { type: 'redaction', of: 'reponse-reply0' },
  });
  expect(composeRedaction(message, { ...sent, room: null }, 1).address).toBe('dm:@ana:ici');
});
