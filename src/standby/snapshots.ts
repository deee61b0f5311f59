import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Link } from './link.ts';
import { type CopiedFiles, type FileName, type Position, readPosition } from './record-commits.ts';
import { type Seal, sealedPart } from './seal.ts';
import type { SnapshotMark } from './ship-changes.ts';

/** Bytes of a part: it is in memory several times over, sealed and not. */
const partLength = 256_000;

/** A snapshot as PostgreSQL knows it. */
export interface SnapshotInfo {
  readonly snapshot: string;
  /** Everything up to this number is in it. */
  readonly seq: number;
  readonly bytes: number;
  readonly files: readonly SnapshotFile[];
}

interface SnapshotFile extends Position {
  readonly file: FileName;
  readonly parts: number;
}

/** Seals the copies of the files and puts them into PostgreSQL, in parts; they count once `mark` is in the table. */
export async function sendSnapshot(options: {
  readonly link: Link;
  readonly seal: Seal;
  /** Made empty, and removed in the end. */
  readonly folder: string;
  readonly copyFiles: (toPath: (file: FileName) => string) => Promise<CopiedFiles>;
}): Promise<SnapshotMark> {
  const { link, seal, folder } = options;
  const snapshot = randomBytes(9).toString('base64url');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    const pathOf = (file: FileName): string => join(folder, file);
    const { files, head, upTo } = await options.copyFiles(pathOf);
    let bytes = 0;
    const described: SnapshotFile[] = [];
    for (const file of files) {
      const position = readCopy(pathOf(file));
      const parts = await sendParts(pathOf(file), file);
      bytes += statSync(pathOf(file)).size;
      described.push({ file, ...position, parts });
    }
    return { snapshot, seq: head, upTo, bytes, files: described };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  async function sendParts(path: string, file: FileName): Promise<number> {
    const descriptor = openSync(path, 'r');
    try {
      for (let part = 0; ; part += 1) {
        const buffer = Buffer.alloc(partLength);
        const length = readSync(descriptor, buffer, 0, partLength, part * partLength);
        if (length === 0) return part;
        await link.query(
          'INSERT INTO assistant_snapshot_part (snapshot, file, part, sealed) VALUES ($1, $2, $3, $4)',
          [snapshot, file, part, seal.seal(buffer.subarray(0, length), sealedPart(snapshot, file, part))],
        );
      }
    } finally {
      closeSync(descriptor);
    }
  }
}

function readCopy(path: string): Position {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const position = readPosition(db);
    if (position === null) throw new Error('the copy of a shared file has no position');
    return position;
  } finally {
    db.close();
  }
}

/** null: there is none yet. */
export async function readLatestSnapshot(link: Link): Promise<SnapshotInfo | null> {
  const { rows } = await link.query(
    'SELECT snapshot, seq, bytes, files FROM assistant_snapshot ORDER BY seq DESC, at DESC LIMIT 1',
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    snapshot: String(row['snapshot']),
    seq: Number(row['seq']),
    bytes: Number(row['bytes']),
    files: row['files'] as SnapshotFile[],
  };
}

/** Fetches a snapshot into `folder`. Rejects when it was replaced meanwhile. */
export async function fetchSnapshot(
  { link, seal, folder }: { readonly link: Link; readonly seal: Seal; readonly folder: string },
  { snapshot, files }: SnapshotInfo,
): Promise<Map<FileName, string>> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = new Map<FileName, string>();
  for (const { file, parts } of files) {
    const path = join(folder, file);
    const descriptor = openSync(path, 'w', 0o600);
    try {
      for (let part = 0; part < parts; part += 1) {
        const { rows } = await link.query(
          'SELECT sealed FROM assistant_snapshot_part WHERE snapshot = $1 AND file = $2 AND part = $3',
          [snapshot, file, part],
        );
        const sealed = rows[0]?.['sealed'];
        if (!(sealed instanceof Uint8Array)) throw new Error('the snapshot was replaced by another one');
        writeSync(descriptor, seal.unseal(sealed, sealedPart(snapshot, file, part)));
      }
    } finally {
      closeSync(descriptor);
    }
    paths.set(file, path);
  }
  return paths;
}

/**
 * Makes a snapshot of a follower's count: it must be of the log as it stands, which `reign` shows. Then what it replaces is
 * erased, rows of the log and older snapshots. The last row stays, from which the next number is taken.
 */
export async function markSnapshot(link: Link, mark: SnapshotMark, reign: string): Promise<boolean> {
  const { count } = await link.query(
    `INSERT INTO assistant_snapshot (snapshot, seq, reign, bytes, files)
     SELECT $1, $2, $3, $4, $5::jsonb WHERE EXISTS (SELECT 1 FROM assistant_log WHERE seq = $2 AND reign = $3)`,
    [mark.snapshot, mark.seq, reign, mark.bytes, JSON.stringify(mark.files)],
  );
  return count > 0;
}

/** Erases what the latest snapshot replaces, and parts that were never marked. */
export async function cutLog(link: Link): Promise<void> {
  await link.query(
    `WITH latest AS (SELECT snapshot FROM assistant_snapshot ORDER BY seq DESC, at DESC LIMIT 1),
       old AS (DELETE FROM assistant_snapshot WHERE snapshot <> (SELECT snapshot FROM latest) RETURNING snapshot)
     DELETE FROM assistant_snapshot_part WHERE snapshot IN (SELECT snapshot FROM old)
       OR at < clock_timestamp() - interval '30 minutes'
          AND NOT EXISTS (SELECT 1 FROM assistant_snapshot AS marked
                          WHERE marked.snapshot = assistant_snapshot_part.snapshot)`,
  );
  await link.query(
    `DELETE FROM assistant_log WHERE seq <= (SELECT max(seq) FROM assistant_snapshot)
       AND seq < (SELECT max(seq) FROM assistant_log)`,
  );
}
