import { expect, test } from 'vitest';
import { loadBrain } from '../../../src/brain/load-brain.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import type { Homeserver } from '../../../src/matrix/homeserver/homeserver.ts';
import { createHousekeeping } from '../../../src/matrix/rooms/housekeeping.ts';
import { runSync } from '../../../src/matrix/sync/run-sync.ts';
import { createLog } from '../../../src/operations/log.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { botUserId, makeContext } from '../reading/make-context.ts';

const { content } = await loadBrain(projectRoot);
const room = '!salon:ici';
const agent = '@ana:ici';

const said = (id: string) => ({
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
  const homeserver = { url: '', accessToken: '', call };
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
