import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { findFreePort } from '../e2e/homeserver/find-free-port.ts';
import { startFakeHomeserver } from '../matrix/fake-homeserver.ts';

/** Loaded before src/main.ts: the disk fails once, while the crypto library makes its tables. */
const failingDisk = `
import { StatementSync, DatabaseSync } from 'node:sqlite';
const { prepare } = DatabaseSync.prototype;
const { run } = StatementSync.prototype;
const opening = new WeakSet();
DatabaseSync.prototype.prepare = function (sql) {
  const statement = prepare.call(this, sql);
  if (sql.startsWith('INSERT INTO databases')) opening.add(statement);
  return statement;
};
StatementSync.prototype.run = function (...values) {
  if (!opening.delete(this)) return run.apply(this, values);
  throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 778 });
};
`;

test('a bot whose disk fails while the keys are opened ends, so that its supervisor can start it again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fin-'));
  const preload = join(folder, 'disque.mjs');
  writeFileSync(preload, failingDisk);
  const homeserver = await startFakeHomeserver();
  const bot = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--import', preload, 'src/main.ts'],
    {
      cwd: projectRoot,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOMESERVER_URL: homeserver.url,
        ACCESS_TOKEN: 'jeton',
        STORE_KEY: 'une clé de test, longue et au hasard : 8f3b0c',
        DATA_DIR: join(folder, 'donnees'),
        HEALTH_PORT: String(await findFreePort()),
      },
      stdio: 'ignore',
    },
  );
  const code = await new Promise<number | 'still running'>((resolve) => {
    bot.once('exit', (code) => resolve(code ?? -1));
    setTimeout(() => resolve('still running'), 25_000).unref();
  });
  bot.kill('SIGKILL');
  await homeserver.close();
  rmSync(folder, { recursive: true, force: true });

  // A disk, and not a fault of the library: a person has to act first.
  expect(code).toBe(5);
});
