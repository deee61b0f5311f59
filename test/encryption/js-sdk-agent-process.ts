// A client not written here: matrix-js-sdk with its rust crypto, in a process of its own because it needs a global
// IndexedDB (fake-indexeddb) where the bot's crypto needs ours. Driven over IPC by js-sdk-agent.ts.
import 'fake-indexeddb/auto';
import * as sdk from 'matrix-js-sdk';
import {
  AllDevicesIsolationMode,
  OnlySignedDevicesIsolationMode,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import { decodeRecoveryKey } from 'matrix-js-sdk/lib/crypto-api/recovery-key.js';
import { logger } from 'matrix-js-sdk/lib/logger.js';

(logger as unknown as { disableAll?: () => void }).disableAll?.();
for (const level of ['debug', 'info', 'log', 'warn', 'trace'] as const) console[level] = () => {};

let client: sdk.MatrixClient | undefined;
const need = (): sdk.MatrixClient => {
  if (client === undefined) throw new Error('not started');
  return client;
};
const need2 = () => {
  const crypto = need().getCrypto();
  if (crypto === undefined) throw new Error('no crypto');
  return crypto;
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  limit = 30_000,
): Promise<T> {
  const end = Date.now() + limit;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    await pause(50);
  }
  throw new Error(`no ${what} after ${limit} ms`);
}

/** Every encrypted event ever seen here, by id: whether it could be read in the end. */
const census = new Map<string, { sender: string; readable: boolean; reason: string | null }>();
function count(event: sdk.MatrixEvent): void {
  const id = event.getId();
  if (id === undefined || !event.isEncrypted() || event.isBeingDecrypted() || id.startsWith('~')) return;
  const readable = event.getType() !== 'm.room.encrypted' && !event.isDecryptionFailure();
  census.set(id, { sender: event.getSender() ?? '', readable, reason: event.decryptionFailureReason });
}

let recoveryKey: string | undefined;
let emoji: unknown = null;
let confirmSas: (() => Promise<void>) | null = null;

