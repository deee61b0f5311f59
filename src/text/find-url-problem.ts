/** What is wrong with the address of a homeserver: no address at all, or one over which secrets would go in clear. */
export type UrlProblem = 'no-address' | 'in-clear';

/** null: nothing is wrong. http:// is for this machine only. */
export function findUrlProblem(given: string): UrlProblem | null {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'no-address';
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'http:' && !local ? 'in-clear' : null;
}
