import type { Store } from '../../store/open-store.ts';
import { classifyFailure, isSoftLogout, readErrcode, refuseToken } from './failure.ts';
import { type BeforeRequest, createHomeserver, endWithSession, type Homeserver } from './homeserver.ts';
import { parseTokens, type Tokens, writeTokens } from './tokens.ts';

export interface KeepSessionOptions {
  readonly url: string;
  /** The tokens that the store holds. */
  readonly tokens: Tokens;
  readonly store: Store;
  /** Logs in with the password on the same device, and keeps the tokens in the store; rejects as its calls do. */
  readonly logInAgain: () => Promise<Tokens>;
  readonly beforeRequest?: BeforeRequest | undefined;
}

/**
 * The homeserver for an account whose session is kept open: an access token that has expired is renewed, by its refresh
 * token or else by the password, and the call made again. Calls that fail together share one renewal.
 * New tokens are in the store before they serve. Killed between the homeserver's answer and our commit, the bot still has
 * the old refresh token, which is good until one of the new tokens is used (client-server specification, « Refreshing
 * access tokens »): a kill at any moment leaves tokens that work.
 * Calls reject with a SessionError when the session is over; any other failure of a renewal is that of the call.
 */
export function keepSession(options: KeepSessionOptions): Homeserver {
  const { url, store, beforeRequest } = options;
  let tokens = options.tokens;
  let renewal: Promise<void> | null = null;

  const reach = (accessToken: string): Homeserver => createHomeserver(url, accessToken, { beforeRequest });

  function renew(cause: unknown): Promise<void> {
    renewal ??= renewOnce(cause).finally(() => {
      renewal = null;
    });
    return renewal;
  }

  async function renewOnce(cause: unknown): Promise<void> {
    refuseWhenGivenUp(cause);
    const renewed = tokens.refreshToken === null ? null : await refresh(tokens.refreshToken);
    if (renewed !== null) {
      tokens = renewed;
      return;
    }
    // Without « soft », the device may be gone, with its keys: that takes a new session from the beginning.
    if (!isSoftLogout(cause)) throw refuseToken(cause);
    tokens = await options.logInAgain();
  }

  /** A session that was given up for a new device must neither log in again nor replace that one's tokens. */
  function refuseWhenGivenUp(cause: unknown): void {
    if (store.settings.read('access-token') !== tokens.accessToken) throw refuseToken(cause);
  }

  /** null: the homeserver does not take this refresh token, or not any more. */
  async function refresh(refreshToken: string): Promise<Tokens | null> {
    let answer: unknown;
    try {
      const body = { refresh_token: refreshToken };
      answer = await reach('').call('POST', '/_matrix/client/v3/refresh', undefined, body);
    } catch (error) {
      const { kind } = classifyFailure(error);
      if (kind === 'trouble' || kind === 'unexplained' || kind === 'rate-limited') throw error;
      if (kind === 'token' && readErrcode(error) !== 'M_UNKNOWN_TOKEN') throw refuseToken(error);
      return null;
    }
    const renewed = parseTokens(answer, refreshToken);
    store.transaction(() => {
      refuseWhenGivenUp(null);
      writeTokens(store, renewed);
    });
    return renewed;
  }

  async function call(...given: Parameters<Homeserver['call']>): Promise<unknown> {
    const { accessToken } = tokens;
    try {
      return await reach(accessToken).call(...given);
    } catch (error) {
      if (classifyFailure(error).kind !== 'token') throw error;
      if (readErrcode(error) !== 'M_UNKNOWN_TOKEN') throw refuseToken(error);
      // Another call may have renewed it while this one was on its way.
      if (tokens.accessToken === accessToken) await renew(error);
    }
    return endWithSession(reach(tokens.accessToken)).call(...given);
  }

  return { url: reach('').url, call };
}
