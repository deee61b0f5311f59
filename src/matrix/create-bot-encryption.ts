import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceVerification } from '../chat-commands/capabilities.ts';
import { confirmDevice } from '../chat-commands/confirm-device.ts';
import { refuseDevice } from '../chat-commands/refuse-device.ts';
import type { MatrixConfig } from '../config.ts';
import { say } from '../conversation/rendering/say.ts';
import { createAdminVerification } from '../encryption/admin-verification.ts';
import {
  createEncryption,
  type EncryptionOptions,
  type FullEncryption,
} from '../encryption/create-encryption.ts';
import type { HomeserverCall, RoomDirectory } from '../encryption/encryption.ts';
import { EncryptionError, type EncryptionErrorCode } from '../encryption/encryption-error.ts';
import { recoveryKeyPath } from '../encryption/prepare-account.ts';
import type { Content } from '../knowledge/content.ts';
import { composeForRoom } from '../messages/compose.ts';
import { isUserId, type UserId } from '../messages/ids.ts';
import { describeError, type Log } from '../operations/log.ts';
import type { Store } from '../store/open-store.ts';
import { backOff, pause } from './homeserver/back-off.ts';
import { SessionError } from './homeserver/failure.ts';
import type { Session } from './homeserver/log-in.ts';
import { createAccess, type DecideAccess } from './rooms/access.ts';

const day = 86_400_000;

/** Failures of the opening that a new device mends, and nothing else does. */
const renewable: ReadonlySet<EncryptionErrorCode> = new Set([
  'store-lost',
  'store-restored',
  'device-removed',
]);

/** Path of the key store in the data folder. */
export const keyStorePath = (dataDir: string): string => join(dataDir, 'chiffrement', 'cles.sqlite');

/** Encryption as the bot uses it: opened with the settings, its troubles told, administrators answered. */
export interface BotEncryption {
  openEncryption(
    session: Session,
    call: HomeserverCall,
    directory: RoomDirectory,
    signal: AbortSignal,
  ): Promise<FullEncryption>;
  /** After a failed opening: true when the next login, as a new device signed with the recovery key, may succeed. */
  renewDevice(error: unknown, session: Session): Promise<boolean>;
  /** What the commands for the verification of devices use; undefined until the encryption is open. */
  verification(): DeviceVerification | undefined;
  /** Copies the keys into the empty file `to`. Call it once the encryption is open. */
  backUpKeys(to: string): Promise<void>;
}

export function createBotEncryption(options: {
  readonly config: MatrixConfig;
  readonly dataDir: string;
  readonly store: Store;
  readonly log: Log;
  readonly content: () => Content;
  /** Ends the bot; the error's `exitCode` is the process's. */
  readonly onFatal: (error: EncryptionError) => void;
  readonly onOutgoing: () => void;
  /** After each commit of the key store that changed something. Must not throw. */
  readonly onCommit?: (() => void) | undefined;
  /** Records the commits of the key store (standby/). */
  readonly record?: EncryptionOptions['record'];
  /** Another machine has just used these keys. */
  readonly isContinued?: boolean | undefined;
}): BotEncryption {
  const { config, store, log } = options;
  const storePath = keyStorePath(options.dataDir);
  let current: FullEncryption | null = null;

  /** Tells the administrators: in the log, and in their room where there is one. */
  function tellAdmins(text: string, about: UserId | '', logLine = text): void {
    log.warn(logLine);
    if (config.adminRoom === null) return;
    const now = Date.now();
    try {
      store.outgoing.add(composeForRoom(config.adminRoom, text, { now, agent: about }), now);
      options.onOutgoing();
    } catch (error) {
      // In a callback of the crypto library, an exception would end the process; the log has the line.
      log.warn('Administrateurs non prévenus', { cause: describeError(error) });
    }
  }

  /**
   * Says in their direct message why they were refused, once a day. Anybody may ask anybody's device: people without a
   * direct message, or whom the bot does not answer, are told nothing.
   */
  function tellDeclined(userId: UserId, decideAccess: DecideAccess): void {
    const room = store.rooms.findDirect(userId);
    if (room === null || !decideAccess(userId, room).allowed) return;
    const now = Date.now();
    store.transaction(() => {
      if (!store.notices.claim(userId, 'verification', now, now - day)) return;
      const text = say(options.content(), 'verification-refusee');
      store.outgoing.add(composeForRoom(room, text, { now, agent: userId }), now);
    });
    options.onOutgoing();
  }

  const tell = (line: string): void => tellAdmins(line, '');
  const admins = createAdminVerification({
    words: { confirm: `!${confirmDevice.name}`, refuse: `!${refuseDevice.name}` },
    onOutcome: tell,
  });

  return {
    async openEncryption(session, call, directory, signal) {
      if (config.storeKey === null) throw new EncryptionError('store-key-missing');
      const decideAccess = createAccess({ ...config, botUserId: session.userId });
      for (let attempt = 1; ; attempt += 1) {
        try {
          current = await createEncryption({
            userId: session.userId,
            deviceId: session.deviceId,
            call,
            rooms: directory,
            storePath,
            storeKey: config.storeKey,
            recoveryKey: config.recoveryKey,
            policy: config.keySharing,
            log,
            admins: config.adminUsers,
            onEmoji: (notice) => {
              const { text, logLine } = admins.describe(notice);
              tellAdmins(text, isUserId(notice.userId) ? notice.userId : '', logLine);
            },
            onCommit: options.onCommit,
            record: options.record,
            isContinued: options.isContinued,
            onVerificationDeclined(userId) {
              if (isUserId(userId)) tellDeclined(userId, decideAccess);
            },
            onFatal: (error) => {
              log.error(error.message, { code: error.code });
              options.onFatal(error);
            },
          });
          return current;
        } catch (error) {
          if (error instanceof EncryptionError || error instanceof SessionError || signal.aborted)
            throw error;
          log.warn('Clés de chiffrement : le serveur ne répond pas comme il faut, nouvel essai', {
            essai: attempt,
            cause: describeError(error),
          });
          await pause(backOff(attempt), signal);
        }
      }
    },

    async renewDevice(error, session) {
      const lost = error instanceof EncryptionError && renewable.has(error.code);
      const recoverable = config.recoveryKey !== null || existsSync(recoveryKeyPath(storePath));
      if (!lost || config.credentials.type !== 'password' || !recoverable) return false;
      log.warn(error.message);
      // The session is forgotten first: after a kill further on, the bot must not log in again under the old device's id.
      store.transaction(() => {
        store.settings.erase('access-token');
        store.settings.erase('refresh-token');
        store.settings.erase('device-id');
      });
      const aside = `${storePath}.ancien-${Date.now()}`;
      for (const suffix of ['-wal', '']) {
        if (existsSync(storePath + suffix)) renameSync(storePath + suffix, aside + suffix);
      }
      // The old device can never be used again; if it were not logged out, people would see it as one of the bot's.
      await session.homeserver.call('POST', '/_matrix/client/v3/logout').catch(() => undefined);
      log.warn('Un nouvel appareil est créé et sera signé avec la clé de récupération');
      return true;
    },

    async backUpKeys(to) {
      if (current === null) throw new Error('the encryption is not open');
      await current.backUp(to);
    },

    verification() {
      if (current === null) return undefined;
      const { verifications } = current;
      return {
        confirm: (code) => void admins.confirm(code, verifications),
        refuse: (code) => void admins.refuse(code, verifications),
        tell,
      };
    },
  };
}
