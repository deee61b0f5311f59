import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { projectRoot } from './homeserver/python.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let directory: string;
let account: Account;

beforeAll(async () => {
  synapse = await startSynapse();
  directory = mkdtempSync(join(tmpdir(), 'setup-'));
  account = await synapse.createUser('assistant');
  writeFileSync(join(directory, 'mot-de-passe'), `${account.password}\n`, { mode: 0o600 });
});

afterAll(async () => {
  await synapse?.remove();
  rmSync(directory, { recursive: true, force: true });
});

const run = (command: string, args: string[] = [], env: Record<string, string> = {}) => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(projectRoot, 'src/cli', command), ...args],
    {
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '', NO_COLOR: '1', ...env },
      encoding: 'utf8',
      input: '',
    },
  );
  return { output: stdout + stderr, status };
};
const setUp = (...more: string[]) =>
  run('setup.ts', [
    '--serveur',
    synapse.url,
    '--compte',
    account.name,
    '--mot-de-passe',
    join(directory, 'mot-de-passe'),
    ...more,
  ]);

test('logs in, makes a signed device and a recovery key, shows it once, and writes .env for its owner only', () => {
  const { output, status } = setUp();
  expect(status, output).toBe(0);
  const settings = parse(readFileSync(join(directory, '.env')));
  expect(statSync(join(directory, '.env')).mode & 0o777).toBe(0o600);
  expect(settings).toMatchObject({
    HOMESERVER_URL: synapse.url,
    ACCESS_TOKEN: expect.stringMatching(/^syt_/u),
  });
  expect(output.split(settings['RECOVERY_KEY'] ?? '?').length).toBe(2);
  expect(output).not.toContain(settings['ACCESS_TOKEN']);
  expect(output).not.toContain(account.password);
});

test('the doctor then finds device, identity, vault, backup and one-time keys in order', () => {
  const settings = parse(readFileSync(join(directory, '.env')));
  const { output } = run('doctor.ts', [], settings);
  for (const line of [
    'signé par le compte',
    'Identité : publiée',
    'Coffre : ouvert',
    'Sauvegarde des clés : version',
    'Magasin de clés : présent',
  ]) {
    expect(output).toContain(line);
  }
  expect(output).toMatch(/✓ Clés à usage unique : \d+ sur le serveur/u);
});

test('a second time overwrites nothing and keeps the identity: a new device signed with the same recovery key', () => {
  const before = readFileSync(join(directory, '.env'), 'utf8');
  const { output, status } = setUp('--oui');
  expect(status, output).toBe(0);
  expect(readFileSync(join(directory, '.env'), 'utf8')).toBe(before);
  const [old, renewed] = [parse(before), parse(readFileSync(join(directory, '.env.nouveau')))];
  expect(renewed['RECOVERY_KEY']).toBe(old['RECOVERY_KEY']);
  expect(renewed['ACCESS_TOKEN']).not.toBe(old['ACCESS_TOKEN']);
  expect(output).not.toContain(old['RECOVERY_KEY']);
  expect(setUp('--oui')).toMatchObject({
    status: 1,
    output: expect.stringContaining('rien n’est jamais écrasé'),
  });
});

test('settings with secrets in files, or a password, are taken over in a form that the bot accepts', () => {
  const before = readFileSync(join(directory, '.env'), 'utf8');
  const { HOMESERVER_URL, RECOVERY_KEY, STORE_KEY } = parse(before);
  const secrets = { recuperation: RECOVERY_KEY, coffre: STORE_KEY, jeton: 'ancien' };
  for (const [name, value] of Object.entries(secrets)) writeFileSync(join(directory, name), value ?? '');
  writeFileSync(
    join(directory, '.env'),
    `HOMESERVER_URL=${HOMESERVER_URL}\nACCESS_TOKEN_FILE=jeton\nBOT_USER=x\nBOT_PASSWORD_FILE=mot-de-passe\nRECOVERY_KEY_FILE=recuperation\nSTORE_KEY_FILE=coffre\nIDLE_MINUTES=7\n`,
  );
  const { output, status } = setUp('--oui', '--recuperation', 'recuperation', '--sortie', '.env.fichiers');
  writeFileSync(join(directory, '.env'), before);
  expect(status, output).toBe(0);
  const config = readConfig(parse(readFileSync(join(directory, '.env.fichiers'))));
  expect(config).toMatchObject({ idleMinutes: 7, matrix: { credentials: { type: 'token' } } });
});

test('says in French what is wrong, and leaves no half-made file', () => {
  writeFileSync(join(directory, 'faux'), 'pas le bon');
  const wrong = run('setup.ts', [
    '--serveur',
    synapse.url,
    '--compte',
    account.name,
    '--mot-de-passe',
    join(directory, 'faux'),
    '--sortie',
    join(directory, 'essai'),
  ]);
  expect(wrong).toMatchObject({
    status: 1,
    output: expect.stringContaining('Le serveur refuse ce compte ou ce mot de passe'),
  });
  expect(existsSync(join(directory, 'essai'))).toBe(false);
});
