import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { config as loadDotenv } from 'dotenv';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { checkEncryption } from '../doctor/check-encryption.ts';
import { checkHomeserver } from '../doctor/check-homeserver.ts';
import {
  checkContent,
  checkDatabase,
  checkDataFolder,
  checkNode,
  checkSupportFile,
} from '../doctor/check-machine.ts';
import { checkStandby } from '../doctor/check-standby.ts';
import { bad, doubtful, type Finding, good } from '../doctor/finding.ts';
import { openStore } from '../store/open-store.ts';
import { readOptions } from './read-options.ts';

readOptions(
  `Vérifie l’installation : réglages, fiches, données, serveur, jeton, appareil, horloge. Une ligne chacun, avec le remède.

  npm run doctor

Ne change rien, ni ici ni sur le serveur ; l’assistant peut être en marche.

Code de sortie : 0 tout va bien ou seulement des doutes, 1 quelque chose empêche l’assistant de bien marcher.`,
  {},
);
loadDotenv({ quiet: true });

const colours = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
const marks = { good: ['✓', 32], doubtful: ['?', 33], bad: ['✗', 31] } as const;
let wrong = 0;

for await (const finding of examine()) {
  if (finding.state === 'bad') wrong += 1;
  const [mark, colour] = marks[finding.state];
  const shown = colours ? `\u001b[${colour}m${mark}\u001b[0m` : mark;
  console.log(`${shown} ${finding.subject} : ${finding.message}`);
  if (finding.remedy !== null) console.log(`    → ${finding.remedy}`);
  if (process.stderr.isTTY) process.stderr.write('…\r');
}
console.log(
  wrong === 0
    ? '\nRien n’empêche l’assistant de marcher.'
    : `\n${wrong} point${wrong > 1 ? 's' : ''} à corriger.`,
);
process.exit(wrong === 0 ? 0 : 1);

async function* examine(): AsyncGenerator<Finding> {
  yield checkNode();
  let config: Config;
  try {
    config = readConfig(process.env);
    yield good('Réglages', existsSync('.env') ? 'lus (.env et environnement)' : 'lus (environnement)');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems)
      yield bad('Réglages', problem, 'Chaque réglage est décrit dans .env.example.');
    return;
  }
  yield await checkContent(config.contentDir, new Date().toISOString().slice(0, 10));
  yield await checkDataFolder(config.dataDir);
  yield checkDatabase(config);
  if (config.matrix === null) {
    yield doubtful(
      'Serveur',
      'aucun (HOMESERVER_URL) : l’assistant marche dans le terminal et dans la page',
      'Pour le relier à Tchap : npm run setup.',
    );
    return;
  }
  yield await checkSupportFile(config.matrix.supportFile, config.contentDir);
  const token = readToken(config);
  yield* checkHomeserver({ config: config.matrix, token });
  yield* checkEncryption(config, token);
  yield* checkStandby(config);
}

/** The bot's token: the configured one, or the one that the bot keeps after its first login with a password. */
function readToken({ matrix, dataDir }: Config): string | null {
  if (matrix?.credentials.type === 'token') return matrix.credentials.accessToken;
  const path = join(dataDir, 'assistant.db');
  if (!existsSync(path)) return null;
  const store = openStore(path, { readOnly: true });
  const token = store.settings.read('access-token');
  store.close();
  return token;
}
