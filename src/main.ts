import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { config as loadDotenv } from 'dotenv';
import packageFile from '../package.json' with { type: 'json' };
import type { Desk } from './bot/desk.ts';
import type { Brain } from './brain/brain.ts';
import { createLiveBrain, describeReload, type LiveBrain, type Reload } from './brain/live-brain.ts';
import { loadBrain } from './brain/load-brain.ts';
import { warmUp } from './brain/warm-up.ts';
import { createAdministration } from './chat-commands/create-administration.ts';
import { type Config, ConfigError, type MatrixConfig, readConfig } from './config.ts';
import { renderReply } from './conversation/rendering/render-reply.ts';
import { EncryptionError } from './encryption/encryption-error.ts';
import { preloadLibrary } from './encryption/open-machine.ts';
import { ContentError } from './knowledge/load-content.ts';
import { describeUpgrade } from './knowledge/upgrading/describe-upgrade.ts';
import { upgradeContent } from './knowledge/upgrading/upgrade-content.ts';
import { startLocal } from './local/start-local.ts';
import { createBotEncryption, keyStorePath } from './matrix/create-bot-encryption.ts';
import { SessionError } from './matrix/homeserver/failure.ts';
import { createHomeserver } from './matrix/homeserver/homeserver.ts';
import { createMayWriteTo } from './matrix/rooms/may-write-to.ts';
import { startMatrixBot } from './matrix/start-matrix-bot.ts';
import { growHeapSparingly } from './operations/grow-heap-sparingly.ts';
import { createLog, describeError, type Log } from './operations/log.ts';
import { createMetrics, type Metrics } from './operations/metrics.ts';
import { type HealthServer, startHealthServer } from './operations/start-health-server.ts';
import { startConnectedPage } from './page/start-connected-page.ts';
import type { Leadership } from './standby/lead.ts';
import type { Standby } from './standby/open-standby.ts';
import { StandbyError } from './standby/standby-error.ts';
import { DataFolderInUse, lockDataFolder } from './store/lock-data-folder.ts';
import { migrations } from './store/migrations.ts';
import { openStore, type Store } from './store/open-store.ts';
import { DataFolderError, prepareDataFolder } from './store/prepare-data-folder.ts';
import { createDesk } from './tickets/create-desk.ts';
import { findUnknownNames } from './tickets/find-unknown-names.ts';
import { loadSupportSettings, SupportSettingsError } from './tickets/load-support-settings.ts';

/**
 * One code a cause, so that a supervisor can tell what restarting does not mend (deploy/assistant-teletravail.service).
 * EncryptionError brings its own: 5, or 6, for which starting again is the remedy; so is it for a machine that was relieved.
 */
const exitCodes = { failure: 1, settings: 2, token: 3, content: 4, relieved: 6 } as const;

/** Milliseconds from SIGTERM to the end; supervisors kill after 10 s. */
const longestStop = 9_500;
/** Milliseconds from a failure that has been explained to the end. */
const longestFarewell = 1_000;

loadDotenv({ quiet: true });

try {
  const config = readConfig(process.env);
  const upgraded = await followProject(config);
  if (upgraded !== null) console.error(upgraded);
  if (config.matrix === null) await startLocal(config);
  else await serveMatrix(config, config.matrix);
} catch (error) {
  process.exitCode = explain(error);
  // What hangs in the crypto library keeps its timers, and the process with them.
  setTimeout(() => process.exit(), longestFarewell).unref();
}

/** Editors' files that follow the project take up what this version ships; what there is to say of it, in French. */
async function followProject({ contentDir }: Config): Promise<string | null> {
  try {
    return describeUpgrade(await upgradeContent(contentDir));
  } catch (error) {
    // A folder that cannot be read is told with its remedy once its files are read.
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EROFS', 'EPERM', 'ENOENT', 'ENOTDIR'].includes(code)) throw error;
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? null
      : `Le dossier des fiches (${contentDir}) ne s’écrit pas (${code}) : les fiches de cette version n’y sont pas reprises.`;
  }
}

