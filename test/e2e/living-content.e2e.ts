import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Figures, PageAnswer } from '../../src/page/page-view.ts';
import { type ContentCopy, copyContent } from '../knowledge/copy-content.ts';
import { runCommand } from '../knowledge/run-command.ts';
import { findFreePort } from './homeserver/find-free-port.ts';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let copy: ContentCopy & Disposable;
let bot: BotProcess;
let admin: MatrixClient;
let room: string;
let salon: string;
let page: string;

beforeAll(async () => {
  synapse = await startSynapse();
  copy = copyContent();
  admin = createMatrixClient(synapse.url, await synapse.createUser('chef.equipe-interieur.gouv.fr'));
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail [Intérieur]' });
  salon = await admin.createRoom({ name: 'Administration', invite: [account.userId] });
  const port = await findFreePort();
  page = `http://127.0.0.1:${port}`;
  bot = await startBot(synapse, {
    account,
    settings: {
      CONTENT_DIR: copy.root,
      ADMIN_USERS: admin.account.userId,
      ADMIN_ROOM: salon,
      PAGE_PORT: String(port),
    },
  });
  await admin.waitForMember(salon, account.userId);
  room = await admin.createDirectRoom(account.userId);
  await admin.waitForMember(room, account.userId);
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
  copy?.[Symbol.dispose]();
});

/** Files are taken up once all that is learnt from them is learnt anew. */
const longestTraining = 90_000;

/** The bot's message of that room that says so. */
function said(where: string, words: RegExp): Promise<MatrixEvent> {
  return admin.waitFor(
    where,
    (event) => event.sender === bot.account.userId && words.test(String(event.content['body'])),
    longestTraining,
  );
}

test('an administrator asks which version answers', async () => {
  await admin.send(room, '!version');
  await said(room, /^(?:> .*\n\n)?Assistant \d+\.\d+\.\d+, contenu [0-9a-f]{12}\u00a0: 32 fiches/);
});

test('a file saved with a mistake is refused, and the administrators’ salon is told where it is', async () => {
  copy.edit('knowledge/noemi-veille.yaml', 'contacts:', 'contatcs:');
  const refusal = await said(salon, /^Fichiers refusés, un problème/);
  expect(refusal.content['body']).toContain('→ Vouliez-vous écrire « contacts » ?');
  expect(refusal.content['formatted_body']).toContain('<pre><code>');
});

test('corrected, it is taken up without a restart, and the next answer has it', async () => {
  copy.edit('knowledge/noemi-veille.yaml', 'contatcs:', 'contacts:');
  copy.edit('knowledge/noemi-veille.yaml', /^titre:.*$/m, 'titre: La veille du NOEMI');
  await admin.send(room, '!recharger');
  await said(salon, /^Fichiers repris : 32 fiches/);
  await said(room, /Fichiers repris : 32 fiches|que j'utilise déjà/);
  await admin.send(room, 'mon noemi se met en veille quand je retire la carte');
  await said(room, /La veille du NOEMI/);
});

test('the page beside the bot shows the bot’s figures, and its own conversations do not count', async () => {
  const read = async () => (await (await fetch(`${page}/api/figures?days=1`)).json()) as Figures;
  const before = (await read()).perDay.at(-1)?.questions ?? 0;
  expect(before).toBeGreaterThanOrEqual(1);
  const answer = await fetch(`${page}/api/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      conversation: 'essai-de-la-page',
      input: { type: 'text', text: 'mon vpn marche pas sur mon noemi' },
    }),
  });
  expect(((await answer.json()) as PageAnswer).why?.fiche?.id).toBe('noemi-vpn');
  expect((await read()).perDay.at(-1)?.questions).toBe(before);
});

test('doctor finds the token good, the device signed and the salon joined', () => {
  const { stdout, status } = runCommand('doctor', [], {
    HOMESERVER_URL: synapse.url,
    ACCESS_TOKEN: bot.account.accessToken,
    DATA_DIR: bot.dataFolder,
    CONTENT_DIR: copy.root,
    ADMIN_ROOM: salon,
    ADMIN_USERS: admin.account.userId,
    STORE_KEY: 'cle-de-test-cle-de-test-cle-de-test',
  });
  expect(stdout).toContain(`✓ Jeton : accepté, compte ${bot.account.userId}`);
  expect(stdout).toContain('✓ Horloge');
  expect(stdout).toMatch(/✓ Appareil : \S+, signé par le compte/);
  expect(stdout).toContain('✓ Salon des administrateurs : l’assistant y est');
  expect(status, stdout).toBe(0);
});
