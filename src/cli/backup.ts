import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { config as loadDotenv } from 'dotenv';
import { ConfigError, readConfig } from '../config.ts';
import { EncryptionError } from '../encryption/encryption-error.ts';
import { copyClosedStore } from '../encryption/indexeddb/record-store.ts';
import { recoveryKeyPath } from '../encryption/prepare-account.ts';
import { backUp, keysFile, storeFile } from '../store/back-up.ts';
import { askForBackup, requestedBackUps, takeAnswer, withdrawRequest } from '../store/backup-request.ts';
import { openStore } from '../store/open-store.ts';
import { readOptions, refuseCommand, resolveTyped } from './read-options.ts';

const help = `Sauvegarde les données de l’assistant, en marche ou arrêté.

  npm run backup -- DOSSIER     en fait une copie dans DOSSIER, sous le nom du moment (2026-11-28T09-30-00-000)

La copie contient la base et les clés de chiffrement, prises ensemble : elle se restaure en entier, jamais en partie
(docs/guide-installation.md, « Sauvegarde et restauration »). Elle contient des textes d’agents : protégez-la.
Le dossier des données est celui des réglages (DATA_DIR).

Code de sortie : 0, ou 1 quand la copie n’a pu être faite, 2 quand la commande ou les réglages sont faux.`;

/** Milliseconds that a running bot is given. */
const longestWait = 60_000;

// Whatever is made from here on is for its owner alone.
process.umask(0o077);
loadDotenv({ quiet: true });
const { positionals } = readOptions(help, {}, { words: true });
const [typed] = positionals;
if (typed === undefined) refuseCommand('Il manque le dossier où mettre la copie.', help);
if (positionals.length > 1) refuseCommand(`« ${positionals[1]} » est de trop.`, help);
const into = resolveTyped(typed);
const dataDir = readDataDir();
const keys = join(dataDir, keysFile);
if (!existsSync(join(dataDir, storeFile))) fail(`il n’y a pas de données dans ${dataDir} (DATA_DIR).`);
try {
  console.log(`Sauvegarde faite : ${(await copyFiles()) ?? (await askBot())}`);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  fail(
    `${message}${code === 'EACCES' ? '\nLancez la commande avec le compte de l’assistant, ou root.' : ''}`,
  );
}
process.exit(0);

/** null: the keys are in use, and only the bot can copy them. */
async function copyFiles(): Promise<string | null> {
  const store = openStore(join(dataDir, storeFile));
  try {
    const parts = {
      copyStore: store.backUp,
      copyKeys: existsSync(keys) ? async (to: string) => copyClosedStore(keys, to) : null,
      recoveryKeyFile: recoveryKeyPath(keys),
    };
    return await backUp(into, parts, Date.now());
  } catch (error) {
    if (error instanceof EncryptionError && error.code === 'store-in-use') return null;
    throw error;
  } finally {
    store.close();
  }
}

async function askBot(): Promise<string> {
  const id = randomBytes(8).toString('hex');
  askForBackup(dataDir, id);
  for (const limit = performance.now() + longestWait; performance.now() < limit; await pause(100)) {
    const answer = takeAnswer(dataDir, id);
    if (answer === null) continue;
    if ('problem' in answer) fail(`l’assistant n’a pas pu la faire : ${answer.problem}`);
    // The bot names the folder as it sees it: in a container, by another path than ours.
    const made = join(requestedBackUps(dataDir), basename(answer.folder));
    const copy = join(into, basename(made));
    mkdirSync(into, { recursive: true, mode: 0o700 });
    cpSync(made, copy, { recursive: true, errorOnExist: true, force: false });
    rmSync(made, { recursive: true });
    return copy;
  }
  withdrawRequest(dataDir, id);
  fail(
    'les clés sont prises par un autre programme, qui ne répond pas. L’assistant est-il en train de démarrer ? Réessayez.',
  );
}

function readDataDir(): string {
  try {
    return readConfig(process.env).dataDir;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}

function fail(reason: string): never {
  console.error(`Impossible de faire la sauvegarde : ${reason}`);
  process.exit(1);
}
