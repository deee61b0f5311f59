import { DeviceId, initAsync, OlmMachine, RequestType, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Peers, startPeers } from '../../bench/encryption-peers.ts';
import type { RoomFacts } from '../../src/encryption/encryption.ts';
import { createGuard } from '../../src/encryption/guard.ts';
import { createLock } from '../../src/encryption/lock.ts';
import { createRequestSender } from '../../src/encryption/request-sender.ts';
import { createRoomEncryptor } from '../../src/encryption/share-room-key.ts';

// Rooms of more members than get a key at once (100): 230 people with five devices each, real keys, a homeserver that
// answers at once.
const deviceCount = 1_150;
const userId = '@assistant:bench';
let peers: Peers;

beforeAll(async () => {
  await initAsync();
  peers = await startPeers(deviceCount);
});
afterAll(() => peers.stop());

async function startEncryptor(machine: OlmMachine, rooms: { facts: RoomFacts }) {
  /** How many key messages each device was sent, since the last look. */
  const sent = new Map<string, number>();
  let readings = 0;
  const guard = createGuard({
    limit: 60_000,
    settle: async () => undefined,
    onFatal: (error) => {
      throw error;
    },
  });
  const send = createRequestSender({
    machine,
    guard,
    call: async (method, path, query, body) => {
      if (path.includes('/sendToDevice/')) {
        const { messages } = body as { messages: Record<string, Record<string, object>> };
        for (const [user, devices] of Object.entries(messages)) {
          for (const device of Object.keys(devices))
            sent.set(`${user} ${device}`, (sent.get(`${user} ${device}`) ?? 0) + 1);
        }
      }
      return peers.call(method, path, query, body);
    },
    deviceId: 'BENCH',
    onUploaded: () => {},
    onDevicesRead: () => {
      readings += 1;
    },
    encrypt: () => Promise.reject(new Error('not here')),
  });
  const flushQueries = async (): Promise<void> => {
    for (const request of await machine.outgoingRequests())
      if (request.type !== RequestType.RoomMessage) await send(request);
  };
  const { encrypt, rotate } = createRoomEncryptor({
    machine,
    guard,
    rooms: { readRoom: async () => rooms.facts },
    policy: 'all',
    send,
    flushQueries,
    countDeviceReadings: () => readings,
    clock: Date.now,
    claimLock: createLock(),
  });
  return {
    rotate,
    async say(): Promise<{ session: unknown; sent: Map<string, number> }> {
      const { content } = await encrypt('!salon:bench', 'm.room.message', {
        msgtype: 'm.text',
        body: 'Bonjour',
      });
      const seen = new Map(sent);
      sent.clear();
      return { session: (content as Record<string, unknown>)['session_id'], sent: seen };
    },
  };
}

const facts = (joined: readonly string[]): RoomFacts => ({
  encryption: { algorithm: 'm.megolm.v1.aes-sha2' },
  joined: [userId, ...joined],
  invited: [],
  historyVisibility: 'invited',
});

test('a big salon: every device gets one key, the same for all, and a new one only when somebody leaves', async () => {
  const machine = await OlmMachine.initialize(new UserId(userId), new DeviceId('BENCH'));
  const rooms = { facts: facts(peers.users) };
  const encryptor = await startEncryptor(machine, rooms);

  const first = await encryptor.say();
  expect(first.sent.size).toBe(deviceCount);
  expect(new Set(first.sent.values())).toEqual(new Set([1]));
  const second = await encryptor.say();
  expect(second).toEqual({ session: first.session, sent: new Map() });

  const [leaver = '', ...others] = peers.users;
  rooms.facts = facts(others);
  const third = await encryptor.say();
  expect(third.session).not.toBe(first.session);
  expect(third.sent.size).toBe(deviceCount - 5);
  expect([...third.sent.keys()].filter((device) => device.startsWith(`${leaver} `))).toEqual([]);

  // Started again, it does not know what the key was shared with: the library does, and goes on.
  const restarted = await startEncryptor(machine, rooms);
  expect(await restarted.say()).toEqual({ session: third.session, sent: new Map() });

  rooms.facts = facts(peers.users);
  const back = await restarted.say();
  expect(back.session).toBe(third.session);
  expect([...back.sent.keys()].every((device) => device.startsWith(`${leaver} `))).toBe(true);
  expect(back.sent.size).toBe(5);

  await restarted.rotate('!salon:bench');
  const rotated = await restarted.say();
  expect(rotated.session).not.toBe(third.session);
  expect(rotated.sent.size).toBe(deviceCount);
});
