import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMatrixClient, type MatrixClient } from '../e2e/homeserver/matrix-client.ts';
import { startBot } from '../e2e/homeserver/start-bot.ts';
import { startSynapse } from '../e2e/homeserver/start-synapse.ts';
import { plainTypography } from '../text/plain-typography.ts';

/**
 * The scene of the pictures in docs/guide-operateur.md: a demande in a salon, as operators see it. Gives Nheko a session
 * (FOLDER/nheko/nheko.conf) and stays until it is stopped:
 *
 *     bin/assistant test/docs/stage-desk.ts FOLDER
 *     Xvfb :7 -screen 0 1280x900x24 &  XDG_CONFIG_HOME=FOLDER DISPLAY=:7 nheko
 */
const folder = process.argv[2] ?? 'donnees/scene';
mkdirSync(join(folder, 'nheko'), { recursive: true });
const synapse = await startSynapse();
const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
const alice = await synapse.createUser('alice.martin', { displayName: 'Alice Martin [DNUM]' });
const agent = await synapse.createUser('camille.durand', { displayName: 'Camille Durand [Intérieur]' });
const other = await synapse.createUser('paul.petit', { displayName: 'Paul Petit [Intérieur]' });
const operator = createMatrixClient(synapse.url, alice);
const salon = await operator.createRoom({ name: 'Support télétravail', invite: [account.userId] });
const supportFile = join(folder, 'conseillers.yaml');
writeFileSync(
  supportFile,
  'reponses:\n  vpn: "Bonjour {agent}, redémarrez {machine}, puis dites-moi la couleur de l’icône du VPN."\n',
);
const bot = await startBot(synapse, {
  account,
  settings: { SUPPORT_ROOM: salon, SUPPORT_FILE: supportFile, KEY_SHARING: 'all' },
});
await operator.waitForMember(salon, account.userId);

const says = (words: RegExp) => (event: { sender: string; content: Record<string, unknown> }) =>
  event.sender === account.userId && words.test(plainTypography(String(event.content['body'] ?? '')));

async function ask(person: MatrixClient, lines: readonly (readonly [string, RegExp])[]): Promise<string> {
  const dm = await person.createDirectRoom(account.userId);
  await person.waitForMember(dm, account.userId);
  for (const [text, answer] of lines) {
    await person.send(dm, text);
    await person.waitFor(dm, says(answer));
  }
  return dm;
}

const camille = createMatrixClient(synapse.url, agent);
const dm = await ask(camille, [
  ['bonjour, mon vpn ne marche plus sur mon noemi depuis ce matin', /ResetVPN/],
  ['pas à pas', /Étape 1/],
  ['suivant', /Étape 2/],
  ['je veux parler à quelqu’un', /d'accord/],
  ['oui', /n° 1/],
]);
const root = await operator.waitFor(salon, says(/^Demande n° 1/));
const inThread = {
  'm.relates_to': {
    rel_type: 'm.thread',
    event_id: root.event_id,
    is_falling_back: true,
    'm.in_reply_to': { event_id: root.event_id },
  },
};
const write = (body: string) => operator.send(salon, { msgtype: 'm.text', body, ...inThread });
await operator.react(salon, root.event_id, '✋');
await camille.waitFor(dm, says(/a pris/));
await write('Bonjour, je regarde avec vous. Quelle est la couleur de l’icône ?');
await camille.waitFor(dm, says(/Quelle est la couleur/));
await camille.send(dm, 'elle est bleue, et comment chiffrer une clé usb ?');
await operator.waitFor(salon, says(/Proposition/));
await write('!r vpn');
await operator.waitFor(salon, says(/Envoyé à l'agent/));
await ask(createMatrixClient(synapse.url, other), [
  ['je veux parler à quelqu’un', /d'accord/],
  ['oui', /n° 2/],
]);
await operator.waitFor(salon, says(/^Demande n° 2/));
await operator.send(salon, '!demandes');
await operator.waitFor(salon, says(/demandes ouvertes/));

writeFileSync(
  join(folder, 'nheko', 'nheko.conf'),
  `[General]
run_without_secure_secrets_service=true

[auth]
access_token=${alice.accessToken}
device_id=${alice.deviceId}
home_server=${synapse.url}
user_id=${alice.userId}

[user]
theme=light
group_view=false
share_keys_with_trusted_users=false
timeline\\message_hover_highlight=false
`,
);
console.log(JSON.stringify({ url: synapse.url, alice: alice.userId, password: alice.password, salon, dm }));
await new Promise<void>((resolve) => {
  process.once('SIGINT', resolve);
  process.once('SIGTERM', resolve);
});
await bot.remove();
await synapse.remove();
