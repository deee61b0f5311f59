import { createHash } from 'node:crypto';

/** The short name of an unanswered question, the same on the page and in `npm run questions`. */
export function unansweredId(turn: string): string {
  return createHash('sha256').update(turn).digest('hex').slice(0, 6);
}
