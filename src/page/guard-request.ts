import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface GuardOptions {
  /** Names that the page may be called by, without port: `127.0.0.1`, `assistant.interieur.gouv.fr`. */
  readonly names: readonly string[];
  readonly token: string | null;
}

export type Verdict = 'allowed' | 'other-host' | 'other-origin' | 'no-token';

/**
 * Decides who may talk to the page. SECURITY: a Host that is not ours means DNS rebinding; an Origin (or Sec-Fetch-Site)
 * that is not ours means that another site is using the visitor's browser. When a token is set, every request needs it.
 */
export function guardRequest(headers: IncomingHttpHeaders, options: GuardOptions): Verdict {
  const host = headers.host ?? '';
  if (!options.names.includes(nameOf(`http://${host}`) ?? '')) return 'other-host';
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return 'other-origin';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'other-origin';
  if (options.token !== null && !carriesToken(headers, options.token)) return 'no-token';
  return 'allowed';
}

/** The cookie's value is a digest, so that the token itself is not kept in the browser. */
export function cookieOf(token: string): string {
  return `page-jeton=${digest(token).toString('base64url')}`;
}

export function isToken(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function carriesToken(headers: IncomingHttpHeaders, token: string): boolean {
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return isToken(bearer, token);
  const cookies = (headers.cookie ?? '').split(/; */);
  const expected = digest(cookieOf(token));
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
