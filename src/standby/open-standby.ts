import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describeError, type Log } from '../operations/log.ts';
import { createFollower, type Follower } from './follow-log.ts';
import { exchangeStates, type InstanceState, leave } from './instances.ts';
import { type Leadership, lead } from './lead.ts';
import { takeLease } from './lease.ts';
import { codeOf, createLink } from './link.ts';
import type { LogState } from './read-log.ts';
import type { FileName } from './record-commits.ts';
import { copiesFolder, openReplicaFiles, type ReplicaFiles } from './replica-files.ts';
import { createSeal, SealError } from './seal.ts';
import { createSnapshotDuty } from './snapshot-duty.ts';
import { StandbyError } from './standby-error.ts';
import { prepareTables } from './tables.ts';
import { watchHomeserver } from './watch-homeserver.ts';

/** Milliseconds between two looks of a follower, and after one that failed. */
const lookPause = 100;
const retryPause = 500;
const exchangePause = 1_000;
/** Changes that a machine may be behind and be called a successor: it applies them in a few tenths of a second. */
const mostBehind = 1_000;
/** Looks in a row that found a leader unable to work. */
const longestBroken = 3;
/** Default of `foundingPause`. */
const longestFounding = 5_000;
/** Milliseconds after which a look is too old to call a follower ready. */
const staleLook = 5_000;

export interface StandbyOptions {
  readonly url: string;
  readonly storeKey: string;
  readonly dataDir: string;
  readonly paths: Readonly<Record<FileName, string>>;
  readonly version: string;
  readonly storeVersion: number;
  /** Version of the crypto library. */
  readonly library: string;
  readonly content: () => string;
  /** Asks the homeserver whether it is there, within a few seconds; rejects when it is not. */
  readonly lookAtHomeserver: () => Promise<unknown>;
  readonly log: Log;
  /** Milliseconds that an instance without data waits for one with data, before it begins a new installation; for tests. */
  readonly foundingPause?: number | undefined;
  /** When the log is cut; for tests. */
  readonly cut?: { readonly age: number; readonly bytes: number; readonly every: number } | undefined;
}

export interface Standby {
  /**
   * Follows until it is this instance's turn. null: asked to stop before. The files are free once it has resolved. Rejects
   * with a StandbyError when PostgreSQL is another assistant's; while it is out of reach, waits.
   */
  lead(asked: AbortSignal): Promise<Leadership | null>;
  /** Asked every second of a leader: whether it cannot work any more, and another one should. */
  watchWork(isBroken: () => boolean): void;
  /** What keeps this instance from its part, in French. */
  readProblems(): string[];
  readFigures(): StandbyFigures;
  /** The role of this instance, and how far the others are, in French. */
  describe(): string;
  /** Another instance could take over now. */
  hasReadyFollower(): boolean;
  close(): Promise<void>;
  /** Ends without a word to PostgreSQL, as a killed process does. */
  vanish(): Promise<void>;
}

export interface StandbyFigures {
  readonly leads: boolean;
  readonly epoch: number;
  /** Changes, and seconds, that this follower is behind; of a leader, what waits for PostgreSQL. */
  readonly lag: number;
  readonly lagSeconds: number;
  readonly others: number;
  readonly othersLag: number;
  /** Since the start: times that this instance has taken the lead, and seconds for which it saw nobody lead. */
  readonly takeOvers: number;
  readonly leaderless: number;
}

