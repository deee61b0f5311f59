import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Something is left in the store; the bot may be running on it. */
export function hasWork(data: string): boolean {
  try {
    const db = new DatabaseSync(join(data, 'assistant.db'), { readOnly: true });
    try {
      const count = (sql: string): number => Number((db.prepare(sql).get() as { n: number }).n);
      return (
        count(`SELECT count(*) AS n FROM outgoing WHERE status = 'waiting'`) +
          count(`SELECT count(*) AS n FROM journal WHERE status IN ('waiting', 'undecryptable')`) >
        0
      );
    } finally {
      db.close();
    }
  } catch {
    return true;
  }
}
