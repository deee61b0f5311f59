import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';
import { openMachine } from '../../src/encryption/open-machine.ts';
import { openDatabase } from '../../src/store/open-database.ts';
import { projectRoot } from '../e2e/homeserver/python.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'data-folder-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The bot with this data folder; `command` is what starts it, in a shell. */
function start(dataDir: string, before = ''): { status: number | null; output: string } {
  const bot = `exec "$0" --disable-warning=ExperimentalWarning src/main.ts`;
  const shell = ['sh', '-c', `${before}${bot}`, process.execPath];
  // Mounting is for root, in a namespace of its own that ends with the process.
  const [program = '', ...args] = before === '' ? shell : ['unshare', '--mount', ...shell];
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: projectRoot,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOMESERVER_URL: 'http://127.0.0.1:9',
      ACCESS_TOKEN: 'jeton-de-test',
      STORE_KEY: 'cle-de-test-cle-de-test-cle-de-test',
      HEALTH_PORT: '0',
      DATA_DIR: dataDir,
    },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, output: stdout + stderr };
}

test('a data folder that cannot be made is said in French with the remedy, before anything else', () => {
  writeFileSync(join(folder, 'fichier'), '');
  const dataDir = join(folder, 'fichier', 'donnees');
  const { status, output } = start(dataDir);
  expect(status, output).toBe(2);
  expect(output).toContain(
    `Impossible d’écrire dans le dossier des données ${dataDir} (un fichier est à sa place).`,
  );
  expect(output).toContain(`chown -R ${process.getuid?.()} ${dataDir}`);
  expect(output).not.toMatch(/ENOTDIR|mkdir/);
});

const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0;
if (!canMount) {
  console.warn('⚠ LAISSÉ DE CÔTÉ : il faut être root pour monter un disque en lecture seule.');
}

test.skipIf(!canMount)('so is one on a disk that is read-only', () => {
  const { status, output } = start(folder, `mount -t tmpfs -o ro rien ${folder} && `);
  expect(status, output).toBe(2);
  expect(output).toContain(
    `Impossible d’écrire dans le dossier des données ${folder} (disque en lecture seule).`,
  );
});

test('a database that is not ours to open, after a restoration for instance, is named with what to check', () => {
  const path = join(folder, 'assistant.db');
  mkdirSync(path);
  expect(() => openDatabase(path)).toThrow(`Base de données ${path} : impossible de l’ouvrir. Vérifiez`);
});

test('so is the key store', async () => {
  const path = join(folder, 'cles.sqlite');
  mkdirSync(path);
  expect(() => openRecordStore(path, () => undefined)).toThrow('Impossible d’écrire dans le magasin de clés');
  writeFileSync(join(folder, 'chiffrement'), '');
  const options = { userId: '@a:b.fr', deviceId: 'A', storeKey: 'x', onStorageError: () => undefined };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  await expect(
    openMachine({ ...options, log, path: join(folder, 'chiffrement/cles.sqlite') }),
  ).rejects.toMatchObject({ code: 'disk' });
});
