import { createHash } from 'node:crypto';

/** The short name of an unanswered question, the same on the page and in `npm run questions`. */
export function unansweredId(turnId: string): string {
  return createHash('sha256').update(turnId).digest('hex').slice(0, 6);
}
