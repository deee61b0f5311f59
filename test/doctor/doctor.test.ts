import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { checkEncryption } from '../../src/doctor/check-encryption.ts';
import { checkHomeserver } from '../../src/doctor/check-homeserver.ts';
import {
  checkContent,
  checkDatabase,
  checkDataFolder,
  checkNode,
  checkSupportFile,
} from '../../src/doctor/check-machine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { openStore } from '../../src/store/open-store.ts';
import { copyContent } from '../knowledge/copy-content.ts';
import { runCommand } from '../knowledge/run-command.ts';

const user = '@assistant-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';

/** A homeserver that is well, unless told otherwise: path → body, or a status. */
async function startHomeserver(changes: Readonly<Record<string, object | number>> = {}): Promise<string> {
  const answers: Record<string, object | number> = {
    '/_matrix/client/versions': { versions: ['v1.11'] },
    '/_matrix/client/v3/account/whoami': { user_id: user, device_id: 'ASSISTANT' },
    '/_matrix/client/v3/keys/query': {
      device_keys: {
        [user]: { ASSISTANT: { signatures: { [user]: { 'ed25519:ASSISTANT': 'x', 'ed25519:SELF': 'y' } } } },
      },
      self_signing_keys: { [user]: { keys: { 'ed25519:SELF': 'SELF' } } },
    },
    '/_matrix/client/v3/joined_rooms': { joined_rooms: ['!support:ici'] },
    ...changes,
  };
  const answer: RequestListener = (request, response) => {
    const path = request.url ?? '';
    const found = path.includes('/account_data/') ? { key: 'cle' } : answers[path];
    const given = typeof found === 'object' && 'errcode' in found ? 401 : 200;
    response.writeHead(typeof found === 'number' ? found : found ? given : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(typeof found === 'object' ? found : { errcode: 'M_UNKNOWN_TOKEN' }));
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const withToken = { ACCESS_TOKEN: 'jeton' };

async function examine(
  url: string,
  clock = Date.now,
  login: Readonly<Record<string, string>> = withToken,
  more: Readonly<Record<string, string>> = {},
): Promise<Finding[]> {
  const { matrix } = readConfig({
    HOMESERVER_URL: url,
    ...login,
    RECOVERY_KEY: 'cle',
    STORE_KEY: 'cle',
    SUPPORT_ROOM: '!support:ici',
    ...more,
  });
  if (!matrix) throw new Error('no homeserver');
  const findings: Finding[] = [];
  for await (const finding of checkHomeserver({ config: matrix, token: 'jeton', clock }))
    findings.push(finding);
  return findings;
}

const wrongOnes = (findings: readonly Finding[]) =>
  findings.filter(({ state }) => state !== 'good').map(({ subject, state }) => `${subject} ${state}`);

describe('npm run doctor on the homeserver', () => {
  test('all is well', async () => {
    const findings = await examine(await startHomeserver());
    expect(wrongOnes(findings)).toEqual([]);
    expect(findings.map(({ subject }) => subject)).toEqual([
      'Serveur',
      'Horloge',
      'Jeton',
      'Appareil',
      'Récupération',
      'Salon de support',
    ]);
  });

  test('a homeserver that does not answer', async () => {
    const [finding, ...others] = await examine('http://127.0.0.1:9');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      subject: 'Serveur',
      state: 'bad',
      remedy: expect.stringContaining('HOMESERVER_URL'),
    });
  });

  test('a clock that is five minutes late', async () => {
    const findings = await examine(await startHomeserver(), () => Date.now() - 300_000);
    expect(wrongOnes(findings)).toEqual(['Horloge bad']);
  });

  test('a token that is refused', async () => {
    const findings = await examine(await startHomeserver({ '/_matrix/client/v3/account/whoami': 401 }));
    expect(wrongOnes(findings)).toEqual(['Jeton bad']);
    expect(findings.at(-1)?.remedy).toContain('npm run setup');
  });

  test('a device that its account has not signed', async () => {
    const unsigned = {
      device_keys: { [user]: { ASSISTANT: { signatures: { [user]: { 'ed25519:ASSISTANT': 'x' } } } } },
      self_signing_keys: { [user]: { keys: { 'ed25519:SELF': 'SELF' } } },
    };
    const findings = await examine(await startHomeserver({ '/_matrix/client/v3/keys/query': unsigned }));
    expect(wrongOnes(findings)).toEqual(['Appareil bad']);
  });

  test('a support salon that the bot is not in', async () => {
    const findings = await examine(
      await startHomeserver({ '/_matrix/client/v3/joined_rooms': { joined_rooms: [] } }),
    );
    expect(wrongOnes(findings)).toEqual(['Salon de support bad']);
  });

  test('another support salon that the bot is not in, by its name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'salons-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'conseillers.yaml');
    writeFileSync(file, 'salons: [{ nom: reseau, salon: "!reseau:ici", themes: [noemi] }]\n');
    const findings = await examine(await startHomeserver(), Date.now, withToken, { SUPPORT_FILE: file });
    expect(wrongOnes(findings)).toEqual(['Salon de support « reseau » bad']);
  });
});

