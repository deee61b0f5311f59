import { createHash } from 'node:crypto';
import type { Outcome } from '../conversation/conversation.ts';
import type { UserId } from '../messages/ids.ts';
import type { Database } from './open-database.ts';
import { readCount, readNumber, readText, readTextOrNull } from './read-row.ts';

export interface UnansweredQuestion {
  readonly turnId: string;
  readonly at: number;
  readonly text: string;
  readonly nearest: string | null;
}

/** The short name of an unanswered question, the same on the page and in `npm run questions`. */
export function unansweredId(turnId: string): string {
  return createHash('sha256').update(turnId).digest('hex').slice(0, 6);
}

/** What `npm run questions` and the statistics are made of. Statistics count, and name nobody. */
export interface FeedbackTable {
  recordFeedback(feedback: { turnId: string; at: number; fiche: string; solved: boolean }): void;
  recordUnanswered(question: UnansweredQuestion & { readonly agent: UserId }): void;
  countOutcome(day: string, outcome: Outcome, fiche: string | null): void;
  readUnanswered(since: number): UnansweredQuestion[];
  readFeedback(
    since: number,
  ): { readonly fiche: string; readonly solved: number; readonly unsolved: number }[];
  readStatistics(sinceDay: string): {
    readonly day: string;
    readonly outcome: Outcome;
    readonly fiche: string | null;
    readonly count: number;
  }[];
  forgetText(turnId: string): void;
  countOf(agent: UserId): number;
  eraseOf(agent: UserId): number;
  eraseOld(before: number): number;
}

export function createFeedbackTable(db: Database): FeedbackTable {
  return {
    recordFeedback({ turnId, at, fiche, solved }) {
      db.run(
        `INSERT INTO feedback (turn, at, fiche, solved) VALUES (?, ?, ?, ?)
         ON CONFLICT (turn) DO UPDATE SET solved = excluded.solved`,
        turnId,
        at,
        fiche,
        solved ? 1 : 0,
      );
    },
    recordUnanswered({ turnId, at, agent, text, nearest }) {
      db.run(
        `INSERT INTO unanswered (turn, at, person, text, nearest) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (turn) DO UPDATE SET text = excluded.text, nearest = excluded.nearest`,
        turnId,
        at,
        agent,
        text,
        nearest,
      );
    },
    countOutcome(day, outcome, fiche) {
      db.run(
        `INSERT INTO statistic (day, outcome, fiche, count) VALUES (?, ?, ?, 1)
         ON CONFLICT (day, outcome, fiche) DO UPDATE SET count = count + 1`,
        day,
        outcome,
        fiche ?? '',
      );
    },
    readUnanswered: (since) =>
      db
        .all('SELECT turn, at, text, nearest FROM unanswered WHERE at >= ? ORDER BY at', since)
        .map((row) => ({
          turnId: readText(row, 'turn'),
          at: readNumber(row, 'at'),
          text: readText(row, 'text'),
          nearest: readTextOrNull(row, 'nearest'),
        })),
    readFeedback: (since) =>
      db
        .all(
          `SELECT fiche, sum(solved) AS solved, sum(1 - solved) AS unsolved FROM feedback WHERE at >= ?
           GROUP BY fiche ORDER BY unsolved DESC, fiche`,
          since,
        )
        .map((row) => ({
          fiche: readText(row, 'fiche'),
          solved: readNumber(row, 'solved'),
          unsolved: readNumber(row, 'unsolved'),
        })),
    readStatistics: (sinceDay) =>
      db.all('SELECT * FROM statistic WHERE day >= ? ORDER BY day, count DESC', sinceDay).map((row) => ({
        day: readText(row, 'day'),
        outcome: readText(row, 'outcome') as Outcome,
        fiche: readText(row, 'fiche') || null,
        count: readNumber(row, 'count'),
      })),
    forgetText(turn) {
      db.run('DELETE FROM unanswered WHERE turn = ?', turn);
    },
    countOf: (person) => readCount(db.get('SELECT count(*) AS n FROM unanswered WHERE person = ?', person)),
    eraseOf: (person) => db.run('DELETE FROM unanswered WHERE person = ?', person),
    eraseOld: (before) => db.run('DELETE FROM unanswered WHERE at < ?', before),
  };
}
