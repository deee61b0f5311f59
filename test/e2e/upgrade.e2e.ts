import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

/** Whoever invites the bot into a room of their own may write there that the room has been replaced by any other. */
let synapse: Synapse;
let bot: BotProcess;
let alice: MatrixClient;
let marie: MatrixClient;
let outsider: MatrixClient;
let salon: string;

beforeAll(async () => {
  synapse = await startSynapse();
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
  const clientOf = async (name: string) => createMatrixClient(synapse.url, await synapse.createUser(name));
  alice = await clientOf('alice');
  marie = await clientOf('marie');
  outsider = await clientOf('dehors');
  salon = await alice.createRoom({ name: 'Conseillers', invite: [account.userId] });
  bot = await startBot(synapse, { account, settings: { SUPPORT_ROOM: salon, ENCRYPTION: 'non' } });
  await alice.waitForMember(salon, account.userId);
}, 120_000);

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

const pathOf = (room: string): string => `/rooms/${encodeURIComponent(room)}`;

async function openRoom(client: MatrixClient, options: object = {}): Promise<string> {
  const room = await client.createRoom({ invite: [bot.account.userId], ...options });
  await client.waitForMember(room, bot.account.userId);
  return room;
}

/** A room of the outsider's own says that `replacement` has replaced it; resolves once the bot has looked into it. */
async function pretendUpgrade(replacement: string): Promise<void> {
  const refusals = countRefusals();
  const own = await openRoom(outsider);
  await outsider.call('PUT', `${pathOf(own)}/state/m.room.tombstone/`, {
    body: 'Ce salon a été remplacé',
    replacement_room: replacement,
  });
  for (let wait = 0; countRefusals() === refusals; wait += 1) {
    if (wait === 300) throw new Error(`the bot has not looked:\n${bot.output().slice(-2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // One task after another: once it has come here, what it had to do about the tombstone is done.
  await openRoom(outsider);
}

function countRefusals(): number {
  return bot.output().split('ne reconnaît pas l’ancien').length - 1;
}

/** What became of the bot's membership, oldest first. */
async function readMemberships(client: MatrixClient, room: string): Promise<unknown[]> {
  return (await client.readTimeline(room))
    .filter((event) => event.type === 'm.room.member' && event['state_key'] === bot.account.userId)
    .map((event) => event.content['membership']);
}

describe('a tombstone written by somebody from outside', () => {
  test('does not make the bot leave the support salon', async () => {
    await pretendUpgrade(salon);
    expect(await readMemberships(alice, salon)).toEqual(['invite', 'join']);
    await alice.send(salon, '!aide');
    await alice.waitFor(salon, (event) => event.sender === bot.account.userId);
  });

  test('does not make the bot leave the direct message of another person', async () => {
    const room = await marie.createDirectRoom(bot.account.userId);
    await marie.waitForMember(room, bot.account.userId);
    await pretendUpgrade(room);
    expect(await readMemberships(marie, room)).toEqual(['invite', 'join']);
    const question = await marie.send(room, 'mon vpn marche pas sur mon noemi');
    await marie.waitFor(
      room,
      (event) =>
        event.sender === bot.account.userId &&
        JSON.stringify(event.content['m.relates_to'] ?? '').includes(question),
    );
  });

  test('does not make the bot enter a room that it may look into from outside', async () => {
    const room = await marie.createRoom({
      preset: 'public_chat',
      initial_state: [
        {
          type: 'm.room.history_visibility',
          state_key: '',
          content: { history_visibility: 'world_readable' },
        },
      ],
    });
    await pretendUpgrade(room);
    expect(await readMemberships(marie, room)).toEqual([]);
  });

  test('does not keep the bot in a room that it had to enter to look', async () => {
    const room = await marie.createRoom({ preset: 'public_chat' });
    await pretendUpgrade(room);
    expect(await readMemberships(marie, room)).toEqual(['join', 'leave']);
  });
});

test('a support salon that is upgraded stays the support salon', async () => {
  const { replacement_room: next } = await alice.call('POST', `${pathOf(salon)}/upgrade`, {
    new_version: '10',
  });
  const room = String(next);
  await alice.call('POST', `${pathOf(room)}/invite`, { user_id: bot.account.userId }).catch(() => undefined);
  await alice.waitForMember(room, bot.account.userId);
  await alice.send(room, '!aide');
  await alice.waitFor(
    room,
    (event) => event.sender === bot.account.userId && event.type === 'm.room.message',
  );
});
