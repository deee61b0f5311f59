import type { Link } from './link.ts';
import { isOfLog, type LogState, readLogState, readRows } from './read-log.ts';
import type { FileName, Position } from './record-commits.ts';
import { ReplicaDiverged, type ReplicaFiles } from './replica-files.ts';
import type { Seal } from './seal.ts';
import { fetchSnapshot, readLatestSnapshot } from './snapshots.ts';

/** One instance's copy of the files, brought up to the log step by step. */
export interface Follower {
  /** The last number that is in the files; 0 when they are not of this log. */
  readonly seq: number;
  /** The reign of that row; empty until one has been read. */
  readonly reign: string;
  /** Files that were there before, and were never shared. */
  readonly hasOwnData: boolean;
  /** One look at the log; applies what is new. Rejects when PostgreSQL is out of reach. */
  look(): Promise<LogState>;
  /** Everything of the log is in the files. */
  isUpToDate(state: LogState): boolean;
  /** Where each file stands. */
  positions(): Map<FileName, Position>;
}

export function createFollower(options: {
  readonly link: Link;
  readonly seal: Seal;
  readonly files: ReplicaFiles;
  /** Where a snapshot is put together. */
  readonly folder: string;
  readonly onReplaced: (reason: string) => void;
}): Follower {
  const { link, seal, files, folder } = options;
  let seq = 0;
  let reign = '';
  /** The reign, the latest then, in which the files were compared with the log; undefined: they were not yet. */
  let placedIn: string | null | undefined;

  function readPositions(): Map<FileName, Position> {
    const known = [...files.positions()].filter((entry): entry is [FileName, Position] => entry[1] !== null);
    return new Map(known);
  }

  /**
   * After a start, and when another reign has begun: the files go on from where they are when they are of this log. They are
   * not when the reign in which they were written ended before: PostgreSQL may have lost rows that this follower had.
   */
  async function place(latest: string | null): Promise<void> {
    const found = files.positions();
    const positions = readPositions();
    const snapshot = await readLatestSnapshot(link);
    const fits =
      snapshot !== null &&
      found.size > 0 &&
      found.size === positions.size &&
      snapshot.files.every(({ file, seq: least }) => (positions.get(file)?.seq ?? -1) >= least) &&
      (await Promise.all([...positions.values()].map((position) => isOfLog(link, position)))).every(Boolean);
    placedIn = latest;
    if (!fits) {
      seq = 0;
      reign = '';
      return;
    }
    // What a file lacks up to its own number is nothing: the rows between are the other file's.
    const least = Math.max(
      snapshot.seq,
      Math.min(...[...positions.values()].map((position) => position.seq)),
    );
    // At work already, it has read further than its files show: rows that change none of them.
    seq = Math.max(seq, least);
  }

  /** False: there is none beyond `after`. */
  async function takeSnapshot(reason: string, after = 0): Promise<boolean> {
    const snapshot = await readLatestSnapshot(link);
    if (snapshot === null || snapshot.seq <= after) return false;
    const paths = await fetchSnapshot({ link, seal, folder }, snapshot);
    files.replace(paths);
    seq = snapshot.seq;
    reign = '';
    options.onReplaced(reason);
    return true;
  }

  async function applyNext(): Promise<boolean> {
    const rows = await readRows(link, seal, seq);
    const first = rows[0];
    if (first === undefined) return false;
    // Rows are missing: they are in a snapshot, or their leader is about to share its files anew.
    if (first.seq !== seq + 1) return takeSnapshot('le journal ne remonte pas assez loin', seq);
    const end = rows.findIndex(({ file, seq: at }, index) => file === 'anew' || at !== first.seq + index);
    const fitting = end < 0 ? rows : rows.slice(0, end);
    files.apply(
      fitting.flatMap(({ file, ...row }) => (file === 'reign' || file === 'anew' ? [] : [{ ...row, file }])),
    );
    const last = fitting.at(-1);
    if (last !== undefined) ({ seq, reign } = last);
    const stop = end < 0 ? undefined : rows[end];
    if (stop?.file === 'anew') await takeSnapshot('un fichier a été remplacé par la machine active');
    return true;
  }

  return {
    get seq() {
      return seq;
    },
    get reign() {
      return reign;
    },
    get hasOwnData() {
      return files.positions().size > 0;
    },
    positions: readPositions,
    isUpToDate: ({ head, runs }) =>
      placedIn !== undefined && placedIn === (runs?.reign ?? null) && seq > 0 && seq >= head,
    async look() {
      let state = await readLogState(link, seq);
      const latest = state.runs?.reign ?? null;
      if (placedIn !== latest) await place(latest);
      try {
        if (seq === 0 && state.snapshotSeq !== null) await takeSnapshot('première copie');
        while (seq > 0 && seq < state.head && (await applyNext())) state = await readLogState(link, seq);
      } catch (error) {
        if (!(error instanceof ReplicaDiverged)) throw error;
        await takeSnapshot('cette copie différait du journal');
      }
      return state;
    },
  };
}
