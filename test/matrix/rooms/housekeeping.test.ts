import { expect, onTestFinished, test, vi } from 'vitest';
import { loadBrain } from '../../../src/brain/load-brain.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';
import type { Homeserver } from '../../../src/matrix/homeserver/homeserver.ts';
import { createHousekeeping } from '../../../src/matrix/rooms/housekeeping.ts';
import type { RoomId } from '../../../src/messages/ids.ts';
import { createLog } from '../../../src/operations/log.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { botUserId, makeContext } from '../reading/make-context.ts';

const { content } = await loadBrain(projectRoot);

/** What Synapse answers does not come in an order that a test can choose: here it does. */
function start(call: (method: string, path: string) => unknown, keptRooms: readonly RoomId[] = []) {
  const store = openStore(':memory:');
  const housekeeping = createHousekeeping({
    store,
    homeserver: { call: async (method: string, path: string) => call(method, path) } as unknown as Homeserver,
    botUserId,
    contextOf: () => makeContext(),
    decideAccess: () => ({ allowed: true }),
    keptRooms: new Set(keptRooms),
    content: () => content,
    log: createLog({ level: 'error', secret: 's', write: () => undefined }),
    metrics: createMetrics(),
    signal: new AbortController().signal,
    readState: async () => undefined,
    onJournalled: () => undefined,
  });
  return { store, housekeeping };
}

test('a join that /sync shows while a room is followed is not made an invitation again', async () => {
  const { store, housekeeping } = start((_method, path) => {
    if (path.includes('/join/')) store.rooms.update('!new:ici', { membership: 'join', stateKnown: true });
    return path.endsWith('/m.room.create/') ? { predecessor: { room_id: '!old:ici' } } : {};
  });
  store.rooms.update('!old:ici', { membership: 'join', direct: true, replacement: '!new:ici' });
  housekeeping.wake();
  await expect.poll(() => store.rooms.read('!old:ici')?.note).toBe('upgraded');
  expect(store.rooms.read('!new:ici')).toMatchObject({ membership: 'join', direct: true });
});

/** A room that the bot sees into only once it has joined it; it says that it replaces nothing. */
function startBeforeStrangeRoom(membershipBefore: string, keptRooms: readonly RoomId[] = []) {
  const calls: string[] = [];
  let joined = false;
  const { store, housekeeping } = start((method, path) => {
    calls.push(`${method} ${path.replace(/^.*\/rooms\/[^/]*\/|^.*\/v3\//, '')}`);
    if (path.includes('/join/')) joined = true;
    else if (!joined) throw Object.assign(new Error(), { statusCode: 403, body: { errcode: 'M_FORBIDDEN' } });
    return path.includes('/m.room.member/')
      ? { unsigned: { prev_content: { membership: membershipBefore } } }
      : {};
  }, keptRooms);
  store.rooms.update('!old:ici', { membership: 'join', replacement: '!strange:ici' });
  housekeeping.wake();
  const followed = expect
    .poll(() => store.rooms.read('!old:ici')?.note)
    .toBe('upgraded, replacement not genuine');
  return { calls, followed };
}

test('a room entered to look where it comes from is left again', async () => {
  const { calls, followed } = startBeforeStrangeRoom('leave');
  await followed;
  expect(calls).toContain('POST leave');
});

test('a room where an invitation, not shown yet, awaited the bot is not left again', async () => {
  const { calls, followed } = startBeforeStrangeRoom('invite');
  await followed;
  expect(calls).not.toContain('POST leave');
});

test('the support salon is not left again, however the bot came to be there', async () => {
  const { calls, followed } = startBeforeStrangeRoom('leave', ['!strange:ici']);
  await followed;
  expect(calls).not.toContain('POST leave');
});

test('who has the bot in fifty rooms already is told so, and nobody else', async () => {
  const calls: string[] = [];
  const { store, housekeeping } = start((method, path) => {
    calls.push(`${method} ${decodeURIComponent(path).replace(/^.*\/v3\//, '')}`);
    return {};
  });
  for (let index = 0; index < 50; index += 1) {
    store.rooms.update(`!${index}:ici`, { membership: 'join', inviter: '@avide:ici', stateKnown: true });
  }
  store.rooms.update('!new:ici', { membership: 'invite', inviter: '@avide:ici' });
  store.rooms.update('!other:ici', { membership: 'invite', inviter: '@ana:ici' });
  housekeeping.wake();
  await expect.poll(() => calls.toSorted()).toEqual(['POST join/!other:ici', 'POST rooms/!new:ici/leave']);
  expect(store.rooms.read('!new:ici')?.membership).toBe('leave');
});

test('an invitation refused by an answer that blames nothing is tried again', async () => {
  let joins = 0;
  const { store, housekeeping } = start(() => {
    joins += 1;
    if (joins === 1) throw Object.assign(new Error(), { statusCode: 400, body: { errcode: 'M_UNKNOWN' } });
    return {};
  });
  store.rooms.update('!a:ici', { membership: 'invite', inviter: '@ana:ici' });
  housekeeping.wake();
  await expect.poll(() => joins, { timeout: 3_000 }).toBe(2);
  expect(store.rooms.read('!a:ici')?.membership).toBe('invite');
});

test('an invitation that fails at first is tried again by its own clock, and holds up no other', async () => {
  const joins: string[] = [];
  const { store, housekeeping } = start((_method, path) => {
    const room = decodeURIComponent(path).replace(/^.*\/join\//, '');
    joins.push(room);
    if (room === '!dead:ici' && joins.filter((id) => id === room).length < 3)
      throw new TypeError('fetch failed');
    return {};
  });
  store.rooms.update('!dead:ici', { membership: 'invite', inviter: '@ana:ici' });
  store.rooms.update('!living:ici', { membership: 'invite', inviter: '@bruno:ici' });
  housekeeping.wake();
  await expect.poll(() => joins).toEqual(['!dead:ici', '!living:ici']);
  // Nobody wakes it again.
  await expect.poll(() => joins.filter((id) => id === '!dead:ici').length, { timeout: 10_000 }).toBe(3);
});

test('a clock set back does not put off what is to be tried again', async () => {
  let joins = 0;
  const { store, housekeeping } = start(() => {
    joins += 1;
    if (joins > 1) return {};
    const wall = Date.now;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => wall() + 300_000);
    onTestFinished(() => clock.mockRestore());
    // Five minutes ahead while the failure is noted, right again at once.
    queueMicrotask(() => queueMicrotask(() => setTimeout(() => clock.mockImplementation(wall))));
    throw Object.assign(new Error(), { statusCode: 400, body: { errcode: 'M_UNKNOWN' } });
  });
  store.rooms.update('!a:ici', { membership: 'invite', inviter: '@ana:ici' });
  housekeeping.wake();
  await expect.poll(() => joins, { timeout: 3_000 }).toBe(2);
});
