import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { createEncryption } from '../encryption/create-encryption.ts';
import type { HomeserverCall } from '../encryption/encryption.ts';
import { EncryptionError } from '../encryption/encryption-error.ts';
import { decodeRecoveryKey, makeRecoveryKey } from '../encryption/recovery-key.ts';
import { isRecord } from '../encryption/refusal.ts';
import { keyStorePath } from '../matrix/create-bot-encryption.ts';
import { createHomeserver, toHomeserverCall } from '../matrix/homeserver/homeserver.ts';
import { writeTokens } from '../matrix/homeserver/tokens.ts';
import { openStore } from '../store/open-store.ts';
import { prepareDataFolder } from '../store/prepare-data-folder.ts';
import { findUrlProblem } from '../text/find-url-problem.ts';
import { createQuestions, GaveUp } from './ask-questions.ts';
import { explainSetupFailure } from './explain-setup-failure.ts';
import { readOptions, resolveTyped } from './read-options.ts';

const { values } = readOptions(
  `Relie l’assistant à un compte Tchap (Matrix) : connexion, appareil signé, clé de récupération, fichier .env.

  npm run setup

Ce qui n’est pas donné ici est demandé. Le mot de passe et le jeton ne se donnent que par un fichier ou au clavier.

  --serveur URL            adresse du serveur, par exemple https://matrix.agent.interieur.tchap.gouv.fr
  --compte NOM             compte de l’assistant (@… ou nom de connexion)
  --mot-de-passe FICHIER   fichier qui contient le mot de passe
  --jeton FICHIER          fichier qui contient un jeton d’accès, à la place du compte et du mot de passe
  --recuperation FICHIER   fichier qui contient la clé de récupération du compte, s’il en a une
  --donnees DOSSIER        dossier des données (./donnees)
  --sortie FICHIER         fichier à écrire (.env ; .env.nouveau si .env existe : rien n’est jamais écrasé)
  --oui                    met de côté un ancien magasin de clés sans demander

La clé de récupération, si elle est créée ici, n’est montrée qu’une fois : rangez-la en lieu sûr.`,
  {
    serveur: { type: 'string' },
    compte: { type: 'string' },
    'mot-de-passe': { type: 'string' },
    jeton: { type: 'string' },
    recuperation: { type: 'string' },
    donnees: { type: 'string' },
    sortie: { type: 'string' },
    oui: { type: 'boolean' },
  },
);

const questions = createQuestions();
const text = (name: keyof typeof values): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};
const typed = (name: 'donnees' | 'sortie'): string | undefined => {
  const path = text(name);
  return path === undefined ? undefined : resolveTyped(path);
};
/**
 * Earlier settings that are not copied into the new file: the bot refuses a setting beside the file that holds the same, and
 * a token beside a password.
 */
const replaced = /^(BOT_USER|BOT_PASSWORD(_FILE)?|ACCESS_TOKEN(_FILE)?|(STORE_KEY|RECOVERY_KEY)_FILE)$/u;
/** The homeserver's address once it is known, for the message of a later failure. */
let url = '';

try {
  await setUp();
} catch (error) {
  console.error(`\n${explainSetupFailure(error, url)}`);
  process.exitCode = error instanceof GaveUp ? error.exitCode : 1;
}

async function setUp(): Promise<void> {
  const output = chooseOutput();
  const earlier = existsSync('.env') ? parse(readFileSync('.env')) : {};
  url = checkUrl(text('serveur') ?? (await questions.ask('Adresse du serveur', earlier['HOMESERVER_URL'])));
  const chosenDataDir = typed('donnees') ?? earlier['DATA_DIR'];
  const dataDir = resolve(chosenDataDir ?? './donnees');
  // The folder is checked before the login: a login makes a device, which an unusable folder would leave without keys.
  prepareDataFolder(dataDir);
  refuseShared(dataDir);
  const { token, password } = await logIn();
  const call = toHomeserverCall(createHomeserver(url, token));
  const { userId, deviceId } = await whoAmI(call);
  console.log(`Connecté : ${userId}, appareil ${deviceId}`);
  const { recoveryKey, made } = await readRecoveryKey(call, userId, earlier['RECOVERY_KEY']);
  const storeKey = earlier['STORE_KEY'] ?? randomBytes(32).toString('base64url');
  await putAside(keyStorePath(dataDir));

  // The settings are written before anything is published: a crash must not lose the recovery key of a new identity.
  writeFileSync(output, compose({ url, token, password, storeKey, recoveryKey, chosenDataDir, earlier }), {
    mode: 0o600,
    flag: 'wx',
  });
  if (password !== null) keepSession(dataDir, token, deviceId);
  try {
    await publish({ call, userId, deviceId, dataDir, storeKey, recoveryKey });
  } catch (error) {
    // The file holds the only copy of a recovery key made here: it stays once an identity that it guards is published.
    if (!made || !(await hasIdentity(call, userId).catch(() => true))) rmSync(output);
    throw error;
  }
  console.log(
    `Appareil signé, coffre et sauvegarde des clés prêts. Réglages écrits dans ${output} (lisible par vous seul).`,
  );
  if (output !== '.env' && existsSync('.env'))
    console.log(`.env existait et n’a pas été touché : comparez, puis remplacez-le par ${output}.`);
  if (made) {
    console.log(`\nClé de récupération de ce compte, montrée cette seule fois :\n\n    ${recoveryKey}\n`);
    console.log(
      'Rangez-la en lieu sûr, hors de cette machine : elle seule permet de reprendre l’identité de l’assistant.',
    );
  }
  console.log('\nEnsuite : npm run doctor, puis npm start.');
}

