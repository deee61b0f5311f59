import { z } from 'zod';
import type { AuditAction, AuditEntry, ChangedFile } from './audit.ts';
import type { Database } from './open-database.ts';
import { readNumber, readText, readTextOrNull } from './read-row.ts';

/** Who changed what, and when, on the page. */
export interface AuditTable {
  /** @returns the number of the entry */
  record(entry: {
    readonly at: number;
    readonly who: string;
    readonly action: AuditAction;
    readonly object: string | null;
    readonly files?: readonly ChangedFile[];
  }): number;
  /** Latest first. */
  read(most: number): AuditEntry[];
  /** The files of a save; null when they are no longer kept, or when it changed none. */
  readFiles(id: number): ChangedFile[] | null;
  eraseOld(before: number): number;
}

/** Saves whose files are kept: days of work, and some megabytes. */
const savesKept = 50;

const filesShape = z.array(
  z.object({ file: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
);

export function createAuditTable(db: Database): AuditTable {
  return {
    record({ at, who, action, object, files }) {
      db.run(
        'INSERT INTO audit (at, who, action, object, files) VALUES (?, ?, ?, ?, ?)',
        at,
        who,
        action,
        object,
        files ? JSON.stringify(files) : null,
      );
      const row = db.get('SELECT max(id) AS id FROM audit');
      db.run(
        `UPDATE audit SET files = NULL WHERE files IS NOT NULL AND id NOT IN
           (SELECT id FROM audit WHERE files IS NOT NULL ORDER BY id DESC LIMIT ?)`,
        savesKept,
      );
      return row ? readNumber(row, 'id') : 0;
    },
    read: (most) =>
      db
        .all(
          'SELECT id, at, who, action, object, files IS NOT NULL AS undoable FROM audit ORDER BY id DESC LIMIT ?',
          most,
        )
        .map((row) => ({
          id: readNumber(row, 'id'),
          at: readNumber(row, 'at'),
          who: readText(row, 'who'),
          action: readText(row, 'action') as AuditAction,
          object: readTextOrNull(row, 'object'),
          undoable: readNumber(row, 'undoable') === 1,
        })),
    readFiles(id) {
      const row = db.get('SELECT files FROM audit WHERE id = ? AND files IS NOT NULL', id);
      return row ? filesShape.parse(JSON.parse(readText(row, 'files'))) : null;
    },
    eraseOld: (before) => db.run('DELETE FROM audit WHERE at < ?', before),
  };
}