/** Connects to the homeserver, and works until SIGTERM or SIGINT; one of several machines first waits for its turn. */
async function serveMatrix(config: Config, matrix: MatrixConfig): Promise<void> {
  prepareDataFolder(config.dataDir);
  const lock = lockDataFolder(config.dataDir);
  const metrics = createMetrics();
  metrics.setGauge('assistant_resident_memory_bytes', () => process.memoryUsage.rss());
  const turn =
    matrix.standbyUrl === null ? null : await awaitTurn(config, matrix, matrix.standbyUrl, metrics);
  if (turn === 'asked to stop') return lock.release();
  const store = openStore(
    join(config.dataDir, 'assistant.db'),
    turn ? { record: turn.leadership.recordStore } : { leaveReplication: true },
  );
  const log = createLog({ level: config.logLevel, secret: readLogSecret(store), hidden: secretsOf(matrix) });
  const live = turn?.live ?? (await openBrain(config, log, (reload) => administration.tell(reload)));
  if (turn) turn.onReload = (reload) => administration.tell(reload);
  const administration = createAdministration({
    live,
    isAdmin: (person) => matrix.adminUsers.includes(person),
    room: matrix.adminRoom ?? matrix.supportRoom,
    store,
    version: packageFile.version,
    describeMachines: turn?.standby.describe,
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
        record: turn?.leadership.recordKeys,
        isContinued: turn?.leadership.continuesKeys,
      })
    : {};
  const desk = await openDesk(matrix, store, live.brain, log);
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
    beforeRequest: turn?.leadership.beforeRequest,
  });
  if (turn) {
    turn.readBotProblems = bot.readProblems;
    turn.standby.watchWork(() => !store.isWritable());
  }
  const health = turn ? turn.health : await openHealth(config, metrics, bot.readProblems);
  const page = await startConnectedPage(config, store, live.brain, log, desk !== null);
  try {
    await Promise.race([bot.done, fatal.promise, turn?.asked ?? untilAskedToStop(log)]);
    // Nothing is drained: the machine that follows does the rest, at once.
    if (turn?.standby.hasReadyFollower()) await handOver(turn, log);
  } finally {
    // It cannot go on, and another machine can: that one need not wait for the end of this one.
    if (turn?.standby.hasReadyFollower()) await giveBack(turn, log);
    live.close();
    await page?.close();
    await bot.stop();
    await health?.close();
    if (turn) await giveBack(turn, log);
    await turn?.standby.close();
    store.close();
    lock.release();
  }
}

async function openBrain(config: Config, log: Log, tell: (reload: Reload) => void): Promise<LiveBrain> {
  const initial = await loadBrain(config.contentDir);
  growHeapSparingly();
  warmUp(initial);
  log.info('Contenu chargé', { fiches: initial.content.fiches.size, version: initial.content.version });
  return createLiveBrain({
    root: config.contentDir,
    initial,
    onReload: (reload) => {
      log[reload.type === 'wrong' ? 'warn' : 'info'](describeReload(reload));
      tell(reload);
    },
  });
}

async function openHealth(
  { healthHost, healthPort }: Config,
  metrics: Metrics,
  readProblems: () => Promise<readonly string[]>,
): Promise<HealthServer | null> {
  if (healthPort === 0) return null;
  return startHealthServer({ host: healthHost, port: healthPort, metrics, readProblems });
}

/** What a machine brings from the time when it followed another one. */
interface Turn {
  readonly standby: Standby;
  readonly leadership: Leadership;
  readonly live: LiveBrain;
  readonly health: HealthServer | null;
  readonly asked: Promise<void>;
  onReload: (reload: Reload) => void;
  readBotProblems: () => Promise<readonly string[]>;
}

