import { describe, expect, test } from 'vitest';
import { createReadingContext } from '../../../src/matrix/reading/reading-context.ts';
import { parseSync } from '../../../src/matrix/sync/parse-sync.ts';
import { receiveBatch } from '../../../src/matrix/sync/receive-batch.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';
import { botUserId } from '../reading/make-context.ts';

const agent = '@marie:agent.interieur.tchap.gouv.fr';
const room = '!dm:agent.interieur.tchap.gouv.fr';
const noon = 1_700_000_000_000;
const minute = 60_000;

const said = (id: string, body: string, more: object = {}): object => ({
  event_id: id,
  type: 'm.room.message',
  sender: agent,
  origin_server_ts: noon,
  content: { msgtype: 'm.text', body },
  unsigned: { age: 10 },
  ...more,
});
const member = (id: string, user: string, membership: string, more: object = {}): object => ({
  event_id: id,
  type: 'm.room.member',
  state_key: user,
  sender: user,
  origin_server_ts: noon,
  content: { membership },
  ...more,
});

interface ReceiveOptions {
  now?: number;
  first?: boolean;
  /** The reading of the first event fails. */
  fails?: boolean;
  /** Takes what was set aside; without it, that fails the test. */
  failed?: unknown[];
}

/** As Synapse gives it in every version of rooms: in the content, and beside it. */
const deleted = (id: string, redacts: string, more: object = {}): object =>
  said(id, '', { type: 'm.room.redaction', content: { redacts }, redacts, ...more });

function start() {
  const store = openStore(':memory:');
  let batches = 0;
  const contextOf = createReadingContext(store, { userId: botUserId, displayName: 'Assistant' }, []);
  const receive = (rooms: object, options: ReceiveOptions = {}): void => {
    batches += 1;
    const batch = parseSync({ next_batch: `s${batches}`, rooms });
    if (!batch) throw new Error('the test made a malformed batch');
    store.transaction(() =>
      receiveBatch(batch, {
        store,
        botUserId,
        contextOf(roomId) {
          // Once: the first event of the timeline that is read.
          if (options.fails === true) {
            options.fails = false;
            throw new Error('défaut');
          }
          return contextOf(roomId);
        },
        now: options.now ?? noon,
        since: options.first ? null : 's0',
        states: new Map(),
        onFailed(error) {
          if (!options.failed) throw error;
          options.failed.push(error);
        },
      }),
    );
  };
  const join = (): void =>
    receive({
      join: {
        [room]: {
          state: { events: [member('$a', agent, 'join')] },
          timeline: { events: [member('$b', botUserId, 'join')] },
        },
      },
    });
  return { store, receive, join };
}

const timeline = (...events: object[]): object => ({ join: { [room]: { timeline: { events } } } });
const waiting = (store: Store): string[] => store.journal.readWaiting(0, 100).map(({ eventId }) => eventId);

describe('a batch of /sync', () => {
  test('is stored with its token', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn marche pas')));
    expect(store.settings.read('sync-token')).toBe('s2');
    expect(waiting(store)).toContain('$1');
  });

  test('given twice, as after a crash, is answered once', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn marche pas')));
    receive(timeline(said('$1', 'mon vpn marche pas')));
    expect(waiting(store).filter((id) => id === '$1')).toHaveLength(1);
  });

  test('on the very first start is history: nothing in it is answered', () => {
    const { store, receive } = start();
    const events = [member('$b', botUserId, 'join'), said('$1', 'mon vpn marche pas')];
    receive({ join: { [room]: { timeline: { events } } } }, { first: true });
    expect(waiting(store)).toEqual([]);
  });

  test('leaves out what was said before the bot came', () => {
    const { store, receive } = start();
    receive(timeline(said('$before', 'mon vpn'), member('$b', botUserId, 'join'), said('$after', 'mon vpn')));
    expect(waiting(store)).toEqual(['$b', '$after']);
  });

  test('after an absence, what is old is late, and what is new is not', () => {
    const { store, receive, join } = start();
    join();
    const old = said('$old', 'mon vpn', { unsigned: { age: 30 * minute } });
    receive(timeline(old, said('$new', 'mon vpn')), { now: noon + 60 * minute });
    const late = store.journal.readWaiting(0, 10).map(({ eventId, late }) => [eventId, late]);
    expect(late).toContainEqual(['$old', true]);
    expect(late).toContainEqual(['$new', false]);
  });

  test('a homeserver whose clock is wrong makes nothing late', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn', { origin_server_ts: noon - 86_400_000, unsigned: {} })), {
      now: noon + 1_000,
    });
    expect(store.journal.readWaiting(0, 10).at(-1)).toMatchObject({ eventId: '$1', late: false });
  });

  test('shows that a message was sent, though the bot was killed before it knew', () => {
    const { store, receive, join } = start();
    join();
    store.outgoing.add(
      {
        id: 'txn-reply0',
        origin: 'reply',
        turnId: '$1',
        conversation: room,
        address: room,
        agent,
        thread: null,
        content: { type: 'message', text: 'x', html: 'x', inReplyTo: null, mention: null },
      },
      noon,
    );
    receive(
      timeline(said('$answer', 'x', { sender: botUserId, unsigned: { transaction_id: 'txn-reply0' } })),
    );
    expect(store.outgoing.find('txn-reply0')).toMatchObject({ status: 'sent', eventId: '$answer' });
  });

  test('a question deleted before it was answered is dropped, text and all', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn')));
    receive(timeline(deleted('$2', '$1')));
    expect(waiting(store)).not.toContain('$1');
    expect(store.journal.summaryOf(agent).withText).toBe(0);
  });

  test('an event that fails halfway leaves nothing of itself but its failure, and the others go on', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn')));
    const failed: unknown[] = [];
    // The deletion has dropped the question when its reading fails.
    receive(timeline(deleted('$2', '$1'), said('$3', 'et ma clé usb')), { fails: true, failed });
    expect(failed).toHaveLength(1);
    expect(waiting(store)).toEqual(['$b', '$1', '$3']);
    expect(store.journal.find('$2')?.status).toBe('failed');
    expect(store.settings.read('sync-token')).toBe('s3');
  });

  test('a deletion in another room does not drop a question', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn')));
    receive({
      join: { '!ailleurs:ici': { timeline: { events: [deleted('$2', '$1', { sender: '@paul:ici' })] } } },
    });
    expect(waiting(store)).toContain('$1');
  });

  test('a deletion that the homeserver has not read as one does not drop a question', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn')));
    receive(timeline(deleted('$2', '$1', { sender: '@paul:ici', redacts: undefined })));
    receive(timeline(deleted('$3', '$1', { sender: '@paul:ici', redacts: '$paul' })));
    expect(waiting(store)).toContain('$1');
  });

  test('an invitation is kept until it is answered, by whoever sent it', () => {
    const { store, receive } = start();
    const events = [
      {
        type: 'm.room.member',
        state_key: botUserId,
        sender: agent,
        content: { membership: 'invite', is_direct: true },
      },
    ];
    receive({ invite: { [room]: { invite_state: { events } } } }, { first: true });
    expect(store.rooms.list('invite')).toMatchObject([{ id: room, inviter: agent, direct: true }]);
  });

  test('shown out, it sends nothing more there', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn')));
    receive({
      leave: { [room]: { timeline: { events: [member('$k', botUserId, 'ban', { sender: agent })] } } },
    });
    expect(store.rooms.read(room)?.membership).toBe('ban');
    expect(waiting(store)).toEqual([]);
  });
});

