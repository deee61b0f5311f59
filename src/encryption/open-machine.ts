import { hkdfSync } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DeviceId, initAsync, OlmMachine, StoreHandle, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { EncryptionLog } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import { type InstalledIndexedDb, installIndexedDb } from './indexeddb/install-indexeddb.ts';
import type { RecordStoreOptions } from './indexeddb/record-store.ts';

/** Loads the library ahead of `openMachine`, which then has a tenth of a second less to do. */
export async function preloadLibrary(): Promise<void> {
  await initAsync();
}

/** A constant, and not the path: moving the data folder must not make a new identity. */
const storeName = 'assistant';

export interface OpenedMachine {
  readonly machine: OlmMachine;
  readonly store: InstalledIndexedDb;
  /** Whether the store was made by this call. */
  readonly isNew: boolean;
}

/**
 * Opens (or makes) the key store at `path` and the OlmMachine on it. The store's contents are encrypted with a key
 * derived from `storeKey`, which must be random and long (npm run setup makes one): HKDF adds no strength to a weak one.
 * Rejects with an EncryptionError: `store-in-use`, `store-damaged`, `disk`, `store-key`, `store-other-device`.
 */
export async function openMachine(options: {
  readonly userId: string;
  readonly deviceId: string;
  readonly path: string;
  readonly storeKey: string;
  readonly log: EncryptionLog;
  readonly onStorageError: (error: unknown) => void;
  /** As record-store.ts says. */
  readonly onCommit?: RecordStoreOptions['onCommit'];
  readonly record?: RecordStoreOptions['record'];
}): Promise<OpenedMachine> {
  const { path } = options;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new EncryptionError('disk', { path, cause });
  }
  const isNew = !existsSync(path);
  /** The library's own errors do not tell a failing disk from a wrong key. */
  let storageError: EncryptionError | null = null;
  const onStorageError = (error: unknown): void => {
    if (error instanceof EncryptionError) storageError ??= error;
    options.onStorageError(error);
  };
  const store = installIndexedDb(path, onStorageError, {
    onCommit: options.onCommit,
    record: options.record,
  });
  try {
    await initAsync();
    const logger = toLibraryLogger(options.log);
    const key = new Uint8Array(
      hkdfSync('sha256', options.storeKey, '', 'assistant-teletravail crypto store', 32),
    );
    const handle = await StoreHandle.openWithKey(storeName, key, logger).catch((error: unknown) => {
      throw storageError ?? new EncryptionError('store-key', { path, cause: error });
    });
    const user = new UserId(options.userId);
    const device = new DeviceId(options.deviceId);
    const machine = await OlmMachine.initFromStore(user, device, handle, logger).catch((error: unknown) => {
      if (storageError !== null) throw storageError;
      // The library's error has no code: its text is all that tells another device's store from a damaged one.
      const mismatch = String((error as { message?: unknown }).message ?? error).includes(
        "doesn't match the account",
      );
      throw new EncryptionError(mismatch ? 'store-other-device' : 'store-damaged', {
        path,
        deviceId: options.deviceId,
        cause: error,
      });
    });
    return { machine, store, isNew };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The library's own lines are English and may name users: only that something is wrong is passed on. */
function toLibraryLogger(log: EncryptionLog) {
  const silent = (): void => {};
  return {
    debug: silent,
    info: silent,
    warn: silent,
    error: () => log.warn('La bibliothèque de chiffrement signale une erreur'),
  };
}