/** Follows the machine that works, its content loaded and its health shown, until it has to take over. */
async function awaitTurn(
  config: Config,
  matrix: MatrixConfig,
  url: string,
  metrics: Metrics,
): Promise<Turn | 'asked to stop'> {
  // Loaded here: a single machine does without it, and without its package.
  const { openStandby } = await import('./standby/open-standby.ts');
  // A machine that follows writes nothing in its files, a secret of its own neither; it logs nobody's id.
  const secret = randomBytes(32).toString('base64url');
  const log = createLog({ level: config.logLevel, secret, hidden: secretsOf(matrix) });
  const stopping = new AbortController();
  const asked = untilAskedToStop(log).then(() => stopping.abort());
  const live = await openBrain(config, log, (reload) => turn.onReload(reload));
  if (matrix.encryption) await preloadLibrary();
  const standby = openStandby({
    url,
    storeKey: matrix.storeKey ?? '',
    dataDir: config.dataDir,
    paths: { store: join(config.dataDir, 'assistant.db'), keys: keyStorePath(config.dataDir) },
    version: packageFile.version,
    storeVersion: migrations.length,
    library: packageFile.dependencies['@matrix-org/matrix-sdk-crypto-wasm'],
    content: () => live.brain().content.version,
    lookAtHomeserver: () =>
      createHomeserver(matrix.homeserverUrl, '').call(
        'GET',
        '/_matrix/client/versions',
        undefined,
        undefined,
        {
          timeout: 4_000,
        },
      ),
    log,
  });
  setStandbyGauges(metrics, standby);
  const turn = {
    standby,
    live,
    asked,
    onReload: (_reload: Reload): void => undefined,
    readBotProblems: async (): Promise<readonly string[]> => [],
  };
  const health = await openHealth(config, metrics, async () => [
    ...standby.readProblems(),
    ...(await turn.readBotProblems()),
  ]);
  const leadership = await standby.lead(stopping.signal);
  if (leadership === null) {
    live.close();
    await health?.close();
    await standby.close();
    return 'asked to stop';
  }
  void leadership.lost.then(({ message }) => {
    // Whatever this process still has in hand is the other machine's by now: no other end than that of a kill.
    log.error(`Relais : ${message}. Cette machine s’arrête, puis suit l’autre.`);
    process.exit(exitCodes.relieved);
  });
  return Object.assign(turn, { leadership, health });
}

function setStandbyGauges(metrics: Metrics, { readFigures }: Standby): void {
  metrics.setGauge('assistant_standby_leads', () => Number(readFigures().leads));
  metrics.setGauge('assistant_standby_epoch', () => readFigures().epoch);
  metrics.setGauge('assistant_standby_lag_changes', () => readFigures().lag);
  metrics.setGauge('assistant_standby_lag_seconds', () => readFigures().lagSeconds);
  metrics.setGauge('assistant_standby_others', () => readFigures().others);
  metrics.setGauge('assistant_standby_others_lag_changes', () => readFigures().othersLag);
  metrics.setGauge('assistant_standby_take_overs', () => readFigures().takeOvers);
  metrics.setGauge('assistant_standby_leaderless_seconds', () => readFigures().leaderless);
}

async function handOver(turn: Turn, log: Log): Promise<never> {
  await giveBack(turn, log);
  log.info('Relais : la main est rendue');
  process.exit(0);
}

async function giveBack({ leadership }: Turn, log: Log): Promise<void> {
  await leadership
    .retire()
    .catch((error: unknown) => log.warn('Relais : bail non rendu', { cause: describeError(error) }));
}

/** null without a support salon: the conversation then gives the guide's numbers. */
async function openDesk(
  config: MatrixConfig,
  store: Store,
  brain: () => Brain,
  log: Log,
): Promise<Desk | null> {
  if (config.supportRoom === null) return null;
  const settings = await loadSupportSettings(config.supportFile);
  for (const problem of findUnknownNames(settings, brain().content)) {
    log.warn(`Fichier des conseillers, ${problem}`);
  }
  return createDesk({
    ...settings,
    store,
    content: () => brain().content,
    render: renderReply,
    supportRoom: config.supportRoom,
    adminRoom: config.adminRoom,
    mayWriteTo: createMayWriteTo(config, store),
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

function secretsOf({ credentials, recoveryKey, storeKey, standbyUrl }: MatrixConfig): string[] {
  const login = credentials.type === 'token' ? credentials.accessToken : credentials.password;
  return [login, recoveryKey, storeKey, standbyUrl].filter((secret) => secret !== null);
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
    error instanceof DataFolderInUse ||
    error instanceof StandbyError
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
