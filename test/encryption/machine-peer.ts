import {
  DecryptionSettings,
  DeviceId,
  DeviceLists,
  OlmMachine,
  RequestType,
  TrustRequirement,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { createDecryptor } from '../../src/encryption/decrypt-event.ts';
import type { Decryption, RawEvent } from '../../src/encryption/encryption.ts';
import { type IdentityTools, publishFirstIdentity } from '../../src/encryption/establish-identity.ts';
import { createGuard } from '../../src/encryption/guard.ts';
import { createLock } from '../../src/encryption/lock.ts';
import { createRequestSender } from '../../src/encryption/request-sender.ts';
import { createRoomEncryptor } from '../../src/encryption/share-room-key.ts';
import type { KeyDirectory } from './key-directory.ts';
import { quiet } from './small-bot.ts';

/** One device on the real crypto library, its store in memory, against a {@link KeyDirectory}. */
export interface MachinePeer {
  readonly machine: OlmMachine;
  readonly tools: IdentityTools;
  /** Sends what the machine has to send, then takes what waits for this device; gives the to-device events in clear. */
  pump(): Promise<object[]>;
  /** Makes the account's identity, which signs this device. */
  publishIdentity(): Promise<void>;
  /** One encrypted message, a text or a whole content, as /sync would give it; the key is in the inboxes of the members. */
  say(roomId: string, said: string | object, members: readonly string[]): Promise<RawEvent>;
  decrypt(roomId: string, event: RawEvent): Promise<Decryption>;
}

let events = 0;

export async function startMachinePeer(
  directory: KeyDirectory,
  userId: string,
  deviceId: string,
): Promise<MachinePeer> {
  const machine = await OlmMachine.initialize(new UserId(userId), new DeviceId(deviceId));
  const guard = createGuard({
    limit: 60_000,
    settle: async () => undefined,
    onFatal: (error) => {
      throw error;
    },
  });
  const call = directory.callAs(userId, deviceId);
  let readings = 0;
  const send = createRequestSender({
    machine,
    guard,
    call,
    deviceId,
    onUploaded: () => {},
    onDevicesRead: () => {
      readings += 1;
    },
    encrypt: () => Promise.reject(new Error('nothing is verified in a room here')),
  });
  const flushQueries = async (): Promise<void> => {
    for (let requests = await machine.outgoingRequests(); requests.length > 0; ) {
      for (const request of requests) await send(request);
      requests = (await machine.outgoingRequests()).filter(({ type }) => type !== RequestType.RoomMessage);
    }
  };
  let members: readonly string[] = [];
  const { encrypt } = createRoomEncryptor({
    machine,
    guard,
    rooms: {
      readRoom: async () => ({
        encryption: { algorithm: 'm.megolm.v1.aes-sha2' },
        joined: members,
        invited: [],
        historyVisibility: 'invited',
      }),
    },
    policy: 'all',
    send,
    flushQueries,
    countDeviceReadings: () => readings,
    clock: Date.now,
    claimLock: createLock(),
  });
  const tools: IdentityTools = { machine, guard, call, send, log: quiet, userId, deviceId };
  await flushQueries();

  return {
    machine,
    tools,
    async pump() {
      await flushQueries();
      const inbox = directory.takeInbox(userId, deviceId);
      // One by one: of two keys of one session given together, the library keeps the last (separate-senders.ts).
      for (const events of [[], ...inbox.map((event) => [event])])
        await machine.receiveSyncChanges(
          JSON.stringify(events),
          // Everybody's devices are read anew each time.
          new DeviceLists([...directory.devices.keys()].map((user) => new UserId(user))),
          new Map([['signed_curve25519', 50]]),
          undefined,
          new DecryptionSettings(TrustRequirement.Untrusted),
        );
      await flushQueries();
      return inbox;
    },
    publishIdentity: () => publishFirstIdentity(tools),
    async say(roomId, said, among) {
      members = among;
      const content = typeof said === 'string' ? { msgtype: 'm.text', body: said } : said;
      const sealed = await encrypt(roomId, 'm.room.message', content);
      events += 1;
      return {
        event_id: `$${events}`,
        room_id: roomId,
        type: sealed.type,
        sender: userId,
        origin_server_ts: Date.now(),
        content: sealed.content as Record<string, unknown>,
      };
    },
    decrypt: createDecryptor({ machine, guard, flushQueries }),
  };
}
