import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { projectRoot } from './knowledge/project-root.ts';
import { isRoomId, isUserId, type RoomId, type UserId } from './messages/ids.ts';
import type { LogLevel } from './operations/log.ts';
import { findUrlProblem } from './text/find-url-problem.ts';

/** How the bot's account is opened. */
export type Credentials =
  | { readonly type: 'token'; readonly accessToken: string }
  | { readonly type: 'password'; readonly user: string; readonly password: string };

/** How the bot reaches its homeserver; null when none is configured: it then runs in the terminal. */
export interface MatrixConfig {
  readonly homeserverUrl: string;
  readonly credentials: Credentials;
  readonly allowedServers: readonly string[];
  readonly refusedUsers: readonly UserId[];
  readonly externalsAllowed: boolean;
  readonly adminUsers: readonly UserId[];
  readonly adminRoom: RoomId | null;
  /** YYYY-MM-DD: the day of the account's yearly expiry, of which administrators are warned. */
  readonly accountExpiry: string | null;
  readonly supportRoom: RoomId | null;
  /** Hours and delays of the support salon: path of a YAML file, which may be missing. */
  readonly supportFile: string;
  /** Calls a second to the homeserver; 0 for no limit. */
  readonly sendRate: number;
  readonly encryption: boolean;
  /** Who gets the keys: every device, or only those that their owner has signed (MSC4153). */
  readonly keySharing: 'all' | 'signed';
  readonly recoveryKey: string | null;
  readonly storeKey: string | null;
  /** A PostgreSQL database that the instances of this account share (docs/standby.md); null: this is the only one. */
  readonly standbyUrl: string | null;
  readonly floodPerPerson: number;
  readonly floodPerRoom: number;
  readonly unreadableNoticeSeconds: number;
}

/** Somebody who may enter the page. */
export interface PageAccount {
  readonly name: string;
  /** A reader looks and tries; an editor changes the fiches too. */
  readonly role: 'reader' | 'editor';
  readonly token: string;
}

/** The preview page; see docs/guide-operateur.md. */
export interface PageConfig {
  /**
   * 0: no page. null: PAGE_PORT is not set, and there is a page without a homeserver, none beside a connected bot.
   */
  readonly port: number | null;
  readonly host: string;
  /** Shared by those who only look. */
  readonly token: string | null;
  readonly accounts: readonly PageAccount[];
  /** Names by which visitors call it beyond this machine. */
  readonly names: readonly string[];
}

export interface Config {
  readonly matrix: MatrixConfig | null;
  readonly page: PageConfig;
  /** Absolute path of the folder that holds intents/ and knowledge/. */
  readonly contentDir: string;
  /** Absolute path of the folder that holds the database and the keys. */
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Port of /healthz, /readyz and /metrics; 0: no such server. */
  readonly healthPort: number;
  readonly healthHost: string;
  readonly idleMinutes: number;
  readonly retentionDays: number;
  /** Absolute path of the folder where a copy of the data goes every hour; null: none is made. */
  readonly backupDir: string | null;
  readonly backupsKept: number;
}

/** The settings are wrong: `message` names every problem, in French, with its remedy. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Réglages à corriger :\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from the environment, secrets from `NAME_FILE` too. `.env.example` describes each one.
 * @throws ConfigError with all problems at once
 */
export function readConfig(environment: Environment): Config {
  const reader = createReader(environment);
  const config: Config = {
    matrix: readMatrixConfig(reader),
    page: readPageConfig(reader),
    contentDir: resolve(reader.text('CONTENT_DIR') ?? projectRoot),
    dataDir: resolve(reader.text('DATA_DIR') ?? './donnees'),
    logLevel: reader.choice('LOG_LEVEL', ['debug', 'info', 'warn', 'error'], 'info'),
    healthPort: reader.number('HEALTH_PORT', { otherwise: 8480, least: 0, most: 65_535 }),
    healthHost: reader.text('HEALTH_HOST') ?? '127.0.0.1',
    idleMinutes: reader.number('IDLE_MINUTES', { otherwise: 30, least: 1, most: 1_440 }),
    retentionDays: reader.number('RETENTION_DAYS', { otherwise: 30, least: 1, most: 365 }),
    backupDir: resolveOrNull(reader.text('BACKUP_DIR')),
    backupsKept: reader.number('BACKUPS_KEPT', { otherwise: 24, least: 1, most: 1_000 }),
  };
  if (reader.problems.length > 0) throw new ConfigError(reader.problems);
  return deepFreeze(config);
}

