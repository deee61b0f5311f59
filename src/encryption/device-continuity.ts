import { DatabaseSync } from 'node:sqlite';
import type { OlmMachine } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { HomeserverCall } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import type { InstalledIndexedDb } from './indexeddb/install-indexeddb.ts';
import { isRecord } from './refusal.ts';
import type { SecretStorageAccess } from './secret-storage.ts';

/**
 * Marks the file as a copy, whose device must not go on: the ratchets in it are used while it waits. Its next start ends
 * with `store-restored`, even within the hour.
 */
export function markAsCopy(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy
      .prepare('INSERT INTO notes VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
      .run(startsKey, '-1');
  } finally {
    copy.close();
  }
}

const accountDataType = 'fr.gouv.interieur.assistant_teletravail.magasin';
const startsKey = 'starts';
const publishedKey = 'published';
const hour = 3_600_000;

/**
 * Notices a store that is not the one this device last worked with.
 * - Deleted: the server knows other identity keys for this device id than the store's (`store-lost`).
 * - Restored from a back-up: a count, in the store and in the account data, goes up at each start and at most hourly when
 *   one-time keys are uploaded. A store that lags behind the server is an old copy (`store-restored`). A copy of less than
 *   an hour is caught later, by the homeserver's « One time key already exists ».
 * - Device deleted on the server (`device-removed`): the machine would not publish its keys a second time.
 * SECURITY: such a store must not be used, for its ratchets have been used before.
 */
export function createDeviceContinuity(options: {
  readonly machine: OlmMachine;
  readonly store: InstalledIndexedDb;
  readonly call: HomeserverCall;
  readonly accountData: SecretStorageAccess;
  readonly userId: string;
  readonly deviceId: string;
  readonly clock: () => number;
}) {
  const { machine, store, call, accountData, userId, deviceId, clock } = options;
  let lastBump = 0;

  async function bump(): Promise<void> {
    const next = Number(store.readNote(startsKey) ?? 0) + 1;
    // The store is written first: a kill in between leaves it ahead of the server, never behind.
    await store.writeNote(startsKey, String(next));
    lastBump = clock();
    await accountData.writeData(accountDataType, { device_id: deviceId, starts: next });
  }

  return {
    /** Call it before anything is uploaded. Rejects with `store-lost`, `store-restored` or `device-removed`. */
    async check(): Promise<void> {
      const answer = await call('POST', '/_matrix/client/v3/keys/query', undefined, {
        device_keys: { [userId]: [] },
      });
      const published = readDeviceKey(answer, userId, deviceId);
      const own = machine.identityKeys.ed25519.toBase64();
      if (published !== undefined && published !== own) throw new EncryptionError('store-lost', { deviceId });
      if (published === undefined && store.readNote(publishedKey) !== undefined) {
        throw new EncryptionError('device-removed', { deviceId });
      }
      const known = await accountData.readData(accountDataType);
      const starts = known?.['device_id'] === deviceId ? Number(known['starts']) : 0;
      if (starts > Number(store.readNote(startsKey) ?? 0))
        throw new EncryptionError('store-restored', { deviceId });
      await bump();
    },

    /** Call it after device keys or one-time keys were uploaded; never rejects. */
    async mark(): Promise<void> {
      if (store.readNote(publishedKey) === undefined)
        await store.writeNote(publishedKey, '1').catch(() => undefined);
      if (clock() - lastBump < hour) return;
      await bump().catch(() => undefined);
    },
  };
}

function readDeviceKey(answer: unknown, userId: string, deviceId: string): string | undefined {
  let at: unknown = answer;
  for (const name of ['device_keys', userId, deviceId, 'keys', `ed25519:${deviceId}`]) {
    at = isRecord(at) ? at[name] : undefined;
  }
  return typeof at === 'string' ? at : undefined;
}
