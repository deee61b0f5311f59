import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { HomeserverCall } from '../encryption/encryption.ts';
import { recoveryKeyPath } from '../encryption/prepare-account.ts';
import { decodeRecoveryKey } from '../encryption/recovery-key.ts';
import { isRecord, readRefusal } from '../encryption/refusal.ts';
import { createSecretStorage } from '../encryption/secret-storage.ts';
import { keyStorePath } from '../matrix/create-bot-encryption.ts';
import { createHomeserver, toHomeserverCall } from '../matrix/homeserver/homeserver.ts';
import { openStore } from '../store/open-store.ts';
import { plural } from '../text/plural.ts';
import { checkRecipients } from './check-recipients.ts';
import { bad, doubtful, type Finding, good } from './finding.ts';

const leastOneTimeKeys = 10;

/**
 * Identity, vault, backup and keys, as the homeserver and the disk show them: the key store itself belongs to the running
 * bot alone. Changes nothing. Without a token only the key store is looked at: checkHomeserver has said already that there
 * is none.
 */
export async function* checkEncryption(config: Config, token: string | null): AsyncGenerator<Finding> {
  const matrix = config.matrix;
  if (matrix === null || !matrix.encryption) return;
  yield checkKeyStore(config);
  if (token === null) return;
  const call = toHomeserverCall(createHomeserver(matrix.homeserverUrl, token));
  const me = await ask(call, 'GET', '/_matrix/client/v3/account/whoami');
  if (!isRecord(me) || typeof me['user_id'] !== 'string') return;
  const user = me['user_id'];
  yield await checkIdentity(call, user);
  yield await checkVault(call, user, matrix.recoveryKey);
  yield await checkBackup(call);
  yield await checkOneTimeKeys(call);
  yield await checkRecipients({ call, dataDir: config.dataDir, user, policy: matrix.keySharing });
  yield* checkUndecryptable(config);
}

function checkKeyStore(config: Config): Finding {
  const subject = 'Magasin de clés';
  if (config.matrix?.storeKey === null)
    return bad(subject, 'STORE_KEY manque', 'Lancez npm run setup, ou donnez STORE_KEY ou STORE_KEY_FILE.');
  const path = keyStorePath(config.dataDir);
  if (!existsSync(path))
    return doubtful(
      subject,
      'pas encore créé',
      'Il l’est au premier démarrage. S’il a été supprimé : npm run setup.',
    );
  const open = [path, recoveryKeyPath(path)].filter(
    (file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0,
  );
  return open.length === 0
    ? good(subject, 'présent, réservé au compte de l’assistant')
    : bad(subject, 'lisible par d’autres comptes de la machine', `chmod 600 ${open.join(' ')}`);
}

async function checkIdentity(call: HomeserverCall, user: string): Promise<Finding> {
  const answer = await ask(call, 'POST', '/_matrix/client/v3/keys/query', { device_keys: { [user]: [] } });
  const masters = isRecord(answer) && isRecord(answer['master_keys']) ? answer['master_keys'] : {};
  return isRecord(masters[user])
    ? good('Identité', 'publiée')
    : bad(
        'Identité',
        'le compte n’en a pas',
        'Elle est créée au premier démarrage de l’assistant : démarrez-le.',
      );
}

async function checkVault(call: HomeserverCall, user: string, recoveryKey: string | null): Promise<Finding> {
  const subject = 'Coffre';
  if (recoveryKey === null)
    return doubtful(
      subject,
      'non vérifié : la clé de récupération n’est pas dans les réglages',
      'Donnez RECOVERY_KEY.',
    );
  const key = decodeRecoveryKey(recoveryKey);
  if (key === null)
    return bad(
      subject,
      'RECOVERY_KEY est mal recopiée',
      'Reprenez les 12 groupes de 4 caractères de la clé.',
    );
  const opened = await createSecretStorage({ call, userId: user })
    .open(key)
    .catch(() => null);
  if (opened === null)
    return doubtful(subject, 'le serveur ne répond pas', 'Relancez npm run doctor plus tard.');
  switch (opened.kind) {
    case 'absent':
      return doubtful(subject, 'pas encore créé', 'Il l’est au premier démarrage de l’assistant.');
    case 'other-key':
      return bad(
        subject,
        'RECOVERY_KEY n’ouvre pas le coffre de ce compte',
        'Remettez la clé d’origine : sans elle, un magasin perdu ne peut pas être repris.',
      );
    case 'open': {
      const master = await opened.storage.read('m.cross_signing.master').catch(() => null);
      return master === null
        ? doubtful(subject, 'ouvert, mais incomplet', 'Redémarrez l’assistant : il le complète.')
        : good(subject, 'ouvert par la clé de récupération, complet');
    }
  }
}

async function checkBackup(call: HomeserverCall): Promise<Finding> {
  const info = await ask(call, 'GET', '/_matrix/client/v3/room_keys/version');
  if (!isRecord(info) || typeof info['version'] !== 'string')
    return bad(
      'Sauvegarde des clés',
      'aucune sur le serveur',
      'Redémarrez l’assistant avec RECOVERY_KEY : il la crée.',
    );
  const count = Number(info['count'] ?? 0);
  return good('Sauvegarde des clés', `version ${info['version']}, ${count} ${plural(count, 'clé')}`);
}

/** Counts the one-time keys that are left: an upload of nothing answers with the count (client-server, /keys/upload). */
async function checkOneTimeKeys(call: HomeserverCall): Promise<Finding> {
  const subject = 'Clés à usage unique';
  const answer = await ask(call, 'POST', '/_matrix/client/v3/keys/upload', {});
  const counts = isRecord(answer) ? answer['one_time_key_counts'] : undefined;
  const count = isRecord(counts) ? Number(counts['signed_curve25519'] ?? 0) : null;
  if (count === null) return doubtful(subject, 'nombre inconnu', 'Relancez npm run doctor plus tard.');
  return count >= leastOneTimeKeys
    ? good(subject, `${count} sur le serveur`)
    : doubtful(
        subject,
        `${count} sur le serveur`,
        'L’assistant en remet à chaque synchronisation : vérifiez qu’il tourne.',
      );
}

function* checkUndecryptable(config: Config): Generator<Finding> {
  const path = join(config.dataDir, 'assistant.db');
  if (!existsSync(path)) return;
  const store = openStore(path, { readOnly: true });
  const count = store.journal.countUndecryptable();
  store.close();
  yield count === 0
    ? good('Messages illisibles', 'aucun')
    : doubtful(
        'Messages illisibles',
        `${count} en attente de leur clé`,
        'L’auteur doit rouvrir son client connecté à Tchap ; sinon, il réécrit son message.',
      );
}

/** The homeserver's answer; null when it refused or did not answer, which each finding says in its own words. */
async function ask(
  call: HomeserverCall,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<unknown> {
  try {
    return await call(method, path, undefined, body);
  } catch (error) {
    return readRefusal(error).status === null ? null : {};
  }
}
