// Not the whole SDK: its index loads express and costs 50 MB; its HTTP layer is all that we use.
import { doHttpRequest } from 'matrix-bot-sdk/lib/http.js';
import { LogService } from 'matrix-bot-sdk/lib/logging/LogService.js';
import request from 'request';
import type { HomeserverCall } from '../../encryption/encryption.ts';
import { UnreadableAnswer } from './unreadable-answer.ts';

// matrix-bot-sdk logs addresses and bodies to the console by itself; our own log is src/operations/log.ts.
const silence = () => undefined;
LogService.setLogger({ trace: silence, debug: silence, info: silence, warn: silence, error: silence });

export interface CallOptions {
  /** Milliseconds; 60,000 by default. */
  readonly timeout?: number;
  /** Ends the call early. */
  readonly signal?: AbortSignal;
}

/** The homeserver's client-server API, for one account. */
export interface Homeserver {
  readonly url: string;
  readonly accessToken: string;
  /** Rejects with matrix-bot-sdk's MatrixError, its raw response (a 5xx in HTML), UnreadableAnswer, or a network error: see classifyFailure. */
  readonly call: (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    query?: Readonly<Record<string, string>>,
    body?: object,
    options?: CallOptions,
  ) => Promise<unknown>;
}

/** @param accessToken empty for the calls that need none (login, versions) */
export function createHomeserver(url: string, accessToken: string): Homeserver {
  const base = url.replace(/\/+$/, '');
  const call: Homeserver['call'] = async (method, path, query, body, { timeout = 60_000, signal } = {}) => {
    // A POST or PUT without a body is refused by some proxies.
    const sent = body ?? (method === 'GET' ? null : {});
    const headers = accessToken === '' ? {} : { Authorization: `Bearer ${accessToken}` };
    const run = () => doHttpRequest(base, method, path, query ?? null, sent, headers, timeout);
    const answer: unknown = await (signal ? request.abortable(signal, run) : run());
    // A proxy that answers 200 with a page is as good as no answer.
    if (typeof answer !== 'object' || answer === null) throw new UnreadableAnswer();
    return answer;
  };
  return { url: base, accessToken, call };
}

/** The same calls in the shape that src/encryption asks for. */
export function toHomeserverCall(homeserver: Homeserver): HomeserverCall {
  return (method, path, query, body) => homeserver.call(method, path, query, body);
}
