import type { Credentials } from '../../config.ts';
import type { Store } from '../../store/open-store.ts';
import { isRecord } from '../reading/parse-event.ts';
import { classifyFailure, readErrcode, refuseToken, SessionError } from './failure.ts';
import { type BeforeRequest, createHomeserver } from './homeserver.ts';
import { parseTokens, type Tokens, writeTokens } from './tokens.ts';

/** Refusals that pass by themselves, or once somebody has acted, without anything new in the settings. */
const passing: ReadonlySet<string | null> = new Set([
  'M_RESOURCE_LIMIT_EXCEEDED',
  'M_CONSENT_NOT_GIVEN',
  'M_USER_SUSPENDED',
]);

/**
 * Logs in, on the device of before where there was one, and keeps the tokens in the store before they serve. A token
 * that expires and is renewed is asked for: the homeserver gives one where it makes such tokens.
 * Rejects with a SessionError when trying again is no use, else as the homeserver's call does.
 */
export async function logInWithPassword(
  { user, password }: Extract<Credentials, { type: 'password' }>,
  options: {
    readonly url: string;
    readonly store: Store;
    readonly deviceName: string;
    readonly beforeRequest?: BeforeRequest | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Tokens> {
  const { url, store, beforeRequest, signal } = options;
  const body = {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user },
    password,
    initial_device_display_name: options.deviceName,
    refresh_token: true,
    // JSON leaves undefined out: without a device id, the homeserver makes a device.
    device_id: store.settings.read('device-id') ?? undefined,
  };
  let answer: unknown;
  try {
    const homeserver = createHomeserver(url, '', { beforeRequest });
    answer = await homeserver.call('POST', '/_matrix/client/v3/login', undefined, body, { signal });
  } catch (error) {
    throw explain(error);
  }
  const tokens = parseTokens(answer);
  const deviceId = isRecord(answer) ? answer['device_id'] : null;
  store.transaction(() => {
    writeTokens(store, tokens);
    if (typeof deviceId === 'string') store.settings.write('device-id', deviceId);
  });
  return tokens;
}

/** The error itself when trying again may help. */
function explain(error: unknown): unknown {
  const failure = classifyFailure(error);
  switch (failure.kind) {
    case 'token':
      return refuseToken(error);
    case 'rate-limited':
    case 'trouble':
      return error;
    case 'account':
    case 'forbidden':
    case 'rejected':
    // Synapse says so that it takes no password.
    case 'unexplained': {
      const errcode = readErrcode(error);
      if (passing.has(errcode)) return error;
      return errcode === 'M_FORBIDDEN'
        ? new SessionError('password-refused', 'Le serveur Matrix refuse le compte ou le mot de passe', {
            cause: error,
          })
        : new SessionError('login-refused', `réponse ${failure.reason}`, { cause: error });
    }
  }
}
