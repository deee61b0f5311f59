import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTerminal, type Terminal } from '../terminal/open-terminal.ts';
import { findFreePort } from './homeserver/find-free-port.ts';
import { projectRoot } from './homeserver/python.ts';
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

const controlC = '\u0003';
const controlD = '\u0004';
const up = '\u001b[A';
const backspace = '\u007f';

let synapse: Synapse;
let account: Account;
let directory: string;
let terminal: Terminal;

beforeAll(async () => {
  synapse = await startSynapse();
  account = await synapse.createUser('assistant');
  directory = mkdtempSync(join(tmpdir(), 'setup-terminal-'));
});

afterEach(() => terminal.kill());

afterAll(async () => {
  await synapse?.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** `npm run setup`, with a person at the keyboard. */
function setUp(...more: string[]): Terminal {
  const script = join(projectRoot, 'src/cli/setup.ts');
  terminal = openTerminal([process.execPath, '--disable-warning=ExperimentalWarning', script, ...more], {
    cwd: directory,
  });
  return terminal;
}

test('every question is visible when it is asked, the password never is, and the account is set up', async () => {
  const { see, type, ended } = setUp();
  await see(/Adresse du serveur : $/);
  type(`${synapse.url}x${backspace}\r`);
  await see(`Adresse du serveur : ${synapse.url}\n`);
  await see(/Compte de l’assistant \(vide pour donner un jeton\) : $/);
  type(`${account.name}\r`);
  await see(/Mot de passe \(rien ne s’affiche\) : $/);
  type(`${account.password}x${backspace}\r`);
  expect(await ended, terminal.screen()).toBe(0);
  expect(terminal.screen()).toContain('Mot de passe (rien ne s’affiche) : \nConnecté : @assistant:');
  const settings = parse(readFileSync(join(directory, '.env')));
  expect(terminal.screen()).toContain(settings['RECOVERY_KEY']);
  for (const secret of [account.password, settings['ACCESS_TOKEN'] ?? '?', settings['STORE_KEY'] ?? '?']) {
    expect(terminal.written()).not.toContain(secret);
  }
});

test('the second time it shows what it knows, and the arrow up does not bring the password back', async () => {
  const { see, type, ended } = setUp();
  await see(`Adresse du serveur [${synapse.url}] : `);
  type('\r');
  await see(/Compte de l’assistant \(vide pour donner un jeton\) : $/);
  type(`${account.name}\r`);
  await see(/Mot de passe \(rien ne s’affiche\) : $/);
  type(`${account.password}\r`);
  // Longer than a line of the terminal: a key that has it drawn anew must not draw it twice.
  await see(/Le mettre de côté \? \[oui\] : $/);
  type(`${up}x${backspace}`);
  type('non\r');
  expect(await ended).toBe(1);
  expect(terminal.written()).not.toContain(account.password);
  expect(terminal.screen().match(/Un magasin de clés/g)).toHaveLength(1);
  expect(terminal.screen()).toContain('Le mettre de côté ? [oui] : non\n');
  expect(terminal.screen()).toContain('rien n’a été changé');
  expect(existsSync(join(directory, '.env.nouveau'))).toBe(false);
});

for (const [name, key, code] of [
  ['Ctrl-D', controlD, 1],
  ['Ctrl-C', controlC, 130],
] as const) {
  test(`${name} gives up, and says that no settings were written`, async () => {
    const { see, type, ended } = setUp('--sortie', 'abandon');
    await see(/Adresse du serveur \[.*\] : $/);
    type(key);
    expect(await ended, terminal.screen()).toBe(code);
    expect(terminal.screen()).toContain(
      'Abandon : aucun réglage n’a été écrit. Relancez npm run setup quand vous voulez.',
    );
    expect(terminal.screen()).not.toMatch(/Warning|Error|at /);
    expect(existsSync(join(directory, 'abandon'))).toBe(false);
  });
}

/** Answers the questions as far as the address goes, and returns what is then said. */
async function giveAddress(address: string): Promise<string> {
  const { see, type, ended } = setUp('--compte', account.name, '--sortie', 'jamais');
  await see(/Adresse du serveur \[.*\] : $/);
  type(`${address}\r`);
  await Promise.race([see(/Mot de passe .*: $/).then(() => type(`${account.password}\r`)), ended]);
  expect(await ended, terminal.screen()).toBe(1);
  expect(terminal.screen()).not.toMatch(/fetch failed|Invalid URL|JSON|ENOENT/);
  return terminal.screen().split('\n\n').slice(1).join('\n').replaceAll('\n', '');
}

test('an address that is none is said at once, with an example, and no password is asked for', async () => {
  expect(await giveAddress('tchap')).toContain(
    '« tchap » n’est pas une adresse de serveur. Donnez-la en entier, par exemple https://matrix.agent.interieur.tchap.gouv.fr',
  );
  expect(terminal.screen()).not.toContain('Mot de passe');
});

test('a password never travels in clear to another machine', async () => {
  expect(await giveAddress('http://matrix.exemple.test')).toContain('doit commencer par https://');
  expect(terminal.screen()).not.toContain('Mot de passe');
});

test('a server that does not answer is named, with what to check', async () => {
  const address = `http://127.0.0.1:${await findFreePort()}`;
  const said = await giveAddress(address);
  expect(said).toContain(`Pas de réponse de ${address} (connexion refusée).`);
  expect(said).toContain('Vérifiez l’adresse, le réseau et le proxy, puis relancez.');
});

test('something that is not a Matrix server is called so', async () => {
  const web = createServer((_request, answer) => answer.end('<html>Bienvenue</html>'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  try {
    const said = await giveAddress(`http://127.0.0.1:${(web.address() as AddressInfo).port}`);
    expect(said).toContain('ne répond pas comme un serveur Matrix');
  } finally {
    web.close();
  }
});

test('a file of secrets that is not there is named', async () => {
  const { ended } = setUp('--serveur', synapse.url, '--jeton', 'nulle-part', '--sortie', 'jamais');
  expect(await ended).toBe(1);
  expect(terminal.screen()).toContain('Impossible de lire « nulle-part ».');
});

test('a data folder that cannot be made is named, with the remedy, and no settings are left', async () => {
  writeFileSync(join(directory, 'fichier'), '');
  writeFileSync(join(directory, 'mot-de-passe'), account.password);
  const given = ['--serveur', synapse.url, '--compte', account.name, '--mot-de-passe', 'mot-de-passe'];
  const { ended } = setUp(...given, '--donnees', 'fichier/donnees', '--sortie', 'jamais');
  expect(await ended).toBe(1);
  const said = terminal.screen().replaceAll('\n', '');
  expect(said).toContain(`Impossible d’écrire dans le dossier des données ${directory}/fichier/donnees`);
  expect(existsSync(join(directory, 'jamais'))).toBe(false);
});
