import type { MatrixConfig } from '../config.ts';
import { loadSupportSettings } from '../tickets/load-support-settings.ts';
import { bad, doubtful, type Finding, good } from './finding.ts';

export interface HomeserverCheck {
  readonly config: MatrixConfig;
  /** The bot's token: the configured one, or the one kept after a login with a password; null before that. */
  readonly token: string | null;
  readonly clock?: () => number;
  readonly timeoutMilliseconds?: number;
}

interface Answer {
  readonly status: number;
  readonly date: number | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Milliseconds that this machine's clock may be off by: clients and servers distrust messages dated further off. */
const clockTolerance = { doubtful: 10_000, bad: 60_000 } as const;

/** Asks the homeserver, and changes nothing there. Findings come as they are known; later ones depend on earlier ones. */
export async function* checkHomeserver(check: HomeserverCheck): AsyncGenerator<Finding> {
  const { config, token } = check;
  const clock = check.clock ?? Date.now;
  const versions = await ask(check, 'GET', '/_matrix/client/versions').catch((error: unknown) =>
    describe(error),
  );
  if (typeof versions === 'string' || versions.status !== 200 || !Array.isArray(versions.body['versions'])) {
    const why =
      typeof versions === 'string'
        ? versions
        : `réponse ${versions.status}, qui n’est pas celle d’un serveur Matrix`;
    yield bad(
      'Serveur',
      `${config.homeserverUrl} ne répond pas (${why})`,
      'Vérifiez HOMESERVER_URL, le réseau, le mandataire (HTTPS_PROXY) et le certificat.',
    );
    return;
  }
  yield good('Serveur', `${config.homeserverUrl} répond`);
  yield checkClock(versions.date, clock());
  if (token === null) {
    yield doubtful(
      'Jeton',
      'pas encore de session ouverte',
      'Lancez npm run setup, ou démarrez une fois l’assistant.',
    );
    return;
  }
  const me = await ask(check, 'GET', '/_matrix/client/v3/account/whoami');
  const user = me.body['user_id'];
  const device = me.body['device_id'];
  if (me.body['soft_logout'] === true && config.credentials.type === 'password') {
    yield doubtful(
      'Jeton',
      'la session vient d’expirer',
      'L’assistant la renouvelle de lui-même : démarrez-le s’il est arrêté, puis relancez npm run doctor.',
    );
    return;
  }
  if (me.status !== 200 || typeof user !== 'string') {
    yield bad(
      'Jeton',
      `refusé par le serveur (réponse ${me.status})`,
      'Le compte a été déconnecté, bloqué ou a expiré. Renouvelez-le, puis npm run setup ou un nouveau ACCESS_TOKEN.',
    );
    return;
  }
  yield good('Jeton', `accepté, compte ${user}`);
  yield config.encryption
    ? await checkDevice(check, user, typeof device === 'string' ? device : null)
    : doubtful(
        'Appareil',
        'chiffrement coupé (ENCRYPTION=non)',
        'Dans les salons chiffrés l’assistant ne dira rien. Mettez ENCRYPTION=oui.',
      );
  if (config.encryption) yield await checkRecovery(check, user);
  yield* checkRooms(check);
}

function checkClock(date: number | null, now: number): Finding {
  if (date === null)
    return doubtful(
      'Horloge',
      'le serveur ne donne pas l’heure',
      'Vérifiez à la main que l’horloge est à l’heure (timedatectl).',
    );
  // A second is forgiven: the Date header counts whole ones.
  const gap = Math.max(0, Math.abs(now - date) - 1000);
  const seconds = Math.round(gap / 1000);
  const remedy = 'Réglez l’horloge : timedatectl set-ntp true.';
  if (gap > clockTolerance.bad) return bad('Horloge', `${seconds} s d’écart avec le serveur`, remedy);
  if (gap > clockTolerance.doubtful)
    return doubtful('Horloge', `${seconds} s d’écart avec le serveur`, remedy);
  return good('Horloge', 'à l’heure du serveur');
}

/** Is the bot's device signed by its owner's self-signing key (client-server specification, cross-signing)? */
async function checkDevice(check: HomeserverCheck, user: string, device: string | null): Promise<Finding> {
  const remedy =
    'Sans signature, les messages de l’assistant ne seront bientôt plus lus. Donnez RECOVERY_KEY (npm run setup), puis redémarrez-le.';
  if (device === null)
    return bad(
      'Appareil',
      'le jeton n’a pas d’appareil',
      'Ce jeton ne peut pas chiffrer : refaites npm run setup.',
    );
  const { body } = await ask(check, 'POST', '/_matrix/client/v3/keys/query', {
    device_keys: { [user]: [device] },
  });
  const keys = dig(body, 'device_keys', user, device);
  if (!keys)
    return bad(
      'Appareil',
      `${device} n’a pas publié ses clés`,
      'Démarrez l’assistant une fois, puis relancez npm run doctor.',
    );
  const signing = Object.keys(dig(body, 'self_signing_keys', user, 'keys') ?? {});
  if (signing.length === 0)
    return bad('Appareil', `${device} : le compte n’a pas d’identité de signature`, remedy);
  const signatures = Object.keys(dig(keys, 'signatures', user) ?? {});
  return signing.some((key) => signatures.includes(key))
    ? good('Appareil', `${device}, signé par le compte`)
    : bad('Appareil', `${device} n’est pas signé par le compte`, remedy);
}

async function checkRecovery(check: HomeserverCheck, user: string): Promise<Finding> {
  const type = '/account_data/m.secret_storage.default_key';
  const { status, body } = await ask(
    check,
    'GET',
    `/_matrix/client/v3/user/${encodeURIComponent(user)}${type}`,
  );
  const stored = status === 200 && typeof body['key'] === 'string';
  const given = check.config.recoveryKey !== null;
  if (!stored)
    return doubtful(
      'Récupération',
      'le compte n’a pas de clé de récupération',
      'Lancez npm run setup : il en crée une et la montre une seule fois.',
    );
  if (!given)
    return doubtful(
      'Récupération',
      'la clé du compte n’est pas dans les réglages',
      'Donnez RECOVERY_KEY ou RECOVERY_KEY_FILE : elle sert si les données sont perdues.',
    );
  return good('Récupération', 'clé de récupération réglée');
}

async function* checkRooms(check: HomeserverCheck): AsyncGenerator<Finding> {
  const { supportRoom, adminRoom } = check.config;
  if (supportRoom === null) {
    yield doubtful(
      'Salon de support',
      'aucun',
      'Sans lui, personne ne peut prendre le relais : réglez SUPPORT_ROOM.',
    );
  }
  if (supportRoom === null && adminRoom === null) return;
  const { body } = await ask(check, 'GET', '/_matrix/client/v3/joined_rooms');
  const joined = Array.isArray(body['joined_rooms']) ? (body['joined_rooms'] as unknown[]) : [];
  const others = supportRoom === null ? [] : await listOtherSalons(check.config.supportFile);
  for (const [subject, room] of [
    ['Salon de support', supportRoom],
    ...others.map(({ name, id }) => [`Salon de support « ${name} »`, id] as const),
    ['Salon des administrateurs', adminRoom],
  ] as const) {
    if (room === null) continue;
    yield joined.includes(room)
      ? good(subject, 'l’assistant y est')
      : bad(
          subject,
          `l’assistant n’est pas dans ${room}`,
          'Invitez-le dans ce salon ; démarré, il accepte seul.',
        );
  }
}

/** None when the file is wrong: checkSupportFile says so. */
async function listOtherSalons(path: string) {
  const settings = await loadSupportSettings(path).catch(() => null);
  return settings?.salons ?? [];
}

async function ask(
  { config, token, timeoutMilliseconds = 10_000 }: HomeserverCheck,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await fetch(`${config.homeserverUrl}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  const date = Date.parse(response.headers.get('date') ?? '');
  const parsed: unknown = await response.json().catch(() => null);
  return {
    status: response.status,
    date: Number.isNaN(date) ? null : date,
    body: typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {},
  };
}

function dig(value: unknown, ...path: readonly string[]): Record<string, unknown> | null {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return null;
    current = (current as Record<string, unknown>)[key];
  }
  return typeof current === 'object' && current !== null ? (current as Record<string, unknown>) : null;
}

/** The reason of a failed request: the message of fetch is always « fetch failed », its cause says why. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return cause || (error.name === 'TimeoutError' ? 'pas de réponse en 10 s' : error.message);
}
