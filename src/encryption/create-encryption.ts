import {
  DecryptionSettings,
  DeviceLists,
  RequestType,
  TrustRequirement,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { createDecryptor } from './decrypt-event.ts';
import { createContinuity } from './device-continuity.ts';
import type { Encryption, HomeserverCall, RoomDirectory } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import type { EncryptionLog } from './encryption-log.ts';
import { type IdentityTools, isDeviceSigned, readOwnIdentity } from './establish-identity.ts';
import { createGuard, isPanic } from './guard.ts';
import { createKeyBackup } from './key-backup.ts';
import { createLock } from './lock.ts';
import { openMachine } from './open-machine.ts';
import { prepareAccount } from './prepare-account.ts';
import { isPassing, readRefusal } from './refusal.ts';
import { createSecretStorage } from './secret-storage.ts';
import { createRequestSender, type MachineRequest } from './send-requests.ts';
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
  /**
   * Something after which nothing can be relied on (panic, full disk, refused token…). Log `error.message`, stop taking
   * events and exit with `error.exitCode`: the supervisor starts the bot again. Called once.
   */
  readonly onFatal: (error: EncryptionError) => void;
  readonly clock?: (() => number) | undefined;
  /** Milliseconds after which one call into the crypto library is taken for stuck; 120,000. */
  readonly callLimit?: number | undefined;
}

