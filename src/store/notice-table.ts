import { namesPerson } from './names-person.ts';
import type { Database } from './open-database.ts';
import { readNumber, readText } from './read-row.ts';

/**
 * Sentences that are said once: refusals, flood warnings, introductions, undecryptable sessions; `unreadable` and
 * `verification` count by person. `forget` is none: the person has asked to be forgotten, and something of theirs was still
 * under way (finish-erasures.ts).
 */
export type NoticeKind =
  | 'refused'
  | 'flood'
  | 'arrival'
  | 'undecryptable'
  | 'unreadable'
  | 'verification'
  | 'set-aside'
  | 'forget';

export interface NoticeTable {
  /** True the first time since `since` (0: for good), and it is remembered. */
  claim(subject: string, kind: NoticeKind, now: number, since?: number): boolean;
  /** Whether `claim` would be true. */
  isFree(subject: string, kind: NoticeKind): boolean;
  list(kind: NoticeKind): { readonly subject: string; readonly at: number }[];
  remove(subject: string, kind: NoticeKind): void;
  /** What was said to this person, and what was said in a room that names them. */
  eraseOf(person: string): void;
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
    list: (kind) =>
      db
        .all('SELECT subject, at FROM notice WHERE kind = ?', kind)
        .map((row) => ({ subject: readText(row, 'subject'), at: readNumber(row, 'at') })),
    remove(subject, kind) {
      db.run('DELETE FROM notice WHERE subject = ? AND kind = ?', subject, kind);
    },
    eraseOf(person) {
      // Of an unreadable message, the subject is its room, a space and its session.
      const room = `substr(subject, 1, instr(subject, ' ') - 1)`;
      db.run(
        `DELETE FROM notice WHERE subject = ?1 OR (kind = 'undecryptable' AND ${namesPerson(room)})`,
        person,
      );
    },
    eraseOld: (before) =>
      db.run(`DELETE FROM notice WHERE at < ? AND kind IN ('flood', 'unreadable', 'verification')`, before),
  };
}
