import type { Database } from './open-database.ts';

/** Sentences that are said once: refusals, flood warnings, introductions, undecryptable sessions; `unreadable` and `verification` count by person. */
export type NoticeKind =
  | 'refused'
  | 'flood'
  | 'arrival'
  | 'undecryptable'
  | 'unreadable'
  | 'verification'
  | 'set-aside';

export interface NoticeTable {
  /** True the first time since `since` (0: for good), and it is remembered. */
  claim(subject: string, kind: NoticeKind, now: number, since?: number): boolean;
  /** Whether `claim` would be true. */
  isFree(subject: string, kind: NoticeKind): boolean;
  eraseOf(subject: string): void;
  eraseOld(before: number): number;
}

export function createNoticeTable(db: Database): NoticeTable {
  return {
    claim: (subject, kind, now, since = 0) =>
      db.run(
        `INSERT INTO notice (subject, kind, at) VALUES (?, ?, ?)
         ON CONFLICT (subject, kind) DO UPDATE SET at = excluded.at WHERE notice.at < ?`,
        subject,
        kind,
        now,
        since,
      ) > 0,
    isFree: (subject, kind) =>
      db.get('SELECT 1 FROM notice WHERE subject = ? AND kind = ?', subject, kind) === undefined,
    eraseOf(subject) {
      db.run('DELETE FROM notice WHERE subject = ?', subject);
    },
    eraseOld: (before) =>
      db.run(`DELETE FROM notice WHERE at < ? AND kind IN ('flood', 'unreadable', 'verification')`, before),
  };
}