/** This instance among those of its account. Nothing is asked of PostgreSQL before `lead`. */
export function openStandby(options: StandbyOptions): Standby {
  const { url, dataDir, log, version } = options;
  const instance = `${hostname().slice(0, 60)}-${randomBytes(3).toString('hex')}`;
  const seal = createSeal(options.storeKey);
  const links = {
    log: createLink(url, 'journal'),
    lease: createLink(url, 'bail'),
    states: createLink(url, 'etat'),
    snapshots: createLink(url, 'copies'),
  };
  rmSync(copiesFolder(dataDir), { recursive: true, force: true });
  let files: ReplicaFiles | null = openReplicaFiles(options.paths);
  const follower: Follower = createFollower({
    link: links.log,
    seal,
    files,
    folder: join(copiesFolder(dataDir), 'reception'),
    onReplaced: (reason) => log.info('Relais : fichiers repris de PostgreSQL', { raison: reason }),
  });
  const hadData = follower.hasOwnData;
  const start = performance.now();
  let state: LogState | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let leadership: Leadership | null = null;
  let others: InstanceState[] = [];
  let takeOvers = 0;
  let leaderless = 0;
  let freeSince: number | null = null;
  let closed = false;
  let isPrepared = false;
  let told = '';
  let isBroken = (): boolean => false;
  let brokenFor = 0;
  const homeserver = watchHomeserver(options.lookAtHomeserver);

  /** Each state is told once, when it begins. */
  function tell(level: 'info' | 'warn', line: string, cause?: unknown): void {
    if (told !== line) log[level](line, cause === undefined ? {} : { cause: describeError(cause) });
    told = line;
  }

  const isOlder = (): boolean =>
    state !== null &&
    state.runs !== null &&
    (options.storeVersion < state.runs.storeVersion ||
      options.library.localeCompare(state.runs.library, 'en', { numeric: true }) < 0);

  const isCurrent = (): boolean => state !== null && follower.isUpToDate(state);

  const duty = createSnapshotDuty({
    link: links.snapshots,
    seal,
    folder: join(copiesFolder(dataDir), 'envoi'),
    cut: options.cut,
    log,
    source: () => {
      if (leadership !== null) return others.length > 0 ? null : { makeSnapshot: leadership.makeSnapshot };
      return files === null || !isCurrent() || isOlder() ? null : { follower, files };
    },
  });

  /** True: this instance has been found fit to lead, and nobody leads. */
  function mayLead(): boolean {
    if (state === null || !state.isFree || isOlder()) return false;
    if (state.snapshotSeq !== null) return isCurrent();
    // Nobody has shared anything yet. Whoever has data begins; a new machine gives the one with data the time to.
    return (
      hadData ||
      (performance.now() - start > (options.foundingPause ?? longestFounding) &&
        !others.some(({ hasData }) => hasData))
    );
  }

  function countFree(): void {
    if (state?.isFree !== true) freeSince = null;
    else if (state.snapshotSeq !== null) {
      const now = performance.now();
      leaderless += freeSince === null ? 0 : (now - freeSince) / 1_000;
      freeSince = now;
    }
  }

  async function step(): Promise<Leadership | null> {
    if (!isPrepared) await prepareTables(links.lease, seal);
    isPrepared = true;
    state = await follower.look();
    lookedAt = performance.now();
    countFree();
    tell(
      'info',
      isOlder()
        ? 'Relais : cette machine a une version plus ancienne que la machine active, elle ne peut pas prendre le relais'
        : 'Relais : cette machine suit et attend',
    );
    if (!mayLead()) return null;
    const lease = await takeLease(links.lease, {
      instance,
      storeVersion: options.storeVersion,
      library: options.library,
    });
    if (lease === null) return null;
    // Between the look and the lease somebody else may have reigned: what these files are is to be seen anew.
    if (lease.previous !== (state.runs?.reign ?? null)) {
      await lease.release();
      return null;
    }
    // PostgreSQL has lost rows that this machine has: it shares what it has, as whole files.
    const isAhead = follower.seq >= lease.firstSeq;
    try {
      while (state.snapshotSeq !== null && follower.seq < lease.firstSeq) {
        // What cannot be read while the lease lasts is left to another machine.
        if (lease.remaining() < 0) throw new Error('the rest of the log cannot be read');
        state = await follower.look();
      }
    } catch (error) {
      // The rest of the log cannot be read: the lease is left to whoever can.
      lease.close();
      throw error;
    }
    const left = isAhead || state.snapshotSeq === null ? new Map() : follower.positions();
    files?.close();
    files = null;
    await duty.settled();
    takeOvers += 1;
    log.info('Relais : cette machine est active', { mandat: lease.epoch, changement: lease.firstSeq });
    return lead({ lease, link: links.log, snapshotLink: links.snapshots, seal, dataDir, left, log });
  }

  async function exchange(): Promise<void> {
    while (!closed) {
      others = await exchangeStates(links.states, {
        instance,
        leads: leadership !== null,
        seq: leadership?.seq ?? follower.seq,
        hasData: hadData || follower.seq > 0,
        reaches: homeserver.reaches,
        ready: isSuccessor(),
        version,
        content: options.content(),
      }).catch(() => []);
      if (others.some((other) => other.content !== options.content() || other.version !== version))
        tellDifference();
      await giveUpIfBroken();
      await pause(exchangePause, undefined, { ref: false });
    }
  }

  /** Nobody gives the lead up to nobody. */
  async function giveUpIfBroken(): Promise<void> {
    brokenFor = isBroken() ? brokenFor + 1 : 0;
    const successors = others.filter(isReady);
    if (brokenFor >= longestBroken && successors.length > 0)
      await leadership?.giveUp('sa base n’accepte plus d’écriture').catch(() => undefined);
    else if (homeserver.isLost && successors.some(({ reaches }) => reaches))
      await leadership?.giveUp('le serveur Matrix ne répond qu’à une autre machine').catch(() => undefined);
  }

  let differenceTold = '';
  function tellDifference(): void {
    const seen = others.map((other) => `${other.version} ${other.content}`).join(', ');
    if (seen !== differenceTold)
      log.warn('Relais : une autre machine n’a pas la même version ou le même contenu', {
        ici: `${version} ${options.content()}`,
        ailleurs: seen,
      });
    differenceTold = seen;
  }

  /** It has all, or nearly: while a leader works, a follower is a few changes behind at any moment. */
  const isSuccessor = (): boolean =>
    leadership === null &&
    isLive() &&
    !isOlder() &&
    follower.seq > 0 &&
    (state?.head ?? 0) - follower.seq < mostBehind;

  const isReady = ({ leads, ready }: InstanceState): boolean => ready && !leads;

  const waiting = (): number => leadership?.waiting ?? Math.max((state?.head ?? 0) - follower.seq, 0);
  const isLive = (): boolean => performance.now() - lookedAt < staleLook;

  async function vanish(): Promise<void> {
    closed = true;
    duty.stop();
    homeserver.stop();
    leadership?.vanish();
    await duty.settled();
    files?.close();
    files = null;
    for (const link of Object.values(links)) link.close();
  }

  void exchange();

  return {
    async lead(asked) {
      while (!asked.aborted) {
        try {
          leadership = await step();
          if (leadership !== null) return leadership;
        } catch (error) {
          if (error instanceof SealError || error instanceof StandbyError) throw error;
          const isOurs = codeOf(error) === 'ERR_SQLITE_ERROR';
          const line = isOurs
            ? 'Relais : écriture impossible sur cette machine (disque plein ?), nouvel essai'
            : 'Relais : PostgreSQL ne répond pas, nouvel essai';
          tell('warn', line, error);
          lookedAt = Number.NEGATIVE_INFINITY;
          await pause(retryPause);
        }
        await pause(lookPause);
      }
      return null;
    },
    watchWork(look) {
      isBroken = look;
    },
    readProblems() {
      if (leadership !== null)
        return leadership.remaining() > 0 ? [] : ['PostgreSQL (relais) ne répond pas : rien ne part'];
      if (!isLive())
        return ['cette machine ne suit plus : PostgreSQL (relais) ne répond pas, ou son disque est plein'];
      if (isOlder()) return ['version plus ancienne que celle de la machine active : mettez-la à jour'];
      return isCurrent() ? [] : ['cette machine n’a pas encore tous les changements de la machine active'];
    },
    readFigures: () => ({
      leads: leadership !== null,
      epoch: leadership?.epoch ?? state?.epoch ?? 0,
      lag: waiting(),
      lagSeconds: leadership === null ? (state?.lag ?? 0) / 1_000 : 0,
      others: others.length,
      othersLag: Math.max(0, ...others.map(({ seq }) => (leadership?.seq ?? state?.head ?? 0) - seq)),
      takeOvers,
      leaderless,
    }),
    describe() {
      const role = leadership === null ? 'en attente' : `active (mandat ${leadership.epoch})`;
      const head = leadership?.seq ?? state?.head ?? 0;
      const rest = others.map(
        ({ instance: name, leads, seq, version: its }) =>
          `${name} ${leads ? 'active' : `en attente, ${Math.max(head - seq, 0)} changements de retard`} (version ${its})`,
      );
      return `Machine ${instance} : ${role}. Autres machines : ${rest.length === 0 ? 'aucune' : rest.join(' ; ')}.`;
    },
    hasReadyFollower: () => others.some(isReady),
    async close() {
      await leave(links.states, instance).catch(() => undefined);
      await vanish();
    },
    vanish,
  };
}
