import type { Credentials } from '../../config.ts';
import type { Store } from '../../store/open-store.ts';
import { isRecord, isUserId } from '../reading/parse-event.ts';
import { classifyFailure } from './classify-failure.ts';
import { type CallOptions, createHomeserver, type Homeserver } from './homeserver.ts';
import { PasswordRefused } from './password-refused.ts';
import { TokenRefused } from './token-refused.ts';

export interface Session {
  readonly homeserver: Homeserver;
  readonly userId: string;
  readonly deviceId: string;
  readonly displayName: string | null;
}

const deviceName = 'Assistant télétravail';

/**
 * Opens the bot's session. With a password, the token and the device of the first login are kept in the store: a
 * restart makes no new device, which nobody would have verified and whose keys nobody would have.
 * Rejects with TokenRefused or PasswordRefused when only a person can help, else as the homeserver's call does.
 */
export async function logIn(
  url: string,
  credentials: Credentials,
  store: Store,
  signal?: AbortSignal,
): Promise<Session> {
  const options = signal ? { signal } : {};
  if (credentials.type === 'token') return openSession(url, credentials.accessToken, store, options);
  const kept = store.settings.read('access-token');
  if (kept !== null) {
    try {
      return await openSession(url, kept, store, options);
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
      // Logged out from elsewhere: the password opens a session again, on the same device if it still exists.
    }
  }
  return openSession(url, await logInWithPassword(url, credentials, store, options), store, options);
}

async function logInWithPassword(
  url: string,
  { user, password }: Extract<Credentials, { type: 'password' }>,
  store: Store,
  options: CallOptions,
): Promise<string> {
  const device = store.settings.read('device-id');
  let answer: unknown;
  try {
    const body = {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user },
      password,
      initial_device_display_name: deviceName,
      ...(device === null ? {} : { device_id: device }),
    };
    answer = await createHomeserver(url, '').call(
      'POST',
      '/_matrix/client/v3/login',
      undefined,
      body,
      options,
    );
  } catch (error) {
    if (classifyFailure(error).kind === 'forbidden') throw new PasswordRefused({ cause: error });
    throw error;
  }
  if (!isRecord(answer) || typeof answer['access_token'] !== 'string') {
    throw new Error('the answer of the login holds no access token');
  }
  const token = answer['access_token'];
  const deviceId = answer['device_id'];
  store.transaction(() => {
    store.settings.write('access-token', token);
    if (typeof deviceId === 'string') store.settings.write('device-id', deviceId);
  });
  return token;
}

async function openSession(
  url: string,
  accessToken: string,
  store: Store,
  options: CallOptions,
): Promise<Session> {
  const homeserver = createHomeserver(url, accessToken);
  const account = await whoAmI(homeserver, options);
  const known = store.settings.read('user-id');
  if (known !== null && known !== account.userId) {
    throw new Error(
      `Le dossier des données appartient à ${known}, et le compte configuré est ${account.userId}. Donnez un autre dossier (DATA_DIR) ou l'ancien compte.`,
    );
  }
  store.transaction(() => {
    store.settings.write('user-id', account.userId);
    store.settings.write('device-id', account.deviceId);
  });
  return { homeserver, ...account, displayName: await readDisplayName(homeserver, account.userId, options) };
}

async function whoAmI(
  homeserver: Homeserver,
  options: CallOptions,
): Promise<{ userId: string; deviceId: string }> {
  let answer: unknown;
  try {
    answer = await homeserver.call('GET', '/_matrix/client/v3/account/whoami', undefined, undefined, options);
  } catch (error) {
    const failure = classifyFailure(error);
    if (failure.kind === 'token') throw new TokenRefused(failure.softLogout, { cause: error });
    throw error;
  }
  const userId = isRecord(answer) ? answer['user_id'] : null;
  const deviceId = isRecord(answer) ? answer['device_id'] : null;
  if (!isUserId(userId)) throw new Error('the answer of whoami holds no user id');
  return { userId, deviceId: typeof deviceId === 'string' ? deviceId : '' };
}

async function readDisplayName(
  homeserver: Homeserver,
  userId: string,
  options: CallOptions,
): Promise<string | null> {
  try {
    const path = `/_matrix/client/v3/profile/${encodeURIComponent(userId)}/displayname`;
    const answer = await homeserver.call('GET', path, undefined, undefined, options);
    const name = isRecord(answer) ? answer['displayname'] : null;
    return typeof name === 'string' ? name : null;
  } catch {
    // Without a name, people can still call the bot by a mention.
    return null;
  }
}
