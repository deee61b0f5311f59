import { BackupDecryptionKey, type OlmMachine, RoomId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { EncryptionLog, HomeserverCall } from './encryption.ts';
import type { Guard } from './guard.ts';
import { isPassing, isRecord, readRefusal } from './refusal.ts';
import type { SendRequest } from './request-sender.ts';
import type { SecretStorage } from './secret-storage.ts';

const algorithm = 'm.megolm_backup.v1.curve25519-aes-sha2';
const roomKeys = '/_matrix/client/v3/room_keys';
/** Milliseconds after which a session that the backup did not have is asked for again: its owner may have uploaded it. */
const askAgainAfter = 5 * 60_000;
const mostSessionsRemembered = 5_000;

export type BackupState = 'on' | 'off' | 'untrusted';

/** https://spec.matrix.org/v1.16/client-server-api/#server-side-key-backups */
export function createKeyBackup(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly call: HomeserverCall;
  readonly send: SendRequest;
  readonly log: EncryptionLog;
  readonly clock: () => number;
}) {
  const { machine, guard, call, send, log, clock } = options;
  let state: BackupState = 'off';
  let current: { readonly key: string; readonly version: string } | null = null;
  const asked = new Map<string, number>();

  async function readVersion(): Promise<{ version: string; algorithm: string; auth_data: object } | null> {
    try {
      const info = await call('GET', `${roomKeys}/version`);
      if (!isRecord(info) || typeof info['version'] !== 'string' || !isRecord(info['auth_data'])) return null;
      return { version: info['version'], algorithm: String(info['algorithm']), auth_data: info['auth_data'] };
    } catch (error) {
      if (readRefusal(error).errcode === 'M_NOT_FOUND') return null;
      throw error;
    }
  }

  async function enable(key: string, version: string): Promise<void> {
    const publicKey = BackupDecryptionKey.fromBase64(key).megolmV1PublicKey.publicKeyBase64;
    await guard.run(() => machine.saveBackupDecryptionKey(BackupDecryptionKey.fromBase64(key), version));
    await guard.run(() => machine.enableBackupV1(publicKey, version));
    current = { key, version };
    state = 'on';
  }

  /** The key goes into the vault before the backup is made: were we killed in between, no backup would be without its key. */
  async function create(vault: SecretStorage): Promise<void> {
    const kept = await vault.read('m.megolm_backup.v1');
    const key = kept === null ? BackupDecryptionKey.createRandomKey().toBase64() : toUnpadded(kept);
    if (kept === null) await vault.write('m.megolm_backup.v1', key);
    const publicKey = BackupDecryptionKey.fromBase64(key).megolmV1PublicKey.publicKeyBase64;
    const signed = await guard.run(() => machine.sign(JSON.stringify({ public_key: publicKey })));
    const authData = { public_key: publicKey, signatures: JSON.parse(signed.asJSON()) as unknown };
    const made = await call('POST', `${roomKeys}/version`, undefined, {
      algorithm: algorithm,
      auth_data: authData,
    });
    const version = isRecord(made) ? made['version'] : undefined;
    if (typeof version !== 'string')
      throw new Error('la sauvegarde des clés a été créée sans numéro de version');
    await enable(key, version);
  }

  return {
    get state(): BackupState {
      return state;
    },

    /**
     * Takes up the backup of the account, or makes one where there is none. A backup whose key nobody here has and that
     * no trusted key has signed is left alone (`untrusted`): it may be another client's.
     */
    async ensure(vault: SecretStorage | null): Promise<void> {
      const info = await readVersion();
      if (info === null) {
        if (vault === null) state = 'off';
        else await create(vault);
        return;
      }
      const stored = await guard.run(() => machine.getBackupKeys());
      const known = [stored.decryptionKey?.toBase64(), await vault?.read('m.megolm_backup.v1')];
      const publicKey = (info.auth_data as { public_key?: unknown }).public_key;
      for (const key of known) {
        if (typeof key !== 'string') continue;
        const candidate = BackupDecryptionKey.fromBase64(toUnpadded(key));
        if (info.algorithm === algorithm && candidate.megolmV1PublicKey.publicKeyBase64 === publicKey) {
          await enable(toUnpadded(key), info.version);
          if (vault !== null && (await vault.read('m.megolm_backup.v1')) === null) {
            await vault.write('m.megolm_backup.v1', toUnpadded(key));
          }
          return;
        }
      }
      state = 'untrusted';
      current = null;
      log.warn(
        'La sauvegarde des clés de ce compte appartient à un autre client : rien n’y est envoyé. Voyez « npm run doctor ».',
      );
    },

    /** Sends what is not backed up yet, at most a few batches a call (the library makes batches of 100 keys). */
    async upload(): Promise<void> {
      for (let batch = 0; batch < 10 && state === 'on'; batch += 1) {
        const request = await guard.run(() => machine.backupRoomKeys());
        if (request === undefined) return;
        try {
          await send(request);
        } catch (error) {
          const refusal = readRefusal(error);
          if (isPassing(refusal)) throw error;
          // Another client has deleted this backup or put a new one in its place: nothing is sent blindly to the new one.
          state = 'off';
          await guard.run(() => machine.disableBackup());
          log.warn(
            'La sauvegarde des clés a changé sur le serveur : elle sera reprise au prochain démarrage',
            {
              code: refusal.errcode,
            },
          );
        }
      }
    },

    /** Asks the backup for one session; true when it was there and is now in the store. Rejects on a network error. */
    async restore(roomId: string, sessionId: string): Promise<boolean> {
      if (current === null) return false;
      const last = asked.get(sessionId);
      if (last !== undefined && clock() - last < askAgainAfter) return false;
      if (asked.size >= mostSessionsRemembered) asked.clear();
      asked.set(sessionId, clock());
      const { key, version } = current;
      let answer: unknown;
      try {
        const path = `${roomKeys}/keys/${encodeURIComponent(roomId)}/${encodeURIComponent(sessionId)}`;
        answer = await call('GET', path, { version });
      } catch (error) {
        if (!isPassing(readRefusal(error))) return false;
        asked.delete(sessionId);
        throw error;
      }
      const data = isRecord(answer) ? answer['session_data'] : undefined;
      if (!isRecord(data)) return false;
      const [ephemeral, mac, ciphertext] = [data['ephemeral'], data['mac'], data['ciphertext']].map(String);
      const session = await guard.run(
        () =>
          JSON.parse(
            BackupDecryptionKey.fromBase64(key).decryptV1(ephemeral ?? '', mac ?? '', ciphertext ?? ''),
          ) as object,
      );
      const keys = new Map([
        [new RoomId(roomId), new Map([[sessionId, { session_id: sessionId, ...session }]])],
      ]);
      const result = await guard.run(() => machine.importBackedUpRoomKeys(keys, () => undefined, version));
      return result.importedCount > 0;
    },
  };
}

export type KeyBackup = ReturnType<typeof createKeyBackup>;

const toUnpadded = (text: string): string => text.trim().replace(/=+$/, '');