/** The contract, with what setup, administrators and tests need besides. */
export interface FullEncryption extends Encryption {
  readonly verifications: Verifications;
  /** Sends the next message of this room under a new key. */
  rotate(roomId: string): Promise<void>;
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
  });
  // Monitor, not handler: the process still ends if nobody else takes the exception.
  const watchPanics = (error: Error): void => {
    if (isPanic(error)) guard.fail(new EncryptionError('panic', { cause: error }));
  };
  process.on('uncaughtExceptionMonitor', watchPanics);

  const queueLock = createLock();
  const claimLock = createLock();
  const flushLock = createLock();
  const accountData = createSecretStorage({ call, userId });
  const continuity = createContinuity({ machine, store, call, accountData, userId, deviceId, clock });
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
  const saying = new Set<string>();
  let deviceReadings = 0;
  let checkedReadings = 0;
  // After the start below it is.
  let wasSigned = true;
  let oneTimeKeys: number | null = null;
  let retry: NodeJS.Timeout | undefined;
  let failures = 0;
  let closed = false;
  let nextFlush: Promise<void> | null = null;

  /** Sends what waits in the machine, or only its device queries; rejects on the first failure. */
  async function sendQueue(wanted: (request: MachineRequest) => boolean): Promise<void> {
    const said: MachineRequest[] = [];
    await queueLock(async () => {
      // Answers make new requests (signatures, repaired sessions): a few rounds, then the next flush.
      for (let round = 0; round < 5; round += 1) {
        const waiting = (await guard.run(() => machine.outgoingRequests())).filter(wanted);
        const requests = waiting.filter((request) => request.type !== RequestType.RoomMessage);
        if (round === 0) said.push(...waiting.filter((request) => request.type === RequestType.RoomMessage));
        if (requests.length === 0) break;
        for (const request of requests) await send(request);
      }
    });
    // Outside the lock: to be encrypted, they need this very queue.
    for (const request of said) {
      const { id } = request;
      if (id === undefined || saying.has(id)) continue;
      saying.add(id);
      await send(request).finally(() => saying.delete(id));
    }
  }

  const flushQueries = (): Promise<void> => sendQueue((request) => request.type === RequestType.KeysQuery);
  const decryptEvent = createDecryptor({ machine, guard, flushQueries });
  const roomEncryptor = createRoomEncryptor({
    machine,
    guard,
    rooms: options.rooms,
    policy: options.policy,
    send,
    flushQueries,
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
  try {
    await continuity.check();
    await sendQueue(() => true);
    await prepareAccount({
      ...tools,
      accountData,
      backup,
      storePath: options.storePath,
      recoveryKey: options.recoveryKey ?? null,
    });
    await sendQueue(() => true);
  } catch (error) {
    process.off('uncaughtExceptionMonitor', watchPanics);
    machine.close();
    await store.close();
    throw error;
  }

  /** One at a time; calls that come while one waits for its turn share it. */
  function flush(): Promise<void> {
    nextFlush ??= flushLock(() => {
      nextFlush = null;
      return flushOnce();
    });
    return nextFlush;
  }

  async function flushOnce(): Promise<void> {
    clearTimeout(retry);
    if (closed || guard.fatal !== null) return;
    try {
      await sendQueue(() => true);
      await claimLock(async () => {
        // Without users: sessions that have to be made anew because the other side could not read us.
        const claim = await guard.run(() => machine.getMissingSessions([]));
        if (claim) await send(claim);
      });
      await backup.upload();
      await watchIdentity();
      await recipients.look();
      failures = 0;
    } catch (error) {
      if (guard.fatal !== null) return;
      failures += 1;
      const refusal = readRefusal(error);
      const wait = Math.min(2 ** failures * 500, 60_000);
      log.warn('Échange de clés avec le serveur remis à plus tard', {
        code: refusal.errcode,
        statut: refusal.status,
        attente: wait,
      });
      // A refusal that lasts is asked again too, slowly: the other requests of the queue must not starve.
      retry = setTimeout(() => void flush(), isPassing(refusal) ? wait : 60_000);
      retry.unref();
    }
  }

  /** Somebody who resets the account's identity from another client leaves this device unsigned: said once, when seen. */
  async function watchIdentity(): Promise<void> {
    if (checkedReadings === deviceReadings) return;
    checkedReadings = deviceReadings;
    const signed = await isDeviceSigned(tools);
    if (wasSigned && !signed) {
      log.error(
        'L’identité de chiffrement du compte a été remplacée depuis un autre client : l’appareil de l’assistant n’est plus certifié, et Tchap peut masquer ses messages. Mettez la nouvelle clé de récupération dans RECOVERY_KEY, puis relancez l’assistant.',
      );
    }
    wasSigned = signed;
  }

  return {
    userId,
    deviceId,
    verifications,

    async receiveSync(part) {
      const counts = new Map(Object.entries(part.oneTimeKeyCounts));
      oneTimeKeys = counts.get('signed_curve25519') ?? oneTimeKeys;
      const users = (ids: readonly string[]): UserId[] => ids.map((id) => new UserId(id));
      const lists = new DeviceLists(users(part.changed), users(part.left));
      const fallback = part.unusedFallbackKeyTypes && new Set(part.unusedFallbackKeyTypes);
      const events = JSON.stringify(part.toDevice);
      const settings = new DecryptionSettings(TrustRequirement.Untrusted);
      await guard.run(() =>
        // No counts at all is « the server did not say », not « none left ».
        counts.size === 0
          ? machine.receiveSyncChangesMsc4186(events, lists, counts, fallback, settings)
          : machine.receiveSyncChanges(events, lists, counts, fallback, settings),
      );
      await verifications.receiveToDevice(part.toDevice).catch((error: unknown) => {
        if (guard.fatal !== null) throw error;
        log.warn('Échange de vérification interrompu', { code: readRefusal(error).errcode });
      });
      void flush();
    },

    flush,

    async decrypt(roomId, event) {
      const toldBefore = keysTold;
      let decryption = await decryptEvent(roomId, event);
      // The key came while it was being missed: it was told to somebody who did not wait for it yet.
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
      void flush();
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

    async close() {
      if (closed) return;
      closed = true;
      clearTimeout(retry);
      process.off('uncaughtExceptionMonitor', watchPanics);
      // What is being sent ends first: the store must not close under it.
      await flushLock(async () => undefined);
      await queueLock(async () => undefined);
      await claimLock(async () => undefined);
      if (guard.fatal === null) machine.close();
      await store.close();
    },
  };
}
