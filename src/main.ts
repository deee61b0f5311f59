import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { config as loadDotenv } from 'dotenv';
import packageFile from '../package.json' with { type: 'json' };
import type { Desk } from './bot/desk.ts';
import type { Brain } from './brain/brain.ts';
import { createLiveBrain, describeReload } from './brain/live-brain.ts';
import { loadBrain } from './brain/load-brain.ts';
import { warmUp } from './brain/warm-up.ts';
import { createAdministration } from './chat-commands/create-administration.ts';
import { type Config, ConfigError, type MatrixConfig, readConfig } from './config.ts';
import { renderReply } from './conversation/rendering/render-reply.ts';
import { EncryptionError } from './encryption/encryption-error.ts';
import { ContentError } from './knowledge/load-content.ts';
import { startLocal } from './local/start-local.ts';
import { createBotEncryption } from './matrix/create-bot-encryption.ts';
import { SessionError } from './matrix/homeserver/failure.ts';
import { startMatrixBot } from './matrix/start-matrix-bot.ts';
import { growHeapSparingly } from './operations/grow-heap-sparingly.ts';
import { createLog, describeError, type Log } from './operations/log.ts';
import { createMetrics } from './operations/metrics.ts';
import { startHealthServer } from './operations/start-health-server.ts';
import { startConnectedPage } from './page/start-connected-page.ts';
import { DataFolderInUse, lockDataFolder } from './store/lock-data-folder.ts';
import { openStore, type Store } from './store/open-store.ts';
import { DataFolderError, prepareDataFolder } from './store/prepare-data-folder.ts';
import { createDesk } from './tickets/create-desk.ts';
import { loadSupportSettings, SupportSettingsError } from './tickets/load-support-settings.ts';

/**
 * One code a cause, so that a supervisor can tell what restarting does not mend (deploy/assistant-teletravail.service).
 * EncryptionError brings its own: 5, or 6, for which starting again is the remedy.
 */
const exitCodes = { failure: 1, settings: 2, token: 3, content: 4 } as const;

/** Milliseconds from SIGTERM to the end; supervisors kill after 10 s. */
const longestStop = 9_500;
/** Milliseconds from a failure that has been explained to the end. */
const longestFarewell = 1_000;

loadDotenv({ quiet: true });

try {
  const config = readConfig(process.env);
  if (config.matrix === null) await startLocal(config);
  else await serveMatrix(config, config.matrix);
} catch (error) {
  process.exitCode = explain(error);
  // What hangs in the crypto library keeps its timers, and the process with them.
  setTimeout(() => process.exit(), longestFarewell).unref();
}

/** Connects to the homeserver, and works until SIGTERM or SIGINT. */
async function serveMatrix(config: Config, matrix: MatrixConfig): Promise<void> {
  prepareDataFolder(config.dataDir);
  const lock = lockDataFolder(config.dataDir);
  const store = openStore(join(config.dataDir, 'assistant.db'));
  const log = createLog({ level: config.logLevel, secret: readLogSecret(store), hidden: secretsOf(matrix) });
  const metrics = createMetrics();
  metrics.setGauge('assistant_resident_memory_bytes', () => process.memoryUsage.rss());
  const initial = await loadBrain(config.contentDir);
  growHeapSparingly();
  warmUp(initial);
  log.info('Contenu chargé', { fiches: initial.content.fiches.size, version: initial.content.version });
  const live = createLiveBrain({
    root: config.contentDir,
    initial,
    onReload: (reload) => {
      log[reload.type === 'wrong' ? 'warn' : 'info'](describeReload(reload));
      administration.tell(reload);
    },
  });
  const administration = createAdministration({
    live,
    isAdmin: (person) => matrix.adminUsers.includes(person),
    room: matrix.adminRoom ?? matrix.supportRoom,
    store,
    version: packageFile.version,
    verifiesDevices: matrix.encryption,
    onOutgoing: () => bot.wakeSender(),
    onRetry: () => bot.wakeIntake(),
    onFailure: (cause) => log.error('Une commande a échoué', { cause: describeError(cause) }),
  });
  const fatal = Promise.withResolvers<never>();
  fatal.promise.catch(() => undefined);
  const encryption = matrix.encryption
    ? createBotEncryption({
        config: matrix,
        dataDir: config.dataDir,
        store,
        log,
        content: () => live.brain().content,
        onFatal: fatal.reject,
        onOutgoing: () => bot.wakeSender(),
      })
    : {};
  const desk = await openDesk(matrix, store, live.brain);
  const bot = startMatrixBot({
    ...config,
    config: matrix,
    store,
    brain: live.brain,
    administration,
    log,
    metrics,
    ...encryption,
    desk: desk ?? undefined,
  });
  const health =
    config.healthPort === 0
      ? null
      : await startHealthServer({
          host: config.healthHost,
          port: config.healthPort,
          metrics,
          readProblems: bot.readProblems,
        });
  const page = await startConnectedPage(config, store, live.brain, log, desk !== null);
  try {
    await Promise.race([bot.done, fatal.promise, untilAskedToStop(log)]);
  } finally {
    live.close();
    await page?.close();
    await bot.stop();
    await health?.close();
    store.close();
    lock.release();
  }
}