function resolveOrNull(path: string | null): string | null {
  return path === null ? null : resolve(path);
}

function readMatrixConfig(reader: Reader): MatrixConfig | null {
  const url = reader.text('HOMESERVER_URL');
  if (url === null) {
    for (const name of [
      'ACCESS_TOKEN',
      'ACCESS_TOKEN_FILE',
      'BOT_USER',
      'BOT_PASSWORD',
      'BOT_PASSWORD_FILE',
      'STANDBY_URL',
      'STANDBY_URL_FILE',
    ]) {
      if (reader.text(name) !== null) {
        reader.problems.push(
          `${name} est donné sans HOMESERVER_URL : ajoutez l’adresse du serveur, par exemple https://matrix.agent.interieur.tchap.gouv.fr`,
        );
      }
    }
    return null;
  }
  const encryption = reader.yesNo('ENCRYPTION', true);
  const recoveryKey = reader.secret('RECOVERY_KEY');
  const storeKey = reader.secret('STORE_KEY');
  return {
    homeserverUrl: checkUrl(reader, url),
    credentials: readCredentials(reader),
    allowedServers: reader.list('ALLOWED_SERVERS', isServerPattern, 'un nom de serveur'),
    refusedUsers: reader.list('REFUSED_USERS', isUserId, 'un identifiant comme @prenom.nom:serveur'),
    externalsAllowed: reader.yesNo('EXTERNALS_ALLOWED', false),
    adminUsers: reader.list('ADMIN_USERS', isUserId, 'un identifiant comme @prenom.nom:serveur'),
    adminRoom: reader.room('ADMIN_ROOM'),
    accountExpiry: reader.date('ACCOUNT_EXPIRY'),
    supportRoom: reader.room('SUPPORT_ROOM'),
    supportFile: resolve(reader.text('SUPPORT_FILE') ?? './conseillers.yaml'),
    sendRate: reader.number('SEND_RATE', { otherwise: isTchap(url) ? 1 : 20, least: 0, most: 10_000 }),
    encryption,
    keySharing: reader.choice('KEY_SHARING', ['all', 'signed'], 'all'),
    recoveryKey,
    storeKey,
    standbyUrl: readStandbyUrl(reader, { encryption, recoveryKey, storeKey }),
    floodPerPerson: reader.number('FLOOD_PER_PERSON', { otherwise: 20, least: 0, most: 10_000 }),
    floodPerRoom: reader.number('FLOOD_PER_ROOM', { otherwise: 60, least: 1, most: 100_000 }),
    unreadableNoticeSeconds: reader.number('UNREADABLE_NOTICE_SECONDS', {
      otherwise: 30,
      least: 1,
      most: 86_400,
    }),
  };
}

/** Two machines are one bot when what they share opens with the same keys on both. */
function readStandbyUrl(
  reader: Reader,
  { encryption, recoveryKey, storeKey }: Pick<MatrixConfig, 'encryption' | 'recoveryKey' | 'storeKey'>,
): string | null {
  const url = reader.secret('STANDBY_URL');
  if (url === null) return null;
  if (!URL.canParse(url) || !/^postgres(?:ql)?:$/u.test(new URL(url).protocol)) {
    reader.problems.push(
      'STANDBY_URL n’est pas l’adresse d’une base PostgreSQL : donnez-la en entier, par exemple postgresql://assistant:mot-de-passe@postgresql.exemple.gouv.fr/assistant?sslmode=verify-full',
    );
  }
  if (storeKey === null) {
    reader.problems.push(
      'STANDBY_URL demande STORE_KEY (ou STORE_KEY_FILE), la même sur toutes les machines : ce qui va dans PostgreSQL est chiffré avec elle.',
    );
  }
  if (encryption && recoveryKey === null) {
    reader.problems.push(
      'STANDBY_URL demande RECOVERY_KEY (ou RECOVERY_KEY_FILE), la même sur toutes les machines : npm run setup en fait une, ou copiez celle du fichier « chiffrement/cle-de-recuperation » du dossier des données.',
    );
  }
  return url;
}

