import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EncryptionError } from './encryption-error.ts';
import {
  completeVault,
  holdsIdentity,
  type IdentityTools,
  importIdentity,
  isDeviceSigned,
  openVault,
  publishFirstIdentity,
  readOwnIdentity,
  refreshOwnKeys,
  signOwnDevice,
} from './establish-identity.ts';
import type { KeyBackup } from './key-backup.ts';
import { decodeRecoveryKey, makeRecoveryKey } from './recovery-key.ts';
import type { SecretStorage, SecretStorageAccess } from './secret-storage.ts';

/** Where the recovery key is kept when the settings give none. */
export function recoveryKeyPath(storePath: string): string {
  return join(dirname(storePath), 'cle-de-recuperation');
}

/**
 * Brings the account to where clients accept the bot, from wherever it is; each step is safe to repeat after a kill.
 * 1. identity: own keys in the store; else taken from the vault with the recovery key; else, on an account that has
 *    none, made. Never made anew. 2. this device signed. 3. vault complete. 4. key backup taken up or made.
 */
export async function prepareAccount(
  options: IdentityTools & {
    readonly accountData: SecretStorageAccess;
    readonly backup: KeyBackup;
    readonly storePath: string;
    readonly recoveryKey: string | null;
  },
): Promise<void> {
  const { log, backup, accountData } = options;
  await refreshOwnKeys(options);
  const published = (await readOwnIdentity(options)) !== null;
  const held = await holdsIdentity(options);
  const key = readRecoveryKey(options) ?? (published && !held ? null : saveNewRecoveryKey(options));

  let vault: SecretStorage | null = null;
  if (published && !held) {
    if (key === null) throw new EncryptionError('identity-elsewhere');
    const opened = await accountData.open(key);
    if (opened.kind === 'other-key') throw new EncryptionError('recovery-key');
    if (opened.kind === 'absent') throw new EncryptionError('recovery-missing');
    vault = opened.storage;
    await importIdentity(options, vault);
    log.info('Identité de chiffrement reprise avec la clé de récupération');
  } else if (!published) {
    await publishFirstIdentity(options);
    log.info('Identité de chiffrement créée pour ce compte');
  }
  if (!(await isDeviceSigned(options))) {
    await signOwnDevice(options);
    log.info('Appareil signé par l’identité du compte', { appareil: options.deviceId });
  }

  if (vault === null && key !== null) {
    const opened = await openVault(accountData, key);
    if (opened === 'other-key') {
      // Somebody made another vault for this account: the bot does not replace what it did not make.
      log.warn(
        'La clé de récupération fournie n’ouvre pas le coffre du compte : un magasin perdu ne pourrait pas être repris. Corrigez RECOVERY_KEY.',
      );
    } else vault = opened.vault;
  }
  if (vault !== null) await completeVault(options, vault);
  await backup.ensure(vault);
}

/** The given key, or the one kept beside the store; null when there is none. Rejects with `recovery-key` when it cannot be one. */
function readRecoveryKey(options: { recoveryKey: string | null; storePath: string }): Uint8Array | null {
  const path = recoveryKeyPath(options.storePath);
  const text = options.recoveryKey ?? (existsSync(path) ? readFileSync(path, 'utf8') : null);
  if (text === null) return null;
  const key = decodeRecoveryKey(text);
  if (key === null) throw new EncryptionError('recovery-key');
  return key;
}

/** The key is written before it is used: a kill in between must not leave an identity that nothing can recover. */
function saveNewRecoveryKey(options: { storePath: string } & Pick<IdentityTools, 'log'>): Uint8Array {
  const text = makeRecoveryKey();
  const path = recoveryKeyPath(options.storePath);
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  options.log.warn(
    'Une clé de récupération a été créée dans le fichier « cle-de-recuperation » du dossier de données : copiez-la en lieu sûr, hors de ce serveur',
  );
  const key = decodeRecoveryKey(text);
  if (key === null) throw new Error('clé de récupération mal formée');
  return key;
}
