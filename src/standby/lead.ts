import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { describeError, type Log } from '../operations/log.ts';
import { type Lease, StoodDown } from './lease.ts';
import type { Link } from './link.ts';
import { type CommitRecorder, createRecorders, type FileName, type Position } from './record-commits.ts';
import { copiesFolder } from './replica-files.ts';
import type { Seal } from './seal.ts';
import { createShipper } from './ship-changes.ts';
import { cutLog, markSnapshot, sendSnapshot } from './snapshots.ts';

/** Milliseconds of the lease that a call has to have left when the homeserver would do it twice if it came twice. */
const leastForOnce = 2_000;
/** Milliseconds that the end of a reign waits for what is not in PostgreSQL yet. */
const longestFarewell = 2_000;

/** What an instance that leads works with. */
export interface Leadership {
  readonly epoch: number;
  recordStore(db: DatabaseSync, isAltered: boolean): CommitRecorder;
  recordKeys(db: DatabaseSync, isAltered: boolean): CommitRecorder;
  /** Another machine has used these keys until now. */
  readonly continuesKeys: boolean;
  /**
   * The one rule: nothing leaves this process before all that was committed so far is in PostgreSQL, nor past the deadline of
   * the lease. Waits for both; what it gives ends a request that is on its way at the deadline.
   */
  beforeRequest(request: { readonly hasTransactionId: boolean }): Promise<AbortSignal>;
  /** Resolves with the reason when another instance leads, or may: the process must end at once. */
  readonly lost: Promise<StoodDown>;
  /** Leaves the lead to another instance: `lost` follows. */
  giveUp(reason: string): Promise<void>;
  /** Milliseconds of the lease that are left. */
  remaining(): number;
  /** The last number that PostgreSQL has, and how many changes wait. */
  readonly seq: number;
  readonly waiting: number;
  /** Makes a snapshot and cuts the log: for a leader without followers. */
  makeSnapshot(): Promise<void>;
  /** Lets nothing more leave, ships what is left and gives the lease back. End the process after it. */
  retire(): Promise<void>;
  /** Ends without a word to PostgreSQL, as a killed process does. */
  vanish(): void;
}

export function lead(options: {
  readonly lease: Lease;
  /** For the log of changes alone. */
  readonly link: Link;
  /** For snapshots, which are long. */
  readonly snapshotLink: Link;
  readonly seal: Seal;
  readonly dataDir: string;
  /** Where this instance's files stand, as a follower. */
  readonly left: ReadonlyMap<FileName, Position>;
  readonly log: Log;
}): Leadership {
  const { lease, link, snapshotLink, seal, left, log } = options;
  let retired = false;
  const givenUp = Promise.withResolvers<StoodDown>();
  const shareFiles = () =>
    sendSnapshot({
      link: snapshotLink,
      seal,
      folder: join(copiesFolder(options.dataDir), 'envoi'),
      copyFiles: recorders.copyFiles,
    });
  const shipper = createShipper({
    link,
    seal,
    reign: lease.reign,
    head: lease.firstSeq,
    shareFiles,
    startAnew: () => {
      log.error(
        'Relais : PostgreSQL a perdu des changements qu’il avait (bascule sans réplication synchrone ?). Les fichiers sont partagés de nouveau en entier.',
      );
      recorders.startAnew();
    },
    onRefused: lease.standDown,
    onTrouble: (error) =>
      log.warn('Relais : écriture dans PostgreSQL impossible, nouvel essai', { cause: describeError(error) }),
    onRecovered: () => log.info('Relais : PostgreSQL répond de nouveau'),
  });
  const recorders = createRecorders({
    reign: lease.reign,
    head: lease.firstSeq,
    left,
    onChange: shipper.add,
  });

  async function beforeRequest({ hasTransactionId }: { hasTransactionId: boolean }): Promise<AbortSignal> {
    for (;;) {
      await shipper.shipped();
      if (!retired && lease.remaining() > (hasTransactionId ? 0 : leastForOnce)) return lease.signal();
      // Never, once the lease is lost or given back: nothing leaves a process that is about to end.
      await lease.renewed();
    }
  }

  async function retire(): Promise<void> {
    if (retired) return;
    retired = true;
    const inTime = Promise.withResolvers<void>();
    const timer = setTimeout(inTime.resolve, longestFarewell);
    await Promise.race([shipper.shipped(), inTime.promise]);
    clearTimeout(timer);
    shipper.close();
    await lease.release();
  }

  return {
    epoch: lease.epoch,
    recordStore: (db, isAltered) => recorders.attach('store', db, isAltered),
    recordKeys: (db, isAltered) => recorders.attach('keys', db, isAltered),
    continuesKeys: left.has('keys'),
    beforeRequest,
    lost: Promise.race([lease.lost, givenUp.promise]),
    giveUp: (reason) => retire().finally(() => givenUp.resolve(new StoodDown(reason))),
    remaining: lease.remaining,
    get seq() {
      return shipper.done;
    },
    get waiting() {
      return shipper.waiting;
    },
    async makeSnapshot() {
      const mark = await shareFiles();
      await shipper.shipped();
      if (await markSnapshot(snapshotLink, mark, lease.reign)) await cutLog(snapshotLink);
    },
    retire,
    vanish() {
      shipper.close();
      lease.close();
    },
  };
}
