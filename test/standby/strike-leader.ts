import type { SmallDisk } from '../store/small-disk.ts';
import type { Instance } from './run-instance.ts';
import type { Postgres } from './start-postgres.ts';
import type { TcpProxy } from './start-tcp-proxy.ts';

/** The ways in which a leader is struck. */
export const ways = [
  'kill',
  'term',
  'stop',
  'postgres',
  'cut-off',
  'hang',
  'homeserver',
  'both',
  'disk',
] as const;
export type Way = (typeof ways)[number];

/** A machine, what stands between it and the servers, and its disk. */
export interface Member {
  readonly instance: Instance;
  readonly postgres: TcpProxy;
  readonly homeserver: TcpProxy;
  /** Where its data are; not mounted: a disk like another, which cannot be filled. */
  readonly disk: SmallDisk;
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Strikes the leader. What it gives has to be called once an answer has come. */
export function strikeLeader(
  way: Way,
  leader: Member,
  {
    members,
    postgres,
    random,
  }: { readonly members: readonly Member[]; readonly postgres: Postgres; readonly random: () => number },
): () => Promise<void> {
  const nothing = async (): Promise<void> => undefined;
  switch (way) {
    case 'kill':
      leader.instance.signal('SIGKILL');
      return nothing;
    case 'term':
      leader.instance.signal('SIGTERM');
      return nothing;
    case 'stop':
      leader.instance.signal('SIGSTOP');
      return async () => {
        await wait(random() * 2_000);
        leader.instance.signal('SIGCONT');
      };
    case 'postgres': {
      const down = postgres.stop('immediate').then(async () => {
        await wait(random() * 3_000);
        await postgres.start();
      });
      return () => down;
    }
    case 'cut-off':
      leader.postgres.cut();
      return async () => leader.postgres.mend();
    case 'hang':
      leader.postgres.hang();
      return async () => leader.postgres.mend();
    case 'homeserver':
      leader.homeserver.cut();
      return async () => leader.homeserver.mend();
    case 'disk':
      // Where no disk can be mounted, the leader is merely killed.
      if (leader.disk.mounted) fillWhollyFull(leader.disk);
      else leader.instance.signal('SIGKILL');
      return async () => leader.disk.free();
    case 'both':
      for (const { instance } of members) instance.signal('SIGKILL');
      for (const { instance } of members) setTimeout(instance.start, 200);
      return nothing;
  }
}

/** The instance writes meanwhile, and may take the last room before we do. */
function fillWhollyFull(disk: SmallDisk): void {
  try {
    disk.fill(0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
