import type { MatrixConfig } from '../config.ts';
import { describeError, type Log } from '../operations/log.ts';
import type { Store } from '../store/open-store.ts';
import { backOff, pause } from './homeserver/back-off.ts';
import { classifyFailure, SessionError } from './homeserver/failure.ts';
import type { BeforeRequest } from './homeserver/homeserver.ts';
import { logIn, type Session } from './homeserver/log-in.ts';

export interface ConnectOptions {
  readonly config: MatrixConfig;
  readonly store: Store;
  readonly log: Log;
  /** Awaited before each request to the homeserver leaves. */
  readonly beforeRequest?: BeforeRequest | undefined;
  /** `assemble` has failed on this session: true when another login, as a new device, may do. */
  readonly renewDevice?: ((error: unknown, session: Session) => Promise<boolean>) | undefined;
}

/**
 * Opens a session and assembles the bot on it; a second time, as a new device, where the keys of the first are lost.
 * Waits for a homeserver that is down. null when asked to stop meanwhile.
 */
export async function connect<Assembled>(
  options: ConnectOptions,
  assemble: (session: Session) => Promise<Assembled>,
  signal: AbortSignal,
): Promise<Assembled | null> {
  const session = await logInPatiently(options, signal);
  if (session === null) return null;
  try {
    return await assemble(session);
  } catch (error) {
    if (!(await options.renewDevice?.(error, session))) throw error;
  }
  const renewed = await logInPatiently(options, signal);
  return renewed && (await assemble(renewed));
}

async function logInPatiently(
  { config, store, log, beforeRequest }: ConnectOptions,
  signal: AbortSignal,
): Promise<Session | null> {
  const { homeserverUrl: url, credentials } = config;
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      return await logIn({ url, credentials, store, beforeRequest, signal });
    } catch (error) {
      if (signal.aborted) return null;
      if (error instanceof SessionError) throw error;
      const failure = classifyFailure(error);
      log.warn('Connexion au serveur Matrix impossible pour le moment, nouvel essai', {
        essai: attempt,
        cause: describeError(error),
      });
      await pause(failure.kind === 'rate-limited' ? failure.retryAfter : backOff(attempt), signal);
    }
  }
  return null;
}