describe('a room', () => {
  test('that once held three people is a salon for good', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(member('$p', '@paul:ici', 'join')));
    receive(timeline(member('$q', '@paul:ici', 'leave')));
    receive(timeline(said('$1', 'mon vpn')));
    expect(waiting(store)).not.toContain('$1');
  });

  test('once encrypted is never taken for clear again', () => {
    const { store, receive, join } = start();
    join();
    const state = (id: string, content: object): object =>
      said(id, '', { type: 'm.room.encryption', state_key: '', content });
    receive(timeline(state('$e', { algorithm: 'm.megolm.v1.aes-sha2' }), state('$f', {})));
    expect(store.rooms.read(room)?.encryption).toEqual({ algorithm: 'm.megolm.v1.aes-sha2' });
  });
});

describe('an answer of ours that the store does not know', () => {
  const encrypted = (id: string, sender: string, relation: object = {}): object =>
    said(id, '', {
      type: 'm.room.encrypted',
      sender,
      content: { algorithm: 'm.megolm.v1.aes-sha2', session_id: 's', ciphertext: 'c', ...relation },
    });
  const replyTo = (event: string): object => ({ 'm.relates_to': { 'm.in_reply_to': { event_id: event } } });

  test('says that an encrypted question is answered, though neither can be read', () => {
    const { store, receive, join } = start();
    join();
    receive(
      timeline(encrypted('$1', agent), encrypted('$a1', botUserId, replyTo('$1')), encrypted('$2', agent)),
    );
    expect(waiting(store).filter((id) => /^\$\d/.test(id))).toEqual(['$2']);
    expect(store.outgoing.findByEvent('$a1')).toMatchObject({ turnId: '$1', status: 'sent', room });
  });

  test('says so of a question that only comes later, from a gap', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(encrypted('$a1', botUserId, replyTo('$1'))));
    receive(timeline(said('$1', 'mon vpn')));
    expect(waiting(store)).not.toContain('$1');
  });

  test('is the one that was ready to be sent', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(said('$1', 'mon vpn')));
    const reply = {
      turnId: '$1',
      conversation: room,
      address: room,
      agent,
      thread: null,
      origin: 'reply',
    } as const;
    const content = { type: 'message', text: 'a', html: 'a', inReplyTo: '$1', mention: null } as const;
    store.outgoing.add({ ...reply, id: 'prete-reply0', content }, noon);
    receive(timeline(said('$a1', 'a', { sender: botUserId, content: { body: 'a', ...replyTo('$1') } })));
    expect(store.outgoing.find('prete-reply0')).toMatchObject({ status: 'sent', eventId: '$a1' });
  });

  test('that a question is unreadable is no answer: when its key comes, it gets one', () => {
    const { store, receive, join } = start();
    join();
    receive(timeline(encrypted('$1', agent)));
    store.journal.markUndecryptable('$1', 's', 'no key');
    const notice = {
      turnId: '$1',
      conversation: room,
      address: room,
      agent,
      thread: null,
      origin: 'notice',
    } as const;
    const content = { type: 'message', text: 'a', html: 'a', inReplyTo: '$1', mention: null } as const;
    store.outgoing.add({ ...notice, id: 'illisible-notice0', content }, noon);
    // The homeserver gives no transaction id: the access token has changed since.
    receive(timeline(encrypted('$n1', botUserId, replyTo('$1'))));
    expect(store.journal.readUndecryptable(room, 's').map(({ eventId }) => eventId)).toEqual(['$1']);
  });

  test('of another room settles nothing here', () => {
    const { store, receive, join } = start();
    join();
    const other = '!autre:agent.interieur.tchap.gouv.fr';
    receive(timeline(said('$1', 'mon vpn')));
    const events = [member('$b2', botUserId, 'join'), encrypted('$a1', botUserId, replyTo('$1'))];
    receive({ join: { [other]: { timeline: { events } } } });
    expect(waiting(store)).toContain('$1');
  });
});
