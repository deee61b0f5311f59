import { expect, test } from 'vitest';
import { loadBrain } from '../../../src/brain/load-brain.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import type { Homeserver } from '../../../src/matrix/homeserver/homeserver.ts';
import { createHousekeeping } from '../../../src/matrix/rooms/housekeeping.ts';
import { receiveGap } from '../../../src/matrix/sync/receive-batch.ts';
import { runSync } from '../../../src/matrix/sync/run-sync.ts';
import type { EventId } from '../../../src/messages/ids.ts';
import { createLog } from '../../../src/operations/log.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { botUserId, makeContext } from '../reading/make-context.ts';

const { content } = await loadBrain(projectRoot);
const room = '!salon:ici' as const;
const agent = '@ana:ici' as const;

const said = (id: EventId) => ({
  event_id: id,
  type: 'm.room.message',
  sender: agent,
  origin_server_ts: 1,
  content: { msgtype: 'm.text', body: 'bonjour' },
});
const joined = {
  event_id: '$join',
  type: 'm.room.member',
  sender: botUserId,
  state_key: botUserId,
  origin_server_ts: 1,
  content: { membership: 'join' },
};

/** Plays a sync that joins the room, then one with a gap in it, whose history `readMessages` gives. */
async function play(readMessages: (from: string) => unknown) {
  const store = openStore(':memory:');
  const lines: string[] = [];
  const log = createLog({ level: 'warn', secret: 's', write: (line) => lines.push(line) });
  const metrics = createMetrics();
  const stop = new AbortController();
  let syncs = 0;
  const call: Homeserver['call'] = async (_method, path, query) => {
    if (!path.endsWith('/sync')) return readMessages(query?.['from'] ?? '');
    syncs += 1;
    const timeline =
      syncs === 1
        ? { events: [joined] }
        : { events: [said('$3'), said('$4')], limited: true, prev_batch: 'p0' };
    if (syncs > 2) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { next_batch: `s${syncs}` };
    }
    return { next_batch: `s${syncs}`, rooms: { join: { [room]: { state: { events: [] }, timeline } } } };
  };
  const homeserver = { url: '', call };
  const housekeeping = createHousekeeping({
    store,
    homeserver,
    botUserId,
    contextOf: () => makeContext(),
    decideAccess: () => ({ allowed: true }),
    keptRooms: new Set(),
    content: () => content,
    log,
    metrics,
    signal: stop.signal,
    readState: async () => undefined,
    onJournalled: () => undefined,
  });
  const done = runSync({
    homeserver,
    store,
    botUserId,
    contextOf: () => makeContext(),
    encryption: null,
    log,
    metrics,
    signal: stop.signal,
    onStored: async () => housekeeping.wake(),
  });
  const readable = () =>
    store.journal
      .readWaiting(0, 1_000_000)
      .map(({ eventId }) => eventId)
      .filter((id) => id !== '$join');
  return {
    store,
    lines,
    metrics,
    readable,
    async end() {
      stop.abort();
      await done;
    },
  };
}

test('what is missing stands before what came after it', async () => {
  const { readable, end } = await play(() => ({ chunk: [said('$2'), said('$1')] }));
  await expect.poll(readable, { timeout: 5_000 }).toEqual(['$1', '$2', '$3', '$4']);
  await end();
});

test('a history that the homeserver refuses is told, and what came after it is read', async () => {
  const { readable, lines, metrics, end } = await play(() => {
    throw Object.assign(new Error('no'), { statusCode: 403, body: { errcode: 'M_FORBIDDEN' } });
  });
  await expect.poll(readable, { timeout: 5_000 }).toEqual(['$3', '$4']);
  await end();
  expect(lines.join('\n')).toContain('refuse l’historique');
  expect(metrics.render()).toContain('assistant_gaps_lost_total{reason="refused"} 1');
});

test('a history too long to be read whole is told, and its end is read', async () => {
  let page = 0;
  const { readable, lines, metrics, end } = await play(() => {
    page += 1;
    return { chunk: [said(`$old${page}`)], end: `p${page}` };
  });
  await expect.poll(() => readable().length, { timeout: 5_000 }).toBe(52);
  await end();
  expect(readable().at(-1)).toBe('$4');
  expect(lines.join('\n')).toContain('trop long');
  expect(metrics.render()).toContain('assistant_gaps_lost_total{reason="too-long"} 1');
});

test('a second gap before the first is read: both are read as one, and the order is that of the room', async () => {
  const store = openStore(':memory:');
  store.rooms.update(room, { membership: 'join', stateKnown: true });
  const stored = (id: EventId) => ({
    eventId: id,
    room,
    sender: agent,
    sentAt: 1,
    receivedAt: 1,
    late: false,
    raw: JSON.stringify(said(id)),
  });
  const note = (from: string, to: string) =>
    store.gaps.add({ room, from, to, fromJoin: false, since: 1, afterSeq: store.journal.readLastSeq() });
  store.journal.add(stored('$0'));
  note('p1', 's1');
  store.journal.add(stored('$2'));
  const outdated = store.gaps.list()[0];
  note('p2', 's2');
  store.journal.add(stored('$4'));
  const [gap] = store.gaps.list();
  if (!gap || !outdated) throw new Error('the gap was not noted');
  const ids = () => store.journal.readWaiting(0, 10).map(({ eventId }) => eventId);
  expect(ids()).toEqual(['$0']);
  const options = { store, botUserId, contextOf: () => makeContext(), onFailed: () => undefined };
  const events = (...given: EventId[]) => given.map((id) => ({ ...said(id), ...outer }));
  const outer = { stateKey: null, age: null, transactionId: null, redacted: false };
  // It was being read when the second came: what it holds is read again with the rest.
  receiveGap(outdated, events('$1'), options);
  receiveGap(gap, events('$1', '$2', '$3'), options);
  expect(ids()).toEqual(['$0', '$1', '$2', '$3', '$4']);
  expect(store.gaps.list()).toEqual([]);
});

test('where the history does not come, what came after it is read all the same, and the history later', async () => {
  let broken = true;
  const { store, readable, end } = await play(() => {
    if (broken) throw new TypeError('fetch failed');
    return { chunk: [said('$2'), said('$1')] };
  });
  await expect.poll(() => store.gaps.list().length).toBe(1);
  expect(readable()).toEqual([]);
  const [gap] = store.gaps.list();
  if (!gap) throw new Error('the gap was not noted');
  // As if it had been noted more than a minute ago.
  store.gaps.remove(gap);
  store.gaps.add({ ...gap, since: gap.since - 61_000 });
  await expect.poll(readable, { timeout: 10_000 }).toEqual(['$3', '$4']);
  broken = false;
  await expect.poll(readable, { timeout: 20_000 }).toEqual(['$3', '$4', '$1', '$2']);
  await end();
});