/** null without a support salon: the conversation then gives the guide's numbers. */
async function openDesk(config: MatrixConfig, store: Store, brain: () => Brain): Promise<Desk | null> {
  if (config.supportRoom === null) return null;
  const settings = await loadSupportSettings(config.supportFile);
  return createDesk({
    ...settings,
    store,
    content: () => brain().content,
    render: renderReply,
    supportRoom: config.supportRoom,
  });
}

function untilAskedToStop(log: Log): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        log.info('Arrêt demandé', { signal });
        // A call that never ends must not keep the process alive: what is unfinished is in the store.
        setTimeout(() => process.exit(), longestStop).unref();
        resolve();
      });
    }
  });
}

/** The secret is kept in the store, so that the hashes of ids stay comparable from one start to the next. */
function readLogSecret(store: Store): string {
  const kept = store.settings.read('log-secret');
  if (kept !== null) return kept;
  const secret = randomBytes(32).toString('base64url');
  store.settings.write('log-secret', secret);
  return secret;
}

function secretsOf({ credentials, recoveryKey, storeKey }: MatrixConfig): string[] {
  const login = credentials.type === 'token' ? credentials.accessToken : credentials.password;
  return [login, recoveryKey, storeKey].filter((secret) => secret !== null);
}

/** Writes one clear message to stderr and returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof ConfigError) {
    console.error(`${error.message}\n\nChaque réglage est décrit dans .env.example.`);
    return exitCodes.settings;
  }
  if (
    error instanceof SupportSettingsError ||
    error instanceof DataFolderError ||
    error instanceof DataFolderInUse
  ) {
    console.error(error.message);
    return exitCodes.settings;
  }
  if (error instanceof ContentError) {
    console.error(error.message);
    return exitCodes.content;
  }
  if (error instanceof SessionError) {
    console.error(remedy(error));
    return error.code === 'other-account' ? exitCodes.failure : exitCodes.token;
  }
  if (error instanceof EncryptionError) {
    console.error(error.message);
    return error.exitCode;
  }
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof Error && error.cause instanceof Error) console.error(`Cause : ${error.cause.message}`);
  return exitCodes.failure;
}

/** With a password, a closed session is opened again by itself (start-matrix-bot.ts): the rest takes a person. */
function remedy({ code, message }: SessionError): string {
  switch (code) {
    case 'password-refused':
      return 'Le serveur Matrix refuse le compte ou le mot de passe. Vérifiez BOT_USER et BOT_PASSWORD (ou BOT_PASSWORD_FILE), et que le compte n’est pas désactivé, puis relancez.';
    case 'login-refused':
      return `Le serveur Matrix ne prend pas la connexion par mot de passe (${message}). Un serveur passé à OAuth peut l’avoir fermée : demandez à ses administrateurs un jeton d’accès personnel pour le compte de l’assistant, donnez-le dans ACCESS_TOKEN (ou ACCESS_TOKEN_FILE) à la place de BOT_USER et BOT_PASSWORD, puis relancez.`;
    case 'not-a-homeserver':
      return `Le serveur ne connaît pas ce que connaît tout serveur Matrix (${message}). Vérifiez HOMESERVER_URL et le mandataire qui est devant lui, puis relancez.`;
    case 'token-refused':
      return 'Le serveur Matrix refuse le jeton d’accès : la session a été fermée, ou le jeton a expiré. Connectez-vous de nouveau (npm run setup) ou mettez à jour ACCESS_TOKEN, puis relancez.';
    case 'account-deactivated':
      return 'Le compte de l’assistant est désactivé sur le serveur Matrix. Demandez à ses administrateurs de le réactiver, ou refaites npm run setup avec un autre compte, puis relancez.';
    case 'account-expired':
      return 'Le compte de l’assistant a expiré : un compte Tchap se renouvelle chaque année. Suivez le lien du courriel de renouvellement dans sa boîte (ou demandez-le à l’assistance de Tchap), puis relancez. ACCOUNT_EXPIRY fait prévenir les administrateurs 30 jours avant.';
    case 'account-locked':
      return 'Le compte de l’assistant est verrouillé par les administrateurs du serveur Matrix. Demandez-leur pourquoi, et de le déverrouiller, puis relancez.';
    case 'other-account':
      return message;
  }
}
