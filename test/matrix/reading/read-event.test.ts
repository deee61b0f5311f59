import { describe, expect, test } from 'vitest';
import { parseEvent, type RoomEvent } from '../../../src/matrix/reading/parse-event.ts';
import { type ReadingContext, readEvent } from '../../../src/matrix/reading/read-event.ts';
import { createReadingContext } from '../../../src/matrix/reading/reading-context.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { botUserId, makeContext } from './make-context.ts';

const room = '!salon:agent.interieur.tchap.gouv.fr';
const agent = '@marie.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';

function eventOf(content: object, change: object = {}): RoomEvent {
  const event = parseEvent({
    event_id: '$question',
    type: 'm.room.message',
    sender: agent,
    origin_server_ts: 1_700_000_000_000,
    content,
    ...change,
  });
  if (!event) throw new Error('the test made a malformed event');
  return event;
}

const text = (body: string, more: object = {}): object => ({ msgtype: 'm.text', body, ...more });
const read = (event: RoomEvent, change: Partial<ReadingContext> = {}) =>
  readEvent(room, event, makeContext(change));
const inSalon = (content: object, change: Partial<ReadingContext> = {}) =>
  read(eventOf(content), { place: 'salon', ...change });
/** Our answer to Marie's question, in its thread. */
const own = { turnId: '$question', conversation: 'c', agent, thread: '$question', room } as const;

describe('in a direct message', () => {
  test('every text is a question', () => {
    expect(read(eventOf(text('mon vpn marche pas')))).toMatchObject({
      ok: true,
      message: {
        id: '$question',
        conversation: room,
        place: 'dm',
        sender: agent,
        thread: null,
        input: { type: 'text', text: 'mon vpn marche pas' },
      },
    });
  });

  test('a picture is one, an unknown kind of message is not', () => {
    expect(read(eventOf({ msgtype: 'm.image', body: 'capture.png', url: 'mxc://a/b' }))).toMatchObject({
      message: { input: { type: 'media', media: 'image' } },
    });
    expect(read(eventOf({ msgtype: 'fr.tchap.poll', body: 'sondage' }))).toMatchObject({
      reason: 'unknown type',
    });
  });

  test.each([
    ['its own messages', eventOf(text('x'), { sender: botUserId }), 'own message'],
    ['notices', eventOf({ msgtype: 'm.notice', body: 'je suis un robot' }), 'notice'],
    ['messages already deleted', eventOf({}), 'redacted'],
    [
      'deleted ones that still say so',
      eventOf(text('x'), { unsigned: { redacted_because: {} } }),
      'redacted',
    ],
    ['messages without text', eventOf(text('   ')), 'empty'],
    ['messages without a body', eventOf({ msgtype: 'm.text' }), 'malformed'],
    ['state', eventOf({ name: 'Salon' }, { type: 'm.room.name', state_key: '' }), 'state event'],
    ['its own name alone', eventOf(text('@Assistant télétravail')), 'empty'],
  ])('ignores %s', (_what, event, reason) => {
    expect(read(event)).toEqual({ ok: false, reason });
  });

  test('the quote of an older client is not part of the question', () => {
    const body = '> <@assistant:ici> Redémarrez votre poste\n> puis réessayez\n\nça marche pas';
    const relation = { 'm.in_reply_to': { event_id: '$answer' } };
    expect(read(eventOf(text(body, { 'm.relates_to': relation })))).toMatchObject({
      message: { input: { text: 'ça marche pas' } },
    });
  });

  test('a person may begin with « > » without replying', () => {
    expect(read(eventOf(text('> 3 jours que ça marche pas')))).toMatchObject({
      message: { input: { text: '> 3 jours que ça marche pas' } },
    });
  });
});

