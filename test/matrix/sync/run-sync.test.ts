import { describe, expect, test } from 'vitest';
import type { Homeserver } from '../../../src/matrix/homeserver/homeserver.ts';
import { runSync } from '../../../src/matrix/sync/run-sync.ts';
import { createLog } from '../../../src/operations/log.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { openStore, type Store } from '../../../src/store/open-store.ts';
import { botUserId, makeContext } from '../reading/make-context.ts';

/** Syncs with `call` as homeserver until `onStored` ends it. */
async function sync(
  store: Store,
  call: Homeserver['call'],
  onStored: (stop: AbortController) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  await runSync({
    homeserver: { url: '', call },
    store,
    botUserId,
    contextOf: () => makeContext(),
    encryption: null,
    log: createLog({ level: 'error', secret: 's', write: () => undefined }),
    metrics: createMetrics(),
    signal: stop.signal,
    onStored: () => onStored(stop),
  });
}

test('the next batch is asked for once this one is stored and seen to', async () => {
  const store = openStore(':memory:');
  const happened: string[] = [];
  let batch = 0;
  await sync(
    store,
    async (_method, _path, query) => {
      happened.push(`asked from ${query?.['since'] ?? 'the start'}`);
      batch += 1;
      return { next_batch: `s${batch}` };
    },
    async (stop) => {
      happened.push(`stored ${store.settings.read('sync-token')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      happened.push('seen to');
      if (batch === 2) stop.abort();
    },
  );
  expect(happened).toEqual([
    'asked from the start',
    'stored s1',
    'seen to',
    'asked from s1',
    'stored s2',
    'seen to',
  ]);
});

describe('`state` of a room that the bot knows, as Synapse gives it after two people acted in the same moment', () => {
  const room = '!conseillers:agent.interieur.test';
  const bruno = '@bruno:agent.interieur.test';
  const member = (id: string, user: string, membership: string) => ({
    event_id: `$${id}`,
    type: 'm.room.member',
    sender: user,
    state_key: user,
    origin_server_ts: 1_795_695_505_392,
    content: { membership },
  });
  const reaction = {
    event_id: '$reaction',
    type: 'm.reaction',
    sender: botUserId,
    origin_server_ts: 1_795_695_505_415,
    content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$ticket', key: '✋' } },
  };
  const batches = [
    {
      state: { events: [member('own', botUserId, 'join'), member('came', bruno, 'join')] },
      timeline: { events: [] },
    },
    { state: { events: [] }, timeline: { events: [member('left', bruno, 'leave')] } },
    // As recorded: the reaction stands on another branch than the departure, and brings back what was before it.
    { state: { events: [member('came', bruno, 'join')] }, timeline: { events: [reaction] } },
  ];

  async function play(
    stateOf: (path: string) => Promise<unknown>,
  ): Promise<{ store: Store; asked: string[] }> {
    const store = openStore(':memory:');
    const asked: string[] = [];
    let batch = 0;
    await sync(
      store,
      async (_method, path) => {
        if (!path.endsWith('/sync')) {
          asked.push(path);
          return stateOf(path);
        }
        batch += 1;
        return { next_batch: `s${batch}`, rooms: { join: { [room]: batches[batch - 1] } } };
      },
      async (stop) => {
        if (batch === batches.length) stop.abort();
      },
    );
    return { store, asked };
  }

  test('brings back nobody who has left', async () => {
    const { store, asked } = await play(async () => ({ membership: 'leave' }));
    expect(store.rooms.readMember(room, bruno)?.membership).toBe('leave');
    expect(asked).toEqual([
      `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/m.room.member/${encodeURIComponent(bruno)}`,
    ]);
    expect(store.rooms.read(room)?.stateKnown).toBe(true);
  });

  test('is believed when the homeserver says the same now', async () => {
    const { store } = await play(async () => ({ membership: 'join' }));
    expect(store.rooms.readMember(room, bruno)?.membership).toBe('join');
  });

  test('leaves the state unknown when it cannot be read: it is before anything is sent', async () => {
    const { store } = await play(async () => {
      throw Object.assign(new Error('no'), { statusCode: 403, body: { errcode: 'M_FORBIDDEN' } });
    });
    expect(store.rooms.read(room)?.stateKnown).toBe(false);
    expect(store.settings.read('sync-token')).toBe('s3');
  });
});