/** The file that the settings are written to. An existing file is never overwritten. */
function chooseOutput(): string {
  const wanted = typed('sortie') ?? (existsSync('.env') ? '.env.nouveau' : '.env');
  if (existsSync(wanted))
    throw new Error(
      `${wanted} existe déjà, et rien n’est jamais écrasé : renommez-le ou supprimez-le, puis relancez.`,
    );
  return wanted;
}

function checkUrl(given: string): string {
  switch (findUrlProblem(given)) {
    case 'no-address':
      throw new Error(
        `« ${given} » n’est pas une adresse de serveur. Donnez-la en entier, par exemple https://matrix.agent.interieur.tchap.gouv.fr`,
      );
    case 'in-clear':
      throw new Error(
        `L’adresse doit commencer par https:// : sinon le mot de passe circulerait en clair jusqu’à ${given}.`,
      );
    case null:
      return given.replace(/\/+$/u, '');
  }
}

function readSecretFile(path: string): string {
  try {
    return readFileSync(resolveTyped(path), 'utf8').trim();
  } catch {
    throw new Error(`Impossible de lire « ${path} ». Vérifiez le chemin et les droits, puis relancez.`);
  }
}

/** The account and password are kept where the homeserver's tokens expire: a token written down would soon be refused. */
interface Login {
  readonly token: string;
  readonly password: { readonly user: string; readonly text: string } | null;
}

async function logIn(): Promise<Login> {
  const tokenFile = text('jeton');
  if (tokenFile !== undefined) return { token: readSecretFile(tokenFile), password: null };
  const passwordFile = text('mot-de-passe');
  const user =
    text('compte') ?? (await questions.ask('Compte de l’assistant (vide pour donner un jeton)', ''));
  if (user === '') return { token: await questions.askSecret('Jeton d’accès'), password: null };
  const password =
    passwordFile === undefined ? await questions.askSecret('Mot de passe') : readSecretFile(passwordFile);
  // No refresh token is asked for: with one, the token that is written down would be good for some minutes.
  const answer = await createHomeserver(url, '').call('POST', '/_matrix/client/v3/login', undefined, {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user },
    password,
    initial_device_display_name: 'Assistant télétravail',
  });
  if (!isRecord(answer) || typeof answer['access_token'] !== 'string')
    throw new Error('Le serveur n’a pas donné de jeton.');
  const expires = typeof answer['expires_in_ms'] === 'number';
  return { token: answer['access_token'], password: expires ? { user, text: password } : null };
}

/** A new device would be this machine's alone. */
function refuseShared(dataDir: string): void {
  const path = join(dataDir, 'assistant.db');
  if (!existsSync(path)) return;
  const store = openStore(path, { readOnly: true });
  const shared = store.isShared();
  store.close();
  if (shared)
    throw new Error(
      `Les données de ${dataDir} sont partagées avec d’autres machines (STANDBY_URL). Arrêtez-les toutes, démarrez celle-ci une fois sans STANDBY_URL, puis refaites npm run setup.`,
    );
}

/** The bot goes on with this device: its first login must not make another, which would have no keys. */
function keepSession(dataDir: string, token: string, deviceId: string): void {
  const store = openStore(join(dataDir, 'assistant.db'));
  store.transaction(() => {
    writeTokens(store, { accessToken: token, refreshToken: null });
    store.settings.write('device-id', deviceId);
  });
  store.close();
  console.log(
    'Les jetons de ce serveur expirent : le compte et le mot de passe sont gardés à la place, et l’assistant renouvelle sa session avec eux.',
  );
}