describe('in a salon, the bot is called', () => {
  test.each([
    ['by a mention', text('vpn ?', { 'm.mentions': { user_ids: [botUserId] } })],
    [
      'by a pill of matrix.to',
      text('Assistant vpn ?', {
        formatted_body: `<a href="https://matrix.to/#/${encodeURIComponent(botUserId)}">Assistant</a> vpn ?`,
      }),
    ],
    [
      'by a Tchap permalink',
      text('Assistant vpn ?', {
        formatted_body: `<a href="https://www.tchap.gouv.fr/#/user/${botUserId}">Assistant</a> vpn ?`,
      }),
    ],
    ['by its name with its service', text('Assistant télétravail [Intérieur] : vpn ?')],
    ['by its name without its service', text('assistant télétravail, vpn ?')],
    ['by its name with an @', text('@Assistant télétravail vpn ?')],
    ['by its account name', text('assistant-interieur.gouv.fr: vpn ?')],
  ])('%s', (_how, content) => {
    expect(inSalon(content)).toMatchObject({ ok: true, message: { thread: '$question' } });
  });

  test('and its name is not part of the question', () => {
    expect(inSalon(text('Assistant télétravail [Intérieur] : mon vpn marche pas'))).toMatchObject({
      message: { input: { text: 'mon vpn marche pas' } },
    });
    const mention = { 'm.mentions': { user_ids: [botUserId] } };
    expect(
      inSalon(text('bonjour Assistant télétravail [Intérieur] mon vpn marche pas', mention)),
    ).toMatchObject({
      message: { input: { text: 'bonjour mon vpn marche pas' } },
    });
  });

  test('by a reply to one of its messages', () => {
    const content = text('et sur Android ?', {
      'm.relates_to': { 'm.in_reply_to': { event_id: '$answer' } },
    });
    expect(inSalon(content, { findOwn: (id) => (id === '$answer' ? own : null) })).toMatchObject({
      message: { thread: '$question', input: { text: 'et sur Android ?' } },
    });
  });

  test('by the person who called it before in the thread, and by nobody else', () => {
    const content = text('ça marche pas', {
      'm.relates_to': {
        rel_type: 'm.thread',
        event_id: '$root',
        is_falling_back: true,
        'm.in_reply_to': { event_id: '$answer' },
      },
    });
    const findOwn = (id: string) => (id === '$answer' ? own : null);
    const known = `${room} $root ${agent}`;
    expect(inSalon(content, { findOwn, isKnownConversation: (key) => key === known })).toMatchObject({
      message: { conversation: known, thread: '$root' },
    });
    expect(inSalon(content, { findOwn })).toEqual({ ok: false, reason: 'not mentioned' });
  });
});

describe('in a salon, the bot is not called', () => {
  test.each([
    ['by a question to everybody', text('mon vpn marche pas')],
    ['by its name in the middle of a sentence', text("j'ai demandé à Assistant télétravail hier")],
    ['by a mention of somebody else', text('vpn ?', { 'm.mentions': { user_ids: ['@paul:ici'] } })],
    ['by a mention of the whole room', text('@room vpn ?', { 'm.mentions': { room: true } })],
    [
      'by a pill in a quoted message',
      text('oui', {
        formatted_body: `<mx-reply><a href="https://matrix.to/#/${botUserId}">Assistant</a></mx-reply>oui`,
      }),
    ],
    ['by a longer name', text('Assistant télétravailleur, un café ?')],
    [
      'by a link to another account',
      text('x', { formatted_body: `<a href="https://matrix.to/#/${botUserId}x">A</a>` }),
    ],
  ])('%s', (_how, content) => {
    expect(inSalon(content)).toEqual({ ok: false, reason: 'not mentioned' });
  });
});

