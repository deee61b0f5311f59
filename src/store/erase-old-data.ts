import type { Store } from './open-store.ts';

const day = 86_400_000;
/** Ids of events already handled, so that none is answered twice: no homeserver gives an event again after that long. */
const idsKept = 90 * day;
/** Who changed a fiche: as long as one may have to ask them why. */
const auditKept = 365 * day;

/** Erases data past its retention, at start and every hour (docs/donnees-personnelles.md). Call it inside a transaction. */
export function eraseOldData(store: Store, now: number, retentionDays: number): void {
  const before = now - retentionDays * day;
  store.journal.eraseOldTexts(before);
  store.conversations.eraseIdle(before);
  store.feedback.eraseOld(before);
  store.outgoing.eraseOld(before);
  store.journal.eraseOld(now - Math.max(idsKept, retentionDays * day));
  store.notices.eraseOld(before);
  store.audit.eraseOld(now - auditKept);
}
