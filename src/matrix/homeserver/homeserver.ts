// Not the whole SDK: its index loads express and costs 50 MB; its HTTP layer is all that we use.
import { doHttpRequest } from 'matrix-bot-sdk/lib/http.js';
import { LogService } from 'matrix-bot-sdk/lib/logging/LogService.js';
import request from 'request';
import type { HomeserverCall } from '../../encryption/encryption.ts';
import type { Metrics } from '../../operations/metrics.ts';
import { classifyFailure, refuseToken, UnreadableAnswer } from './failure.ts';

// matrix-bot-sdk logs addresses and bodies to the console by itself; our own log is src/operations/log.ts.
const silence = () => undefined;
LogService.setLogger({ trace: silence, debug: silence, info: silence, warn: silence, error: silence });

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface CallOptions {
  /** Milliseconds; 60,000 by default. */
  readonly timeout?: number | undefined;
  /** Ends the call early. */
  readonly signal?: AbortSignal | undefined;
}

/** The homeserver's client-server API, for one account. */
export interface Homeserver {
  readonly url: string;
  /** Rejects with a SessionError once the session is over (endWithSession), matrix-bot-sdk's MatrixError, its raw response (a 5xx in HTML), UnreadableAnswer, or a network error: see classifyFailure. */
  readonly call: (
    method: Method,
    path: string,
    query?: Readonly<Record<string, string>>,
    body?: object,
    options?: CallOptions,
  ) => Promise<unknown>;
}

/** A request about to leave for the homeserver. */
export interface HomeserverRequest {
  readonly method: Method;
  /** Without the query. */
  readonly path: string;
  /** The homeserver does what a transaction id asks for once only, however often the request comes. */
  readonly hasTransactionId: boolean;
}

/**
 * Awaited before each request leaves; when it rejects, the request does not leave and the call rejects with its error. A
 * signal that it gives ends the request on its way.
 */
export type BeforeRequest = (request: HomeserverRequest) => Promise<AbortSignal | undefined>;

/**
 * The one place where a request to the homeserver starts: the login's, the sync's, the sends', the encryption's.
 * @param accessToken empty for the calls that need none (login, versions)
 */
export function createHomeserver(
  url: string,
  accessToken: string,
  { beforeRequest }: { readonly beforeRequest?: BeforeRequest | undefined } = {},
): Homeserver {
  const base = url.replace(/\/+$/, '');
  const call: Homeserver['call'] = async (method, path, query, body, { timeout = 60_000, signal } = {}) => {
    const allowed = await beforeRequest?.({ method, path, hasTransactionId: hasTransactionId(method, path) });
    // Some proxies refuse a POST or a PUT without a body.
    const sent = body ?? (method === 'GET' ? null : {});
    const headers = accessToken === '' ? {} : { Authorization: `Bearer ${accessToken}` };
    const run = () => doHttpRequest(base, method, path, query ?? null, sent, headers, timeout);
    const ends = [signal, allowed].filter((end) => end !== undefined);
    const answer: unknown = await (ends.length > 0 ? request.abortable(AbortSignal.any(ends), run) : run());
    // A proxy that answers 200 with a web page has not passed the call on.
    if (typeof answer !== 'object' || answer === null) throw new UnreadableAnswer();
    return answer;
  };
  return { url: base, call };
}

/** The three paths of the client-server specification that end in a `{txnId}`. */
const withTransactionId = /\/(?:rooms\/[^/]+\/(?:send|redact)|sendToDevice)\/[^/]+\/[^/]+$/;

function hasTransactionId(method: Method, path: string): boolean {
  return method === 'PUT' && withTransactionId.test(path);
}

/** The same homeserver, whose calls reject with a SessionError once it takes the token no more. */
export function endWithSession(homeserver: Homeserver): Homeserver {
  return {
    ...homeserver,
    async call(...given) {
      try {
        return await homeserver.call(...given);
      } catch (error) {
        throw classifyFailure(error).kind === 'token' ? refuseToken(error) : error;
      }
    },
  };
}

/** The same homeserver, its answers 429 counted, whatever the call: those to a receipt, which is given up silently, too. */
export function countRateLimits(homeserver: Homeserver, metrics: Metrics): Homeserver {
  return {
    ...homeserver,
    async call(...given) {
      try {
        return await homeserver.call(...given);
      } catch (error) {
        if (classifyFailure(error).kind === 'rate-limited') metrics.count('assistant_rate_limited_total');
        throw error;
      }
    },
  };
}

/** The same calls in the shape that src/encryption asks for. */
export function toHomeserverCall(homeserver: Homeserver): HomeserverCall {
  return (method, path, query, body) => homeserver.call(method, path, query, body);
}