async function whoAmI(call: HomeserverCall): Promise<{ userId: string; deviceId: string }> {
  const answer = await call('GET', '/_matrix/client/v3/account/whoami');
  const { user_id: userId, device_id: deviceId } = isRecord(answer) ? answer : {};
  if (typeof userId !== 'string' || typeof deviceId !== 'string') {
    throw new Error(
      'Ce jeton n’est pas celui d’un appareil : il ne peut pas chiffrer. Donnez un compte et un mot de passe.',
    );
  }
  return { userId, deviceId };
}

async function hasIdentity(call: HomeserverCall, userId: string): Promise<boolean> {
  const answer = await call('POST', '/_matrix/client/v3/keys/query', undefined, {
    device_keys: { [userId]: [] },
  });
  const masters = isRecord(answer) ? answer['master_keys'] : undefined;
  return isRecord(masters) && userId in masters;
}

/** The recovery key: the one given, else made for an account without identity, else asked for. */
async function readRecoveryKey(
  call: HomeserverCall,
  userId: string,
  earlier: string | undefined,
): Promise<{ recoveryKey: string; made: boolean }> {
  const file = text('recuperation');
  const given = file === undefined ? earlier : readSecretFile(file);
  if (given === undefined && !(await hasIdentity(call, userId)))
    return { recoveryKey: makeRecoveryKey(), made: true };
  const recoveryKey =
    given ??
    (await questions.askSecret('Ce compte a déjà une identité de chiffrement. Sa clé de récupération'));
  if (decodeRecoveryKey(recoveryKey) === null) throw new EncryptionError('recovery-key');
  return { recoveryKey, made: false };
}

/** Renames the key store of an earlier device: a new device needs a new one, and keys are never deleted. */
async function putAside(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const agreed =
    values.oui === true ||
    (await questions.ask(
      `Un magasin de clés d’un ancien appareil existe (${path}). Le mettre de côté ?`,
      'oui',
    )) === 'oui';
  if (!agreed) throw new Error('Le magasin de clés existant est gardé : rien n’a été changé.');
  const aside = `${path}.ancien-${Date.now()}`;
  for (const suffix of ['-wal', '']) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
}

async function publish(given: {
  call: HomeserverCall;
  userId: string;
  deviceId: string;
  dataDir: string;
  storeKey: string;
  recoveryKey: string;
}): Promise<void> {
  const { dataDir, ...account } = given;
  const line = (message: string): void => console.log(`  ${message}`);
  const encryption = await createEncryption({
    ...account,
    rooms: { readRoom: () => Promise.reject(new Error('no room is read during the set-up')) },
    storePath: keyStorePath(dataDir),
    policy: 'signed',
    log: { info: line, warn: line, error: line },
    onFatal: () => undefined,
  });
  await encryption.close();
}

/**
 * The file of settings. Values are quoted, so that dotenv reads any of them back as it is. Earlier settings that are not
 * replaced are kept. DATA_DIR is written only when it was chosen: the container and the service have a path of their own.
 */
function compose(given: {
  url: string;
  token: string;
  password: Login['password'];
  storeKey: string;
  recoveryKey: string;
  chosenDataDir: string | undefined;
  earlier: Readonly<Record<string, string>>;
}): string {
  const kept = Object.fromEntries(Object.entries(given.earlier).filter(([name]) => !replaced.test(name)));
  const settings = {
    ...kept,
    HOMESERVER_URL: given.url,
    ...(given.password === null
      ? { ACCESS_TOKEN: given.token }
      : { BOT_USER: given.password.user, BOT_PASSWORD: given.password.text }),
    STORE_KEY: given.storeKey,
    RECOVERY_KEY: given.recoveryKey,
    ...(given.chosenDataDir === undefined ? {} : { DATA_DIR: resolve(given.chosenDataDir) }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}`);
  return `# Écrit par npm run setup. Ne le partagez pas : il contient les secrets de l’assistant. Réglages : .env.example\n${lines.join('\n')}\n`;
}

/** In quotes that it does not hold: dotenv knows no way to escape one. */
function quote(value: string): string {
  const mark = ["'", '`', '"'].find((candidate) => !value.includes(candidate)) ?? "'";
  return `${mark}${value}${mark}`;
}