describe('npm run doctor on the machine', { timeout: 60_000 }, () => {
  test('an old Node', () => {
    expect(checkNode('20.11.0').state).toBe('bad');
  });

  test('fiches that are wrong, or due for review', async () => {
    using copy = copyContent();
    expect((await checkContent(copy.root, '2026-12-01')).state).toBe('good');
    expect((await checkContent(copy.root, '2028-01-01')).message).toContain('32 à relire');
    copy.edit('knowledge/noemi-veille.yaml', 'contacts:', 'contatcs:');
    expect(await checkContent(copy.root, '2026-12-01')).toMatchObject({
      state: 'bad',
      remedy: expect.stringContaining('npm run check'),
    });
  });

  test('data that others may read, and a database that is damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'donnees-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    openStore(join(folder, 'local.db')).close();
    expect((await checkDataFolder(folder)).state).toBe('good');
    expect(checkDatabase({ dataDir: folder, matrix: null }).state).toBe('good');
    chmodSync(folder, 0o755);
    expect((await checkDataFolder(folder)).remedy).toContain('chmod 700');
    writeFileSync(join(folder, 'local.db'), 'ceci n’est pas une base'.repeat(100));
    expect(checkDatabase({ dataDir: folder, matrix: null })).toMatchObject({ state: 'bad' });
  });

  test('opening hours that are wrong, and those that the operator’s guide shows', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'horaires-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'conseillers.yaml');
    expect((await checkSupportFile(file)).state).toBe('good');
    const guide = readFileSync(join(projectRoot, 'docs/guide-operateur.md'), 'utf8');
    const shown = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
    expect(shown.map((text) => text.split(':')[0])).toEqual(['bilan', 'reponses', 'salons', 'horaires']);
    writeFileSync(file, shown.join(''));
    expect(await checkSupportFile(file, projectRoot)).toMatchObject({ state: 'good', message: file });
    writeFileSync(file, 'reponses: { faux: "Appelez {inconnu}." }\n');
    expect(await checkSupportFile(file, projectRoot)).toMatchObject({
      state: 'doubtful',
      message: expect.stringContaining('{inconnu}'),
    });
    writeFileSync(file, 'horaires:\n  lundy: ["8:00-12:00"]\n');
    expect(await checkSupportFile(file)).toMatchObject({
      state: 'bad',
      message: expect.stringContaining('lundi'),
    });
  });

  test('one line each, without colours when it is not a terminal, and an exit code', () => {
    const folder = mkdtempSync(join(tmpdir(), 'donnees-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const healthy = runCommand('doctor', [], { DATA_DIR: folder, HOMESERVER_URL: '', ACCESS_TOKEN: '' });
    expect(healthy.stdout).toContain('✓ Fiches : 32 fiches');
    expect(healthy.stdout).not.toContain('\u001b');
    expect(healthy.status).toBe(0);
    const wrong = runCommand('doctor', [], { DATA_DIR: folder, HOMESERVER_URL: 'tchap', ACCESS_TOKEN: '' });
    expect(wrong.stdout).toContain('✗ Réglages : HOMESERVER_URL n’est pas une adresse');
    expect(wrong.status).toBe(1);
  });
});

test.each([
  [1, '1 clé'],
  [2, '2 clés'],
])('a backup that holds %i is counted in words that agree', async (count, words) => {
  const url = await startHomeserver({ '/_matrix/client/v3/room_keys/version': { version: '3', count } });
  const config = readConfig({ HOMESERVER_URL: url, ACCESS_TOKEN: 'jeton', DATA_DIR: '/nulle/part' });
  const findings: Finding[] = [];
  for await (const finding of checkEncryption(config, 'jeton')) findings.push(finding);
  expect(findings.find(({ subject }) => subject === 'Sauvegarde des clés')?.message).toBe(
    `version 3, ${words}`,
  );
});

test('a session that has ended by its age is no fault where the bot renews it, and is one where it cannot', async () => {
  const url = await startHomeserver({
    '/_matrix/client/v3/account/whoami': { errcode: 'M_UNKNOWN_TOKEN', error: '', soft_logout: true },
  });
  const states = async (login: Readonly<Record<string, string>>) =>
    (await examine(url, Date.now, login))
      .filter(({ subject }) => subject === 'Jeton')
      .map(({ state }) => state);
  expect(await states({ BOT_USER: 'assistant', BOT_PASSWORD: 'mot de passe' })).toEqual(['doubtful']);
  expect(await states(withToken)).toEqual(['bad']);
});