describe('its name', () => {
  const userId = '@assistant:agent.interieur.tchap.gouv.fr';
  const names = { userId, displayNames: ['Assistant télétravail [Intérieur]'] } as const;
  const questionOf = (content: object, change: Partial<ReadingContext> = {}): unknown => {
    const reading = inSalon(content, { names, ...change });
    return reading.ok && reading.message.input.type === 'text' ? reading.message.input.text : null;
  };

  test.each([
    `${userId} ma clé usb`,
    `${userId}: ma clé usb`,
    `${userId.toUpperCase()}, ma clé usb`,
    '@assistant ma clé usb',
    '@assistant:ma clé usb',
    'Assistant, ma clé usb',
    'assistant : ma clé usb',
    'assistant\u00a0: ma clé usb',
    'assistant\u202f! ma clé usb',
    'Assistant – ma clé usb',
    'Assistant... ma clé usb',
    'Assistant\nma clé usb',
    'Assistant [Intérieur] ma clé usb',
    'Assistant télétravail ma clé usb',
    '@Assistant télétravail [Intérieur] ma clé usb',
  ])('calls it, and is all that is left out: %j', (body) => {
    expect(questionOf(text(body))).toBe('ma clé usb');
  });

  test.each([
    'Assistant social : qui contacter ?',
    'Assistant de prévention : absent demain',
    'Assistants : réunion à 10 h',
    'Assistante sociale ?',
    'Assistant-e de service social ?',
    'assistant.social@interieur.gouv.fr ne répond pas',
    '@assistant:agent.culture.tchap.gouv.fr ma clé usb',
    `${userId}.example.org ma clé usb`,
    `${userId}:8448 ma clé usb`,
  ])('does not call it where it only begins another: %j', (body) => {
    expect(questionOf(text(body))).toBeNull();
  });

  test('does not call it where the client says that somebody else is mentioned by it', () => {
    const content = text('@Assistant social qui contacter ?', {
      'm.mentions': { user_ids: ['@sociale:ici'] },
    });
    expect(questionOf(content)).toBeNull();
  });

  test.each([
    ['a mention', { 'm.mentions': { user_ids: [userId] } }],
    ['a pill', { formatted_body: `<a href="https://matrix.to/#/${userId}">Assistant</a> ma clé usb` }],
  ])('of one word is left out, without a colon, where %s says that it is meant', (_what, more) => {
    expect(questionOf(text('Assistant ma clé usb', more))).toBe('ma clé usb');
  });

  test.each([
    ['Assistant social : qui contacter ?', 'Assistant social : qui contacter ?'],
    ['un Assistant télétravailleur débute', 'un Assistant télétravailleur débute'],
    ['bonjour @Assistant télétravail [Intérieur] ma clé usb', 'bonjour ma clé usb'],
    [`bonjour ${userId} ma clé usb`, 'bonjour ma clé usb'],
    [`le compte ${userId}.example.org existe`, `le compte ${userId}.example.org existe`],
  ])('in a direct message, %j is understood as %j', (body, question) => {
    expect(questionOf(text(body), { place: 'dm' })).toBe(question);
  });

  test('of one word is left out of an edit as well', () => {
    const mentioned = { 'm.mentions': { user_ids: [userId] } };
    const content = {
      ...text('* Assistant ma clé usb', mentioned),
      'm.new_content': text('Assistant ma clé usb', mentioned),
      'm.relates_to': { rel_type: 'm.replace', event_id: '$first' },
    };
    expect(questionOf(content)).toBe('ma clé usb');
  });
});

describe('an edit', () => {
  const edit = (body: string): object => ({
    msgtype: 'm.text',
    body: `* ${body}`,
    'm.new_content': text(body),
    'm.relates_to': { rel_type: 'm.replace', event_id: '$first' },
  });
  const findQuestion = () => ({ room, conversation: room, sender: agent }) as const;

  test('is about the question that it rewrites', () => {
    expect(read(eventOf(edit('mon vpn noemi')), { findQuestion })).toMatchObject({
      message: { conversation: room, input: { type: 'edit', text: 'mon vpn noemi', turnId: '$first' } },
    });
  });

  test('by somebody else is ignored', () => {
    const findQuestion = () => ({ room, conversation: room, sender: '@paul:ici' }) as const;
    expect(read(eventOf(edit('x')), { findQuestion })).toEqual({ ok: false, reason: 'not the author' });
  });

  test('by somebody else of a message that did not call the bot is ignored, even with a mention', () => {
    const findQuestion = () => ({ room, conversation: null, sender: '@paul:ici' }) as const;
    const content = { ...edit('x'), 'm.mentions': { user_ids: [botUserId] } };
    expect(inSalon(content, { findQuestion })).toEqual({ ok: false, reason: 'not the author' });
  });

  test('of a message older than the bot is ignored', () => {
    expect(read(eventOf(edit('x')))).toEqual({ ok: false, reason: 'not about the bot' });
  });
});

