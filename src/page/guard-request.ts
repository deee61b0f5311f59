import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { PageAccount } from '../config.ts';
import type { GuessLimit } from './limit-guesses.ts';
import type { Visitor } from './page-view.ts';

export interface GuardOptions {
  /** Names that the page may be called by, without port: `127.0.0.1`, `assistant.interieur.gouv.fr`. */
  readonly names: readonly string[];
  /** Everybody whom a token names; empty: the page asks for none, and whoever comes is `unknown`. */
  readonly keys: readonly Key[];
  readonly unknown: Visitor;
  /** Signs the cookie: without it, a guess of the token makes no cookie. */
  readonly cookieKey: string;
  readonly guesses: GuessLimit;
}

export interface Key {
  readonly token: string;
  readonly visitor: Visitor;
}

export type Refusal = 'other-host' | 'other-origin' | 'no-token' | 'too-many-guesses';
export type Verdict = { readonly type: 'allowed'; readonly visitor: Visitor } | { readonly type: Refusal };

/** Whoever knows PAGE_TOKEN: the token is shared, so nobody can say who changed what. */
const shared: Visitor = { name: 'jeton commun', role: 'reader' };

/** The shared token and those of the accounts. */
export function listKeys(token: string | null, accounts: readonly PageAccount[]): Key[] {
  return [
    ...(token === null ? [] : [{ token, visitor: shared }]),
    ...accounts.map(({ token, name, role }) => ({ token, visitor: { name, role } })),
  ];
}

/**
 * Decides who may talk to the page. SECURITY: a Host that is not ours means DNS rebinding; an Origin (or Sec-Fetch-Site)
 * that is not ours means that another site is using the visitor's browser. When a token is set, every request needs one.
 */
export function guardRequest(headers: IncomingHttpHeaders, address: string, options: GuardOptions): Verdict {
  const host = headers.host ?? '';
  if (!options.names.includes(nameOf(`http://${host}`) ?? '')) return { type: 'other-host' };
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return { type: 'other-origin' };
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return { type: 'other-origin' };
  if (options.keys.length === 0) return { type: 'allowed', visitor: options.unknown };
  const known = findByCookie(headers, options);
  if (known) return { type: 'allowed', visitor: known };
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  return bearer === undefined ? { type: 'no-token' } : judgeToken(bearer, address, options);
}

/**
 * Whether this page itself made the request: what changes something must say so. A browser names the origin of every POST,
 * and no site can name another; a Bearer token, which no browser adds by itself, says as much.
 */
export function comesFromPage(headers: IncomingHttpHeaders): boolean {
  return (
    headers.origin !== undefined ||
    headers['sec-fetch-site'] === 'same-origin' ||
    headers.authorization?.startsWith('Bearer ') === true
  );
}

/** The cookie's value is signed with a key of ours, so that neither the token is kept in the browser nor a guess of it serves. */
export function cookieOf(token: string, key: string): string {
  return `page-jeton=${createHmac('sha256', key).update(token).digest('base64url')}`;
}

/** SECURITY: a guess too many is not looked at, were it right: otherwise guessing would go on as fast as before. */
export function judgeToken(
  given: string,
  address: string,
  { keys, guesses }: Pick<GuardOptions, 'keys' | 'guesses'>,
): Extract<Verdict, { type: 'allowed' }> | { readonly type: 'no-token' | 'too-many-guesses' } {
  if (!guesses.take(address)) return { type: 'too-many-guesses' };
  const wanted = digest(given);
  // All are compared, so that the time taken does not tell which one was nearest.
  const [found] = keys.filter(({ token }) => timingSafeEqual(wanted, digest(token)));
  if (!found) return { type: 'no-token' };
  guesses.giveBack(address);
  return { type: 'allowed', visitor: found.visitor };
}

function findByCookie(headers: IncomingHttpHeaders, { keys, cookieKey }: GuardOptions): Visitor | null {
  const cookies = (headers.cookie ?? '').split(/; */).map(digest);
  const [found] = keys.filter(({ token }) => {
    const expected = digest(cookieOf(token, cookieKey));
    return cookies.some((cookie) => timingSafeEqual(cookie, expected));
  });
  return found?.visitor ?? null;
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