function readPageConfig(reader: Reader): PageConfig {
  const port =
    reader.text('PAGE_PORT') === null
      ? null
      : reader.number('PAGE_PORT', { otherwise: 0, least: 0, most: 65_535 });
  const host = reader.text('PAGE_HOST') ?? '127.0.0.1';
  const token = reader.secret('PAGE_TOKEN');
  if (token !== null && token.length < 16) {
    reader.problems.push('PAGE_TOKEN doit avoir au moins 16 caractères, par exemple : openssl rand -hex 24');
  }
  const accounts = readAccounts(reader);
  if (
    port !== 0 &&
    token === null &&
    accounts.length === 0 &&
    !['127.0.0.1', 'localhost', '::1'].includes(host)
  ) {
    reader.problems.push(
      `PAGE_HOST (${host}) ouvre la page au-delà de cette machine : donnez aussi PAGE_TOKEN ou PAGE_ACCOUNTS (ou leur fichier, PAGE_TOKEN_FILE, PAGE_ACCOUNTS_FILE).`,
    );
  }
  const names = reader.list('PAGE_NAMES', isHostName, 'un nom comme assistant.exemple.gouv.fr');
  return { port, host, token, accounts, names };
}

const roles = { lecteur: 'reader', lectrice: 'reader', rédacteur: 'editor', rédactrice: 'editor' } as const;

/** One account a line: name ; role ; token. */
function readAccounts(reader: Reader): PageAccount[] {
  const lines = (reader.secret('PAGE_ACCOUNTS') ?? '').split('\n').map((line) => line.trim());
  const accounts: PageAccount[] = [];
  // SECURITY: a line may hold a token: a problem names its number, not its text.
  const complain = (index: number, problem: string): void => {
    reader.problems.push(`PAGE_ACCOUNTS, ligne ${index + 1} : ${problem}`);
  };
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [name = '', written = '', token = '', ...others] = line.split(';').map((part) => part.trim());
    const role = Object.entries(roles).find(([word]) => word === written.toLowerCase().normalize('NFC'))?.[1];
    if (name === '' || token === '' || others.length > 0) {
      complain(index, 'écrivez nom ; rôle ; jeton, par exemple Anne Martin ; rédactrice ; 3f9c…');
    } else if (role === undefined) {
      complain(index, `le rôle « ${written} » n’existe pas : écrivez lecteur ou rédacteur.`);
    } else if (token.length < 16) {
      complain(index, 'le jeton doit avoir au moins 16 caractères, par exemple : openssl rand -hex 24');
    } else if (accounts.some((other) => other.name === name || other.token === token)) {
      complain(index, 'ce nom ou ce jeton est déjà donné plus haut : chacun a les siens.');
    } else accounts.push({ name, role, token });
  }
  return accounts;
}

function readCredentials(reader: Reader): Credentials {
  const accessToken = reader.secret('ACCESS_TOKEN');
  const user = reader.text('BOT_USER');
  const password = reader.secret('BOT_PASSWORD');
  if (accessToken !== null) {
    if (password !== null) {
      reader.problems.push('ACCESS_TOKEN et BOT_PASSWORD sont donnés tous les deux : n’en gardez qu’un.');
    }
    return { type: 'token', accessToken };
  }
  if (user === null || password === null) {
    reader.problems.push(
      'Il manque de quoi se connecter : donnez ACCESS_TOKEN (ou ACCESS_TOKEN_FILE), ou bien BOT_USER et BOT_PASSWORD (ou BOT_PASSWORD_FILE).',
    );
  }
  return { type: 'password', user: user ?? '', password: password ?? '' };
}

