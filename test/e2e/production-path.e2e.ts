import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'dotenv';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { runStart, type Started } from '../deploy/run-start.ts';
import { type Start, simulateContainer } from '../deploy/simulate-container.ts';
import { notRestarted, simulateService } from '../deploy/simulate-service.ts';
import { projectRoot } from './homeserver/python.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

/** What compose.yaml and the systemd unit read the secrets from. */
const secretFiles = ['jeton', 'cle-de-recuperation', 'cle-du-coffre'] as const;

let synapse: Synapse;
let account: Account;
/** Where the person has unpacked the project and follows docs/guide-installation.md. */
let project: string;
/** The folders of the machine on which the bot then runs. */
let machine: string;
let bot: Started | null = null;

beforeAll(async () => {
  synapse = await startSynapse();
});

beforeEach(async ({ task }) => {
  project = mkdtempSync(join(tmpdir(), 'project-'));
  machine = mkdtempSync(join(tmpdir(), 'machine-'));
  account = await synapse.createUser(`assistant${task.id.replace(/\W/g, '')}`);
  for (const name of ['intents', 'knowledge']) symlinkSync(join(projectRoot, name), join(project, name));
  setUp();
});

afterEach(async () => {
  await bot?.stop();
  bot = null;
  for (const folder of [project, machine]) rmSync(folder, { recursive: true, force: true });
});

afterAll(() => synapse?.remove());

/** `npm run setup`, then the commands of docs/guide-installation.md, as they are written there. */
function setUp(): void {
  writeFileSync(join(project, 'mot-de-passe'), account.password);
  const script = join(projectRoot, 'src/cli/setup.ts');
  const given = ['--serveur', synapse.url, '--compte', account.name, '--mot-de-passe', 'mot-de-passe'];
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', script, ...given],
    { cwd: project, env: { PATH: process.env['PATH'] ?? '' }, encoding: 'utf8', input: '' },
  );
  expect(status, stderr).toBe(0);
  const guide = readFileSync(join(projectRoot, 'docs/guide-installation.md'), 'utf8');
  const block = /### Avec un conteneur\n\n```sh\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  // Accounts are the machine's affair, and no container can run in the tests.
  const commands = block.split('\n').filter((line) => !/^(sudo|docker) /.test(line));
  const split = spawnSync('sh', ['-e', '-c', commands.join('\n')], { cwd: project, encoding: 'utf8' });
  expect(split.status, split.stderr).toBe(0);
  for (const file of secretFiles) {
    expect(readFileSync(join(project, 'secrets', file), 'utf8')).toMatch(/^.{20,}\n$/);
  }
  expect(Object.keys(parse(readFileSync(join(project, '.env'))))).toEqual(['HOMESERVER_URL']);
}

/** The guide's steps for systemd, `machine` being its root folder. */
function installService(): Start {
  const etc = join(machine, 'etc/assistant-teletravail');
  mkdirSync(etc, { recursive: true });
  for (const file of secretFiles) cpSync(join(project, 'secrets', file), join(etc, file));
  cpSync(join(project, '.env'), join(etc, 'reglages'));
  cpSync(join(project, 'donnees'), join(machine, 'var/lib/assistant-teletravail'), { recursive: true });
  return simulateService(machine);
}

async function expectToWorkIn(start: Start, folder: string): Promise<void> {
  bot = await runStart(start);
  expect(await bot.ready, `code ${await Promise.race([bot.ended, 'running'])} ${bot.output()}`).toBe(true);
  expect(start.env['DATA_DIR']).toBe(folder);
  for (const file of ['assistant.db', 'chiffrement/cles.sqlite']) {
    expect(existsSync(join(folder, file)), file).toBe(true);
  }
  expect(await bot.stop()).toBe(0);
}

test('after the set-up, docker compose starts a bot that works, with its data in the folder it mounts', async () => {
  const start = simulateContainer(project, machine);
  await expectToWorkIn(start, start.folderOf('/donnees'));
});

test('after the set-up, systemd starts a bot that works, with its data in its state folder', async () => {
  await expectToWorkIn(installService(), join(machine, 'var/lib/assistant-teletravail'));
});

test('settings of before, with a data folder of another machine, still start in the folder of compose and systemd', async () => {
  const settings = readFileSync(join(project, '.env'), 'utf8');
  writeFileSync(join(project, '.env'), `${settings}DATA_DIR='/home/quelqu-un/assistant/donnees'\n`);
  await expectToWorkIn(installService(), join(machine, 'var/lib/assistant-teletravail'));
  const container = simulateContainer(project, machine);
  expect(container.env['DATA_DIR']).toBe(container.folderOf('/donnees'));
});

test('logged out from elsewhere, with a password: the service opens another session and goes on', async () => {
  const service = installService();
  const { ACCESS_TOKEN_FILE: _token, ...env } = service.env;
  const password = { BOT_USER: account.name, BOT_PASSWORD_FILE: join(project, 'mot-de-passe') };
  bot = await runStart({
    ...service,
    env: { ...env, ...password, DATA_DIR: join(machine, 'ailleurs') },
  });
  expect(await bot.ready, bot.output()).toBe(true);
  const readToken = (): unknown => {
    const store = new DatabaseSync(join(machine, 'ailleurs/assistant.db'), { readOnly: true });
    const row = store.prepare("SELECT value FROM setting WHERE name = 'access-token'").get();
    store.close();
    return row?.['value'];
  };
  const closed = readToken();
  await fetch(`${synapse.url}/_matrix/client/v3/logout`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${String(closed)}` },
  });
  await vi.waitFor(() => expect(readToken()).not.toBe(closed), { timeout: 60_000, interval: 200 });
  expect(await Promise.race([bot.ended, 'running']), bot.output()).toBe('running');
});

test('a token that is refused, or a wrong password, is not tried again by systemd', async () => {
  const service = installService();
  writeFileSync(join(machine, 'run/credentials/jeton'), 'plus-le-bon');
  bot = await runStart({ ...service, env: { ...service.env, DATA_DIR: join(machine, 'ailleurs') } });
  expect(notRestarted, bot.output()).toContain(await bot.ended);
  const { ACCESS_TOKEN_FILE: _token, ...env } = service.env;
  writeFileSync(join(project, 'mot-de-passe'), 'plus le bon');
  const password = { BOT_USER: account.name, BOT_PASSWORD_FILE: join(project, 'mot-de-passe') };
  bot = await runStart({ ...service, env: { ...env, ...password, DATA_DIR: join(machine, 'ailleurs2') } });
  expect(notRestarted, bot.output()).toContain(await bot.ended);
});
