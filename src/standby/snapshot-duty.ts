import { describeError, type Log } from '../operations/log.ts';
import type { Follower } from './follow-log.ts';
import type { Link } from './link.ts';
import type { ReplicaFiles } from './replica-files.ts';
import type { Seal } from './seal.ts';
import { cutLog, markSnapshot, sendSnapshot } from './snapshots.ts';

/**
 * The log is cut once it is that old or that large. What somebody asked to be erased is then in no row any more: the files
 * hold it no longer, and the log before them goes. Half an hour, of the hour that is promised.
 */
const defaultCut = { age: 1_800_000, bytes: 64_000_000, every: 30_000 };

/** A follower, or a leader that has none. A follower goes on while it copies: each copy knows where it stands. */
export type SnapshotSource =
  | { readonly follower: Follower; readonly files: ReplicaFiles }
  | { readonly makeSnapshot: () => Promise<void> };

export interface SnapshotDuty {
  /** Resolves when the files of a follower are not being copied. */
  settled(): Promise<void>;
  stop(): void;
}

/** Looks now and then whether the log has to be cut, and makes the snapshot that it takes. */
export function createSnapshotDuty(options: {
  readonly link: Link;
  readonly seal: Seal;
  readonly folder: string;
  readonly cut: typeof defaultCut | undefined;
  readonly log: Log;
  readonly source: () => SnapshotSource | null;
}): SnapshotDuty {
  const { link, seal, folder, log, cut = defaultCut } = options;
  let running = false;
  let copying: Promise<void> = Promise.resolve();

  async function isDue(): Promise<boolean> {
    const { rows } = await link.query(
      `SELECT coalesce(sum(octet_length(sealed)), 0) AS bytes,
         1000 * extract(epoch FROM clock_timestamp() - min(at)) AS age, (SELECT sum(bytes) FROM assistant_snapshot) AS kept
       FROM assistant_log WHERE seq > coalesce((SELECT max(seq) FROM assistant_snapshot), 0)
         AND seq < (SELECT max(seq) FROM assistant_log)`,
      [],
      { timeout: 60_000 },
    );
    const row = rows[0];
    if (row === undefined || row['age'] === null) return false;
    return (
      Number(row['age']) > cut.age || Number(row['bytes']) > Math.max(cut.bytes, 2 * Number(row['kept'] ?? 0))
    );
  }

  async function copyFollower({
    follower,
    files,
  }: Extract<SnapshotSource, { files: unknown }>): Promise<void> {
    const { seq, reign } = follower;
    const mark = await sendSnapshot({
      link,
      seal,
      folder,
      copyFiles: async (toPath) => {
        const copied = files.copyFiles(toPath);
        copying = copied.then(
          () => undefined,
          () => undefined,
        );
        return { files: await copied, head: seq, upTo: follower.seq };
      },
    });
    // Until the first row after a start, the reign of the last one is unknown.
    if (reign !== '' && (await markSnapshot(link, mark, reign))) await cutLog(link);
  }

  async function work(): Promise<void> {
    const source = options.source();
    // What was erased must not stay in the -wal files of a follower, as the leader takes it out of its own.
    if (source !== null && 'files' in source) source.files.tidy();
    if (source === null || !(await isDue())) return;
    if ('makeSnapshot' in source) await source.makeSnapshot();
    else await copyFollower(source);
    log.info('Relais : copie complète envoyée, journal coupé');
  }

  const timer = setInterval(
    () => {
      if (running) return;
      running = true;
      work()
        .catch((error: unknown) =>
          log.warn('Relais : copie complète impossible', { cause: describeError(error) }),
        )
        .finally(() => {
          running = false;
        });
    },
    // Two followers must not always begin together.
    cut.every * (0.75 + Math.random() / 2),
  ).unref();
  return { settled: () => copying, stop: () => clearInterval(timer) };
}