function checkUrl(reader: Reader, given: string): string {
  switch (findUrlProblem(given)) {
    case 'no-address':
      reader.problems.push(
        `HOMESERVER_URL n’est pas une adresse : donnez-la en entier, par exemple https://matrix.agent.interieur.tchap.gouv.fr`,
      );
      return given;
    case 'in-clear':
      reader.problems.push('HOMESERVER_URL doit commencer par https:// (le jeton circulerait en clair).');
      break;
    case null:
      break;
  }
  return given.replace(/\/+$/u, '');
}

/** A name, in which `*` stands for any run of characters; a port may follow. */
function isServerPattern(text: string): text is string {
  return /^[a-z0-9.:*-]+$/iu.test(text);
}

function isHostName(text: string): text is string {
  return /^[a-z0-9.-]+$/iu.test(text);
}

function isTchap(url: string): boolean {
  return URL.canParse(url) && new URL(url).hostname.endsWith('tchap.gouv.fr');
}

type Reader = ReturnType<typeof createReader>;

function createReader(environment: Environment) {
  const problems: string[] = [];
  const text = (name: string): string | null => {
    const value = environment[name]?.trim();
    return value === undefined || value === '' ? null : value;
  };
  return {
    problems,
    text,
    secret(name: string): string | null {
      const value = text(name);
      const path = text(`${name}_FILE`);
      if (value !== null && path !== null) {
        problems.push(`${name} et ${name}_FILE sont donnés tous les deux : n’en gardez qu’un.`);
      }
      if (value !== null || path === null) return value;
      try {
        const content = readFileSync(path, 'utf8').trim();
        if (content === '') problems.push(`${name}_FILE : le fichier ${path} est vide.`);
        return content;
      } catch {
        problems.push(`${name}_FILE : impossible de lire ${path}. Vérifiez le chemin et les droits.`);
        return null;
      }
    },
    list<Item extends string>(name: string, isItem: (text: string) => text is Item, what: string): Item[] {
      const items = (text(name) ?? '').split(/[\s,;]+/u).filter((item) => item !== '');
      for (const item of items) {
        if (!isItem(item))
          problems.push(`${name} : « ${item} » n’est pas ${what}. Séparez par des virgules.`);
      }
      return items.filter(isItem);
    },
    room(name: string): RoomId | null {
      const value = text(name);
      if (value !== null && (!isRoomId(value) || /\s/u.test(value))) {
        problems.push(
          `${name} : « ${value} » n’est pas un identifiant de salon. Il commence par ! (Tchap : paramètres du salon, Avancé).`,
        );
      }
      return isRoomId(value) ? value : null;
    },
    date(name: string): string | null {
      const value = text(name);
      if (value === null) return null;
      const at = /^\d{4}-\d{2}-\d{2}$/u.test(value) ? new Date(`${value}T00:00:00Z`) : null;
      // new Date() takes the 31st of February for a day of March.
      if (at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)) return value;
      problems.push(
        `${name} : « ${value} » n’est pas une date. Écrivez année-mois-jour, par exemple 2027-10-31.`,
      );
      return null;
    },
    number(name: string, range: { otherwise: number; least: number; most: number }): number {
      const value = text(name);
      if (value === null) return range.otherwise;
      const number = Number(value.replace(',', '.'));
      if (!Number.isFinite(number) || number < range.least || number > range.most) {
        problems.push(`${name} : « ${value} » doit être un nombre entre ${range.least} et ${range.most}.`);
        return range.otherwise;
      }
      return number;
    },
    yesNo(name: string, otherwise: boolean): boolean {
      const value = text(name)?.toLowerCase() ?? null;
      if (value === null) return otherwise;
      if (['oui', 'true', '1', 'yes'].includes(value)) return true;
      if (!['non', 'false', '0', 'no'].includes(value))
        problems.push(`${name} : « ${value} » doit être oui ou non.`);
      return false;
    },
    choice<Choice extends string>(name: string, choices: readonly Choice[], otherwise: Choice): Choice {
      const value = text(name)?.toLowerCase() ?? null;
      const chosen = choices.find((choice) => choice === value);
      if (value !== null && chosen === undefined) {
        problems.push(`${name} : « ${value} » doit être l’un de : ${choices.join(', ')}.`);
      }
      return chosen ?? otherwise;
    },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
