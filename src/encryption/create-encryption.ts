import {
  DecryptionSettings,
  DeviceLists,
  TrustRequirement,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { createDecryptor } from './decrypt-event.ts';
import { createDeviceContinuity, markAsCopy } from './device-continuity.ts';
import type { Encryption, EncryptionLog, HomeserverCall, RoomDirectory } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import { type IdentityTools, isDeviceSigned, readOwnIdentity } from './establish-identity.ts';
import { createFlushLoop } from './flush-loop.ts';
import { createGuard, isPanic } from './guard.ts';
import { createIdentityWatch } from './identity-watch.ts';
import type { RecordStoreOptions } from './indexeddb/record-store.ts';
import { createKeyBackup } from './key-backup.ts';
import { createLock } from './lock.ts';
import { openMachine } from './open-machine.ts';
import { prepareAccount } from './prepare-account.ts';
import { readRefusal } from './refusal.ts';
import { createRequestQueue } from './request-queue.ts';
import { createRequestSender } from './request-sender.ts';
import { createSecretStorage } from './secret-storage.ts';
import { separateSenders } from './separate-senders.ts';
import { createRoomEncryptor, type SharingPolicy } from './share-room-key.ts';
import { createUnsignedRecipients } from './unsigned-recipients.ts';
import { createVerifications, type VerificationNotice, type Verifications } from './verification.ts';

export interface EncryptionOptions {
  readonly userId: string;
  readonly deviceId: string;
  readonly call: HomeserverCall;
  readonly rooms: RoomDirectory;
  /** The SQLite file of the keys; its folder is made when missing. */
  readonly storePath: string;
  /** Random and long; npm run setup makes one. */
  readonly storeKey: string;
  /** None given: read from, or made and written (0600) to, `cle-de-recuperation` beside the store. */
  readonly recoveryKey?: string | null | undefined;
  readonly policy: SharingPolicy;
  readonly log: EncryptionLog;
  /** Whose verification requests are answered. */
  readonly admins?: readonly string[] | undefined;
  /** Emoji to show to an administrator, who then has `verifications.confirm` called. */
  readonly onEmoji?: ((notice: VerificationNotice) => void) | undefined;
  /** Somebody else has asked for a verification, and was refused. */
  readonly onVerificationDeclined?: ((userId: string) => void) | undefined;
  /**
   * Something after which nothing can be relied on (panic, full disk, refused token…). Log `error.message`, stop taking
   * events and exit with `error.exitCode`: the supervisor starts the bot again. Called once.
   */
  readonly onFatal: (error: EncryptionError) => void;
  /** Called once after each commit of the key store that changed something. Must not throw. */
  readonly onCommit?: (() => void) | undefined;
  /** Records the commits of the key store, as record-store.ts says. */
  readonly record?: RecordStoreOptions['record'];
  /**
   * The store was in use elsewhere a moment ago, by this device, and the account was prepared there: it is looked at again
   * once people have had their answers. Ignored where the device is not signed.
   */
  readonly isContinued?: boolean | undefined;
  readonly clock?: (() => number) | undefined;
  /** Milliseconds after which one call into the crypto library is taken for stuck; 120,000. */
  readonly callLimit?: number | undefined;
}

/** The contract, with what setup, administrators and tests need besides. */
export interface FullEncryption extends Encryption {
  readonly verifications: Verifications;
  /** Sends the next message of this room under a new key. */
  rotate(roomId: string): Promise<void>;
  /** Copies the keys into the empty file `to`. The device of a copy is never used again (device-continuity.ts). */
  backUp(to: string): Promise<void>;
}

/**
 * Opens the keys, checks that they are this device's, signs the device and takes up (or makes) identity, vault and
 * backup. Rejects with an EncryptionError (French, with the remedy), or as `call` does when the homeserver is out of reach.
 */
export async function createEncryption(options: EncryptionOptions): Promise<FullEncryption> {
  const { userId, deviceId, call, log } = options;
  const clock = options.clock ?? Date.now;
  const guard = createGuard({
    limit: options.callLimit ?? 120_000,
    settle: () => store.settle(),
    onFatal: options.onFatal,
  });
  const onStorageError = (error: unknown): void => {
    guard.fail(error instanceof EncryptionError ? error : new EncryptionError('panic', { cause: error }));
  };
  const { machine, store } = await openMachine({
    userId,
    deviceId,
    path: options.storePath,
    storeKey: options.storeKey,
    log,
    onStorageError,
    onCommit: options.onCommit,
    record: options.record,
  });
  // A monitor and not a handler: the process still ends if nobody else takes the exception.
  const watchPanics = (error: Error): void => {
    if (isPanic(error)) guard.fail(new EncryptionError('panic', { cause: error }));
  };
  process.on('uncaughtExceptionMonitor', watchPanics);

  const claimLock = createLock();
  const accountData = createSecretStorage({ call, userId });
  const continuity = createDeviceContinuity({ machine, store, call, accountData, userId, deviceId, clock });
  const send = createRequestSender({
    machine,
    guard,
    call,
    deviceId,
    onUploaded: () => void continuity.mark(),
    onDevicesRead: (users) => {
      deviceReadings += 1;
      recipients.readAnew(users);
    },
    encrypt: (roomId, type, content) => roomEncryptor.encrypt(roomId, type, content),
  });
  const backup = createKeyBackup({ machine, guard, call, send, log, clock });
  const recipients = createUnsignedRecipients({ machine, guard, userId });
  const queue = createRequestQueue({ machine, guard, send });
  let deviceReadings = 0;
  let oneTimeKeys: number | null = null;
  let closed = false;

  const decryptEvent = createDecryptor({ machine, guard, flushQueries: queue.sendQueries });
  const roomEncryptor = createRoomEncryptor({
    machine,
    guard,
    rooms: options.rooms,
    policy: options.policy,
    send,
    flushQueries: queue.sendQueries,
    countDeviceReadings: () => deviceReadings,
    onRecipients: recipients.note,
    claimLock,
    clock,
  });

  const verifications = createVerifications({
    machine,
    guard,
    send,
    userId,
    isAdmin: (user) => options.admins?.includes(user) ?? false,
    onEmoji: (notice) => options.onEmoji?.(notice),
    onDeclined: options.onVerificationDeclined,
    log,
    clock,
  });

  const listeners: Parameters<Encryption['onRoomKeys']>[0][] = [];
  let keysTold = 0;
  const tellRoomKeys = (sessions: readonly { roomId: string; sessionId: string }[]): void => {
    keysTold += sessions.length;
    if (sessions.length > 0) for (const listener of listeners) listener(sessions);
  };
  await guard.run(() =>
    machine.registerRoomKeyUpdatedCallback(async (keys) =>
      tellRoomKeys(keys.map((key) => ({ roomId: key.roomId.toString(), sessionId: key.sessionId }))),
    ),
  );

  const tools: IdentityTools = { machine, guard, call, send, log, userId, deviceId };
  let isPrepared = false;
  const prepare = async (): Promise<void> => {
    const recoveryKey = options.recoveryKey ?? null;
    await prepareAccount({ ...tools, accountData, backup, storePath: options.storePath, recoveryKey });
    await queue.sendAll();
    isPrepared = true;
  };
  try {
    await continuity.check();
    await queue.sendAll();
    if (options.isContinued !== true || !(await isDeviceSigned(tools))) await prepare();
  } catch (error) {
    process.off('uncaughtExceptionMonitor', watchPanics);
    machine.close();
    await store.close();
    throw error;
  }

  const watchIdentity = createIdentityWatch(tools, () => deviceReadings);
  const flushLoop = createFlushLoop({
    guard,
    log,
    async send() {
      await queue.sendAll();
      await claimLock(async () => {
        // No users given: only sessions that have to be made anew because the other side could not read us.
        const claim = await guard.run(() => machine.getMissingSessions([]));
        if (claim) await send(claim);
      });
      if (!isPrepared) await prepare();
      await backup.upload();
      await watchIdentity();
      await recipients.look();
    },
  });

  return {
    userId,
    deviceId,
    verifications,

    async receiveSync(part) {
      const counts = new Map(Object.entries(part.oneTimeKeyCounts));
      oneTimeKeys = counts.get('signed_curve25519') ?? oneTimeKeys;
      const users = (ids: readonly string[]): UserId[] => ids.map((id) => new UserId(id));
      const lists = new DeviceLists(users(part.changed), users(part.left));
      const trustAny = () => new DecryptionSettings(TrustRequirement.Untrusted);
      const fallback = part.unusedFallbackKeyTypes && new Set(part.unusedFallbackKeyTypes);
      const [first = [], ...later] = separateSenders(part.toDevice);
      const receive = async (): Promise<void> => {
        const events = JSON.stringify(first);
        // An empty count means that the server did not say, and not that no key is left.
        if (counts.size === 0)
          await machine.receiveSyncChangesMsc4186(events, lists, counts, fallback, trustAny());
        else await machine.receiveSyncChanges(events, lists, counts, fallback, trustAny());
        for (const events of later) {
          const nothing = new DeviceLists([], []);
          await machine.receiveSyncChangesMsc4186(
            JSON.stringify(events),
            nothing,
            new Map(),
            undefined,
            trustAny(),
          );
        }
      };
      // The library commits a new Olm session before the room keys that came by it. Between the two, a kill would lose the
      // keys: given again, they cannot be decrypted a second time.
      await guard.run(() => store.together(receive));
      await verifications.receiveToDevice(part.toDevice).catch((error: unknown) => {
        if (guard.fatal !== null) throw error;
        log.warn('Échange de vérification interrompu', { code: readRefusal(error).errcode });
      });
      void flushLoop.flush();
    },

    flush: flushLoop.flush,

    async decrypt(roomId, event) {
      const toldBefore = keysTold;
      let decryption = await decryptEvent(roomId, event);
      // If the key came during the decryption, it was announced before this message was known to wait for it.
      if (!decryption.ok && decryption.waits && keysTold !== toldBefore) {
        decryption = await decryptEvent(roomId, event);
      }
      if (!decryption.ok && decryption.waits && decryption.sessionId !== null) {
        const { sessionId } = decryption;
        void backup.restore(roomId, sessionId).then(
          (found) => found && tellRoomKeys([{ roomId, sessionId }]),
          () => undefined,
        );
      }
      return decryption;
    },

    encrypt: roomEncryptor.encrypt,

    onRoomKeys(listener) {
      listeners.push(listener);
    },

    async receiveVerificationEvent(roomId, event) {
      await verifications.receiveInRoom(roomId, event);
      // The machine's own replies wait in its queue, and the next sync may be half a minute away.
      void flushLoop.flush();
    },

    async readStatus() {
      if (guard.fatal !== null) {
        return {
          deviceSigned: false,
          identity: 'missing',
          backup: backup.state,
          oneTimeKeys,
          healthy: false,
        };
      }
      const identity = await readOwnIdentity(tools);
      const deviceSigned = await isDeviceSigned(tools);
      return {
        deviceSigned,
        identity: identity === null ? 'missing' : deviceSigned ? 'own' : 'other',
        backup: backup.state,
        oneTimeKeys,
        healthy: deviceSigned,
      };
    },

    countUnsignedRecipients: () => recipients.count,

    rotate: roomEncryptor.rotate,

    async backUp(to) {
      await store.copy(to);
      markAsCopy(to);
    },

    async close() {
      if (closed) return;
      closed = true;
      process.off('uncaughtExceptionMonitor', watchPanics);
      // What is being sent ends first: the store must not close under it.
      await flushLoop.close();
      await queue.settled();
      await claimLock(async () => undefined);
      if (guard.fatal === null) machine.close();
      await store.close();
    },
  };
}
