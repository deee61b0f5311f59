import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createMatrixClient } from './matrix-client.ts';
import { projectRoot } from './python.ts';
import { startBot } from './start-bot.ts';
import { startSynapse } from './start-synapse.ts';

if (process.argv.includes('--help')) {
  console.log(`npm run demo : un vrai serveur Matrix sur cette machine, avec l’assistant, un agent, un conseiller et un
salon de support. Donne l’adresse et les mots de passe pour y entrer avec n’importe quel client Matrix (Element…).
Ctrl-C arrête et efface tout. Il faut d’abord : npm run homeserver:install`);
  process.exit(0);
}

console.log('Démarrage du serveur…');
const folder = join(projectRoot, 'donnees', 'demo');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true, mode: 0o700 });
const synapse = await startSynapse({ folder });
try {
  const agent = await synapse.createUser('agent', { displayName: 'Marie Martin [Intérieur]' });
  const operator = await synapse.createUser('conseiller', { displayName: 'Paul Petit [Support]' });
  const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail [Intérieur]' });
  const salon = await createMatrixClient(synapse.url, operator).createRoom({
    name: 'Support télétravail',
    invite: [account.userId],
  });
  console.log('Démarrage de l’assistant…');
  const bot = await startBot(synapse, { account, settings: { SUPPORT_ROOM: salon, KEY_SHARING: 'all' } });
  await createMatrixClient(synapse.url, operator).waitForMember(salon, account.userId);

  console.log(`
Serveur       ${synapse.url}
Agent         ${agent.userId}   mot de passe ${agent.password}
Conseiller    ${operator.userId}   mot de passe ${operator.password}
Assistant     ${account.userId}   (écrivez-lui un message direct)
Support       ${salon}, où le conseiller est déjà
Chiffrement   l’assistant donne ses clés à tous les appareils (KEY_SHARING=all) : pas besoin de vérifier le vôtre

Entrez avec un client Matrix (par exemple Element : « Modifier » le serveur d’accueil, puis l’adresse ci-dessus).
Ctrl-C pour arrêter et tout effacer.`);
  await new Promise<void>((resolve, reject) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    bot
      .waitForExit()
      .then(
        (code) =>
          reject(new Error(`L’assistant s’est arrêté (code ${code}) :\n${bot.output().slice(-2000)}`)),
        reject,
      );
  }).finally(() => bot.remove());
} finally {
  await synapse.remove();
  rmSync(folder, { recursive: true, force: true });
  console.log('\nArrêté, effacé.');
}
