import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { GuessLimit } from './limit-guesses.ts';

export interface GuardOptions {
  /** Names that the page may be called by, without port: `127.0.0.1`, `assistant.interieur.gouv.fr`. */
  readonly names: readonly string[];
  readonly token: string | null;
  /** Signs the cookie: without it, a guess of the token makes no cookie. */
  readonly cookieKey: string;
  readonly guesses: GuessLimit;
}

export type Verdict = 'allowed' | 'other-host' | 'other-origin' | 'no-token' | 'too-many-guesses';

/**
 * Decides who may talk to the page. SECURITY: a Host that is not ours means DNS rebinding; an Origin (or Sec-Fetch-Site)
 * that is not ours means that another site is using the visitor's browser. When a token is set, every request needs it.
 */
export function guardRequest(headers: IncomingHttpHeaders, address: string, options: GuardOptions): Verdict {
  const host = headers.host ?? '';
  if (!options.names.includes(nameOf(`http://${host}`) ?? '')) return 'other-host';
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return 'other-origin';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'other-origin';
  if (options.token === null || carriesCookie(headers, options.token, options.cookieKey)) return 'allowed';
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return bearer === undefined ? 'no-token' : judgeToken(bearer, options.token, address, options.guesses);
}

/** The cookie's value is signed with a key of ours, so that neither the token is kept in the browser nor a guess of it serves. */
export function cookieOf(token: string, key: string): string {
  return `page-jeton=${createHmac('sha256', key).update(token).digest('base64url')}`;
}

/** SECURITY: a guess too many is not looked at, were it right: otherwise guessing would go on as fast as before. */
export function judgeToken(
  given: string,
  token: string,
  address: string,
  guesses: GuessLimit,
): 'allowed' | 'no-token' | 'too-many-guesses' {
  if (!guesses.take(address)) return 'too-many-guesses';
  if (!timingSafeEqual(digest(given), digest(token))) return 'no-token';
  guesses.giveBack(address);
  return 'allowed';
}

function carriesCookie(headers: IncomingHttpHeaders, token: string, key: string): boolean {
  const expected = digest(cookieOf(token, key));
  const cookies = (headers.cookie ?? '').split(/; */);
  return cookies.some((cookie) => timingSafeEqual(digest(cookie), expected));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(`assistant-teletravail page\0${text}`).digest();
}

function nameOf(address: string): string | null {
  return URL.parse(address)?.hostname.replace(/^\[|\]$/g, '') ?? null;
}

function hostOf(address: string): string | null {
  return URL.parse(address)?.host ?? null;
}