const commands = {
  async start(given: {
    url: string;
    userId: string;
    accessToken: string;
    deviceId: string;
    password: string;
    sign: boolean;
    isolation: 'all' | 'signed';
  }) {
    client = sdk.createClient({
      baseUrl: given.url,
      userId: given.userId,
      accessToken: given.accessToken,
      deviceId: given.deviceId,
      verificationMethods: ['m.sas.v1'],
      cryptoCallbacks: {
        getSecretStorageKey: async ({ keys }) => {
          const id = Object.keys(keys)[0] ?? '';
          return recoveryKey === undefined
            ? null
            : [id, decodeRecoveryKey(recoveryKey) as Uint8Array<ArrayBuffer>];
        },
      },
    });
    await client.initRustCrypto({ cryptoDatabasePrefix: `agent-${given.deviceId}` });
    need2().setDeviceIsolationMode(
      given.isolation === 'signed'
        ? new OnlySignedDevicesIsolationMode()
        : new AllDevicesIsolationMode(false),
    );
    client.on(sdk.MatrixEventEvent.Decrypted, (event) => count(event));
    client.on(sdk.RoomEvent.Timeline, (event) => count(event));
    await client.startClient({ initialSyncLimit: 50 });
    await until('first sync', () => (client?.isInitialSyncComplete() ? true : undefined));
    if (given.sign) {
      await need2().bootstrapCrossSigning({
        authUploadDeviceSigningKeys: async (request) => {
          await request({
            type: 'm.login.password',
            identifier: { type: 'm.id.user', user: given.userId },
            password: given.password,
          } as never);
        },
      });
    }
    return true;
  },
  /** Secret storage and backup, as Element sets them up; gives the recovery key. */
  async setUpRecovery() {
    const made = await need2().createRecoveryKeyFromPassphrase();
    recoveryKey = made.encodedPrivateKey;
    await need2().bootstrapSecretStorage({
      createSecretStorageKey: async () => made,
      setupNewSecretStorage: true,
      setupNewKeyBackup: true,
    });
    return recoveryKey;
  },
  async call({ method, path, body }: { method: string; path: string; body?: object }) {
    return need().http.authedRequest(method as never, path, undefined, body as never);
  },
  async createRoom(options: { invite?: string[] }) {
    const { room_id: room } = await need().createRoom(options as never);
    // Synapse shows a room before its invitations: a message sent then would be encrypted for nobody.
    for (const user of options.invite ?? []) {
      await until(`${user} in the room`, () => need().getRoom(room)?.getMember(user) ?? undefined);
    }
    return room;
  },
  async waitForMember({ room, userId, membership }: { room: string; userId: string; membership: string }) {
    return until(
      `${userId} ${membership}`,
      () => need().getRoom(room)?.getMember(userId)?.membership === membership || undefined,
    );
  },
  async join({ room }: { room: string }) {
    await need().joinRoom(room);
    return true;
  },
  /** Every member's device list fetched first, as a client does when its composer is opened. */
  async send({ room, content, type = 'm.room.message' }: { room: string; content: object; type?: string }) {
    await until('room', () => need().getRoom(room) ?? undefined);
    await until('encryption state', async () =>
      (await need2().isEncryptionEnabledInRoom(room)) ? true : undefined,
    );
    return (await need().sendEvent(room, type as never, content as never)).event_id;
  },
  async redact({ room, event }: { room: string; event: string }) {
    return (await need().redactEvent(room, event)).event_id;
  },
  async waitForBody({ room, body, limit }: { room: string; body: string; limit?: number }) {
    return until(
      `message « ${body} »`,
      () => {
        const event = need()
          .getRoom(room)
          ?.getLiveTimeline()
          .getEvents()
          .find((candidate) => candidate.getContent()['body'] === body && !candidate.isDecryptionFailure());
        return event && describe(event);
      },
      limit,
    );
  },
  async readEvent({ room, event }: { room: string; event: string }) {
    return until(`event ${event}`, () => {
      const found = need().getRoom(room)?.findEventById(event);
      return found && !found.isBeingDecrypted() && !(found.getType() === 'm.room.encrypted')
        ? describe(found)
        : undefined;
    });
  },
  async timeline({ room }: { room: string }) {
    const events = need().getRoom(room)?.getLiveTimeline().getEvents() ?? [];
    return Promise.all(events.map(describe));
  },
  async deviceSigned({ userId, deviceId }: { userId: string; deviceId: string }) {
    await need2().getUserDeviceInfo([userId], true);
    return (await need2().getDeviceVerificationStatus(userId, deviceId))?.signedByOwner ?? false;
  },
  async userTrust({ userId }: { userId: string }) {
    await need2().getUserDeviceInfo([userId], true);
    const status = await need2().getUserVerificationStatus(userId);
    return { verified: status.isVerified(), needsApproval: status.needsUserApproval, known: status.known };
  },
  async setRecoveryKey({ key }: { key: string }) {
    recoveryKey = key;
    return true;
  },
  /** As Element's « verify with the recovery key » on a new login. */
  async recoverWithKey() {
    await need2().bootstrapCrossSigning({});
    await need2().loadSessionBackupPrivateKeyFromSecretStorage();
    const restored = await need2().restoreKeyBackup();
    return { imported: restored.imported, total: restored.total };
  },
  /** Element's « reset my identity »: a new one in place of the account's, without vault or backup. */
  async resetIdentity({ userId, password }: { userId: string; password: string }) {
    await need2().resetEncryption(async (request) => {
      await request({
        type: 'm.login.password',
        identifier: { type: 'm.id.user', user: userId },
        password,
      } as never);
    });
    return true;
  },
  async startVerification({ userId, room }: { userId: string; room?: string }) {
    const request =
      room === undefined
        ? await need2().requestDeviceVerification(userId, String(await firstDevice(userId)))
        : await need2().requestVerificationDM(userId, room);
    await until('ready', () => (request.phase >= 3 ? true : undefined));
    const verifier = await request.startVerification('m.sas.v1');
    verifier.on(VerifierEvent.ShowSas, (sas) => {
      emoji = sas.sas.emoji;
      confirmSas = sas.confirm;
    });
    void verifier.verify().catch(() => {});
    return until('emoji', () => emoji ?? undefined);
  },
  async confirmVerification({ userId }: { userId: string }) {
    await confirmSas?.();
    return until('verified user', async () =>
      (await need2().getUserVerificationStatus(userId)).isVerified() ? true : undefined,
    );
  },
  /** The encrypted events of one sender: how many are read, and why the others are not. */
  async census({ sender }: { sender: string }) {
    const theirs = [...census.values()].filter((event) => event.sender === sender);
    return {
      readable: theirs.filter((event) => event.readable).length,
      reasons: theirs.filter((event) => !event.readable).map((event) => event.reason),
    };
  },
  async forgetKeys({ room }: { room: string }) {
    await need2().forceDiscardSession(room);
    return true;
  },
  async stop() {
    need().stopClient();
    setTimeout(() => process.exit(0), 50);
    return true;
  },
};

async function firstDevice(userId: string): Promise<string | undefined> {
  const devices = (await need2().getUserDeviceInfo([userId], true)).get(userId);
  return devices === undefined ? undefined : [...devices.keys()][0];
}

async function describe(event: sdk.MatrixEvent) {
  const info = event.isEncrypted() ? await need2().getEncryptionInfoForEvent(event) : null;
  return {
    id: event.getId(),
    type: event.getType(),
    sender: event.getSender(),
    content: event.getContent(),
    encrypted: event.isEncrypted(),
    failed: event.isDecryptionFailure(),
    failure: event.decryptionFailureReason,
    shield: info?.shieldColour ?? null,
  };
}

process.on('message', async (message: { id: number; command: keyof typeof commands; given: never }) => {
  try {
    const result = await commands[message.command](message.given);
    process.send?.({ id: message.id, result });
  } catch (error) {
    process.send?.({
      id: message.id,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ id: 0, result: 'up' });
