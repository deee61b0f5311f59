import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import packageFile from '../../package.json' with { type: 'json' };
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';
import { keyStorePath } from '../../src/matrix/create-bot-encryption.ts';
import { createLog } from '../../src/operations/log.ts';
import { openStandby } from '../../src/standby/open-standby.ts';
import { migrations } from '../../src/store/migrations.ts';
import { openStore } from '../../src/store/open-store.ts';
import { findFreePort } from '../e2e/homeserver/find-free-port.ts';
import { projectRoot } from '../e2e/homeserver/python.ts';
import { startPostgres } from './start-postgres.ts';

const argv = process.argv.slice(2);
if (argv.includes('--help')) {
  console.log(`bin/assistant test/standby/scale.ts                      une machine nouvelle devant 100 000 conversations, puis 1 000 000 de changements
bin/assistant test/standby/scale.ts --changes 100000     moins de changements
Il faut d’abord PostgreSQL (apt-get install postgresql).`);
  process.exit(0);
}
const option = (name: string, otherwise: number): number => {
  const index = argv.indexOf(name);
  return index < 0 ? otherwise : Number(argv[index + 1]);
};
const conversations = option('--conversations', 100_000);
const devices = option('--devices', 5_000);
const changes = option('--changes', 1_000_000);
/** Seconds until a new machine is ready, and MB that its memory may gain from the third tenth of the changes to the last. */
const goals = { ready: 30, growth: 20 };

const storeKey = 'une clé de test, longue et au hasard : 8f3b0c';
const folder = mkdtempSync(join(tmpdir(), 'echelle-'));
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
const postgres = await startPostgres();
const dataDir = join(folder, 'active');
let follower: ChildProcess | null = null;
let good = true;
try {
  const paths = { store: join(dataDir, 'assistant.db'), keys: keyStorePath(dataDir) };
  mkdirSync(dirname(paths.keys), { recursive: true });
  fillFiles(paths);
  const standby = openStandby({
    url: postgres.url,
    storeKey,
    dataDir,
    paths,
    version: packageFile.version,
    storeVersion: migrations.length,
    library: packageFile.dependencies['@matrix-org/matrix-sdk-crypto-wasm'],
    content: () => '',
    lookAtHomeserver: async () => undefined,
    log: createLog({ level: 'warn', secret: 's' }),
  });
  const leadership = await standby.lead(new AbortController().signal);
  if (leadership === null) throw new Error('nobody has asked to stop');
  const store = openStore(paths.store, { record: leadership.recordStore });
  const keys = openRecordStore(paths.keys, failAtOnce, { record: leadership.recordKeys });
  const begin = performance.now();
  await leadership.beforeRequest({ hasTransactionId: true });
  const megabytes = Math.round((statSync(paths.store).size + statSync(paths.keys).size) / 1e6);
  console.log(`fichiers de ${megabytes} Mo partagés en ${seconds(begin)} s`);

  const port = await findFreePort();
  const start = performance.now();
  follower = startFollower(port);
  while (!(await isReady(port))) await wait(50);
  const ready = (performance.now() - start) / 1_000;
  tell(ready <= goals.ready, `machine nouvelle prête en ${ready.toFixed(1)} s (but : ${goals.ready})`);

  const memory: number[] = [];
  const from = performance.now();
  for (let index = 1; index <= changes; index += 1) {
    if (index % 5 === 0) {
      keys.begin();
      keys.write(1, Buffer.from(`session ${index % 500}`), Buffer.alloc(300, index));
      keys.commit();
    } else store.settings.write(index % 2 === 0 ? 'sync-token' : 'last-sync', `valeur ${index}`);
    if (index % 100 === 0) await leadership.beforeRequest({ hasTransactionId: true });
    if (index % Math.ceil(changes / 10) === 0) {
      memory.push(readMemory(follower));
      console.log(
        `  ${index} changements, ${seconds(from)} s, la machine qui suit : ${memory.at(-1)} Mo, ${standby.readFigures().othersLag} de retard`,
      );
    }
  }
  for (const limit = Date.now() + 60_000; Date.now() < limit && standby.readFigures().othersLag > 0; )
    await wait(200);
  const growth = (memory.at(-1) ?? 0) - (memory[2] ?? 0);
  const lag = standby.readFigures().othersLag;
  tell(
    growth <= goals.growth && lag === 0,
    `${changes} changements en ${seconds(from)} s, ${growth} Mo de plus (but : ${goals.growth}), ${lag} de retard à la fin`,
  );
  store.close();
  keys.close();
  await standby.vanish();
} finally {
  follower?.kill('SIGKILL');
  await postgres.remove();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(good ? 0 : 1);

function tell(reached: boolean, line: string): void {
  good &&= reached;
  console.log(`${reached ? '✓' : '✗'} ${line}`);
}

/** As large as those of an installation of years: 1 kB a conversation, a device and two sessions of Olm of 3 kB each. */
function fillFiles(paths: { readonly store: string; readonly keys: string }): void {
  const store = openStore(paths.store);
  store.transaction(() => {
    for (let index = 0; index < conversations; index += 1)
      store.conversations.write({
        key: `!salon${index}:ici.fr`,
        room: `!salon${index}:ici.fr`,
        agent: `@agent${index}:ici.fr`,
        state: { filler: 'x'.repeat(1_000) } as never,
        now: Date.now(),
      });
  });
  store.close();
  const keys = openRecordStore(paths.keys, failAtOnce);
  keys.begin();
  for (let index = 0; index < devices * 3; index += 1)
    keys.write(1, Buffer.from(`appareil ${index}`), Buffer.alloc(3_000, index));
  keys.commit();
  keys.close();
}

function failAtOnce(error: unknown): never {
  throw error;
}

/** The program as it ships; a homeserver is not needed to follow. */
function startFollower(port: number): ChildProcess {
  return spawn(join(projectRoot, 'bin/assistant'), ['start'], {
    cwd: projectRoot,
    env: {
      PATH: process.env['PATH'] ?? '',
      // As in the image.
      MALLOC_ARENA_MAX: '2',
      HOMESERVER_URL: 'http://127.0.0.1:9',
      ACCESS_TOKEN: 'aucun',
      DATA_DIR: join(folder, 'suit'),
      HEALTH_PORT: String(port),
      ENCRYPTION: 'non',
      STORE_KEY: storeKey,
      STANDBY_URL: postgres.url,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}

/** Resident memory in MB. */
function readMemory({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
}