describe('a reaction', () => {
  const reaction = (key: unknown): RoomEvent =>
    eventOf(
      { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$answer', key } },
      { type: 'm.reaction', event_id: '$reaction' },
    );
  const findOwn = (id: string) => (id === '$answer' ? own : null);

  test('under an answer belongs to its conversation', () => {
    expect(read(reaction('👍'), { findOwn, place: 'salon' })).toMatchObject({
      message: {
        conversation: 'c',
        thread: '$question',
        input: { type: 'reaction', key: '👍', turnId: '$question' },
      },
    });
  });

  test('of a colleague in a salon is ignored', () => {
    const findOwn = () => ({ ...own, agent: '@paul:ici' }) as const;
    expect(read(reaction('👍'), { findOwn, place: 'salon' })).toEqual({
      ok: false,
      reason: 'not the author',
    });
  });

  test.each([undefined, null, '', 3, 'x'.repeat(101)])('with the key %s is ignored', (key) => {
    expect(read(reaction(key), { findOwn })).toEqual({ ok: false, reason: 'malformed' });
  });
});

describe('a deletion', () => {
  const deletion = (change: object): RoomEvent =>
    eventOf({}, { type: 'm.room.redaction', event_id: '$deletion', ...change });
  const findQuestion = () => ({ room, conversation: room, sender: agent }) as const;

  test.each([
    ['of an older server', { redacts: '$first', content: {} }],
    ['of Synapse', { redacts: '$first', content: { redacts: '$first' } }],
  ])('%s takes back the question', (_version, change) => {
    expect(read(deletion(change), { findQuestion })).toMatchObject({
      message: { sender: agent, input: { type: 'deletion', turnId: '$first' } },
    });
  });

  test.each([
    [
      'only in its content, where anybody writes what they like in an older room',
      { redacts: '$first' },
      undefined,
    ],
    ['in its content of something else than the homeserver says', { redacts: '$first' }, '$paul'],
  ])('%s is ignored', (_what, content, redacts) => {
    expect(read(deletion({ content, redacts }), { findQuestion })).toEqual({
      ok: false,
      reason: 'malformed',
    });
  });
});

describe('from another room', () => {
  const elsewhere = '!ailleurs:agent.interieur.tchap.gouv.fr';
  /** The bot has answered Marie's question `$first` with `$answer` in `elsewhere`; she writes in `room`, a salon. */
  function contextHere(): ReadingContext {
    const store = openStore(':memory:');
    const thread = '$first';
    const conversation = `${elsewhere} ${thread} ${agent}`;
    const entry = {
      room: elsewhere,
      sender: agent,
      sentAt: 0,
      receivedAt: 0,
      late: false,
      raw: '{}',
    } as const;
    store.journal.add({ ...entry, eventId: '$first' });
    store.journal.setConversation('$first', conversation);
    store.journal.finish('$first', 'done');
    const content = { type: 'message', text: 'x', html: 'x', inReplyTo: null, mention: null } as const;
    const address = elsewhere;
    store.outgoing.add(
      { id: 'o-reply0', origin: 'reply', turnId: '$first', conversation, address, agent, thread, content },
      0,
    );
    store.outgoing.markSent('o-reply0', '$answer', elsewhere);
    store.rooms.update(room, { membership: 'join', name: 'Entraide' });
    return createReadingContext(store, { userId: botUserId, displayName: 'Assistant télétravail' }, [])(room);
  }
  const relatesTo = (relation: object): object => ({ 'm.relates_to': relation });
  const called = { 'm.mentions': { user_ids: [botUserId] } };

  test.each([
    [
      'an edit, even by its author, even with a mention',
      eventOf({
        ...text('* x', called),
        'm.new_content': text('x', called),
        ...relatesTo({ rel_type: 'm.replace', event_id: '$first' }),
      }),
      'not about the bot',
    ],
    [
      'a deletion',
      eventOf({ redacts: '$first' }, { type: 'm.room.redaction', redacts: '$first' }),
      'not about the bot',
    ],
    [
      'a reaction',
      eventOf(relatesTo({ rel_type: 'm.annotation', event_id: '$answer', key: '👍' }), {
        type: 'm.reaction',
      }),
      'not about the bot',
    ],
    [
      'a reply',
      eventOf(text('merci', relatesTo({ 'm.in_reply_to': { event_id: '$answer' } }))),
      'not mentioned',
    ],
    [
      'a message in a thread of the bot',
      eventOf(text('merci', relatesTo({ rel_type: 'm.thread', event_id: '$answer' }))),
      'not mentioned',
    ],
  ])('%s does nothing', (_what, event, reason) => {
    expect(readEvent(room, event, contextHere())).toEqual({ ok: false, reason });
  });
});
