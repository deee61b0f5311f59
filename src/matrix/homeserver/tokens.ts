import type { Store } from '../../store/open-store.ts';
import { isRecord } from '../reading/parse-event.ts';

/** What opens the session: kept in the store, where a restart finds it. */
export interface Tokens {
  readonly accessToken: string;
  /** Given where access tokens expire: it is good for one new pair. null: none was given. */
  readonly refreshToken: string | null;
}

export function readTokens({ settings }: Store): Tokens | null {
  const accessToken = settings.read('access-token');
  return accessToken === null ? null : { accessToken, refreshToken: settings.read('refresh-token') };
}

/** Call it inside a transaction. */
export function writeTokens({ settings }: Store, { accessToken, refreshToken }: Tokens): void {
  settings.write('access-token', accessToken);
  if (refreshToken === null) settings.erase('refresh-token');
  else settings.write('refresh-token', refreshToken);
}

/**
 * The tokens of an answer to login or refresh; a refresh that gives no new refresh token leaves the old one good.
 * @throws when it holds no access token
 */
export function parseTokens(answer: unknown, old: string | null = null): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken } = isRecord(answer) ? answer : {};
  if (typeof accessToken !== 'string') throw new Error('the answer of the homeserver holds no access token');
  return { accessToken, refreshToken: typeof refreshToken === 'string' ? refreshToken : old };
}
