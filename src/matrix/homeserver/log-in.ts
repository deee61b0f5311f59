import type { Credentials } from '../../config.ts';
import { isUserId, type UserId } from '../../messages/ids.ts';
import type { Store } from '../../store/open-store.ts';
import { isRecord } from '../reading/parse-event.ts';
import { classifyFailure, refuseToken, SessionError } from './failure.ts';
import { type BeforeRequest, createHomeserver, endWithSession, type Homeserver } from './homeserver.ts';
import { keepSession } from './keep-session.ts';
import { logInWithPassword } from './log-in-with-password.ts';
import { readTokens, type Tokens } from './tokens.ts';

export interface Session {
  readonly homeserver: Homeserver;
  readonly userId: UserId;
  readonly deviceId: string;
  readonly displayName: string | null;
}

export interface LogInOptions {
  readonly url: string;
  readonly credentials: Credentials;
  readonly store: Store;
  /** For the login's own requests, and for every later one of the session. */
  readonly beforeRequest?: BeforeRequest | undefined;
  readonly signal: AbortSignal;
}

const deviceName = 'Assistant télétravail';

/**
 * Opens the bot's session. With a password, the tokens and the device of the first login are kept in the store: a
 * restart makes no new device, which nobody would have verified and whose keys nobody would have.
 * Rejects with a SessionError when trying again is no use, else as the homeserver's call does.
 */
export async function logIn(options: LogInOptions): Promise<Session> {
  const { url, credentials, store, beforeRequest, signal } = options;
  if (credentials.type === 'token') {
    const homeserver = createHomeserver(url, credentials.accessToken, { beforeRequest });
    return openSession(endWithSession(homeserver), options);
  }
  const logInAnew = (given?: AbortSignal) =>
    logInWithPassword(credentials, { url, store, deviceName, beforeRequest, signal: given });
  const keep = (tokens: Tokens): Homeserver =>
    keepSession({ url, tokens, store, beforeRequest, logInAgain: () => logInAnew() });
  const kept = readTokens(store);
  if (kept !== null) {
    try {
      return await openSession(keep(kept), options);
    } catch (error) {
      // A session that was closed from elsewhere is opened again with the password, on the same device if it still exists.
      if (!(error instanceof SessionError) || error.code !== 'token-refused') throw error;
    }
  }
  return openSession(keep(await logInAnew(signal)), options);
}

async function openSession(homeserver: Homeserver, { store, signal }: LogInOptions): Promise<Session> {
  const account = await whoAmI(homeserver, signal);
  const known = store.settings.read('user-id');
  if (known !== null && known !== account.userId) {
    throw new SessionError(
      'other-account',
      `Le dossier des données appartient à ${known}, et le compte configuré est ${account.userId}. Donnez un autre dossier (DATA_DIR) ou l’ancien compte.`,
    );
  }
  store.transaction(() => {
    store.settings.write('user-id', account.userId);
    store.settings.write('device-id', account.deviceId);
  });
  return { homeserver, ...account, displayName: await readDisplayName(homeserver, account.userId, signal) };
}

async function whoAmI(
  homeserver: Homeserver,
  signal: AbortSignal,
): Promise<{ userId: UserId; deviceId: string }> {
  let answer: unknown;
  try {
    answer = await homeserver.call('GET', '/_matrix/client/v3/account/whoami', undefined, undefined, {
      signal,
    });
  } catch (error) {
    const failure = classifyFailure(error);
    if (failure.kind === 'token') throw refuseToken(error);
    // Every homeserver knows this call, and every account may make it.
    if (failure.kind === 'rejected') {
      throw new SessionError('not-a-homeserver', `réponse ${failure.reason}`, { cause: error });
    }
    throw error;
  }
  const userId = isRecord(answer) ? answer['user_id'] : null;
  const deviceId = isRecord(answer) ? answer['device_id'] : null;
  if (!isUserId(userId)) throw new Error('the answer of whoami holds no user id');
  return { userId, deviceId: typeof deviceId === 'string' ? deviceId : '' };
}

async function readDisplayName(
  homeserver: Homeserver,
  userId: UserId,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const path = `/_matrix/client/v3/profile/${encodeURIComponent(userId)}/displayname`;
    const answer = await homeserver.call('GET', path, undefined, undefined, { signal });
    const name = isRecord(answer) ? answer['displayname'] : null;
    return typeof name === 'string' ? name : null;
  } catch {
    // Without a name, people can still call the bot by a mention.
    return null;
  }
}
