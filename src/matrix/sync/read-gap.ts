import type { UserId } from '../../messages/ids.ts';
import type { Log } from '../../operations/log.ts';
import type { Metrics } from '../../operations/metrics.ts';
import type { Gap } from '../../store/gap-table.ts';
import type { Store } from '../../store/open-store.ts';
import { classifyFailure } from '../homeserver/failure.ts';
import type { Homeserver } from '../homeserver/homeserver.ts';
import type { RoomEvent } from '../reading/parse-event.ts';
import { fillGap } from './fill-gap.ts';
import { type GapOptions, isArrival, receiveGap } from './receive-batch.ts';

/**
 * Milliseconds that what came after a gap waits for it. People wait for an answer meanwhile; later, the order is given
 * up rather than them.
 */
export const longestHold = 60_000;

export interface ReadGapOptions extends GapOptions {
  readonly store: Store;
  readonly homeserver: Homeserver;
  readonly botUserId: UserId;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly signal: AbortSignal;
}

/** Refusals for no known reason after which a gap is left; Synapse has no code for a token that it cannot read. */
const mostRefusals = 16;

/** Reads what a limited timeline left out, and journals it. Rejects where it has to be tried again. */
export async function readGap(gap: Gap, options: ReadGapOptions, failures = 0): Promise<void> {
  const { homeserver, botUserId, log, metrics, signal } = options;
  const isOldest = (event: RoomEvent): boolean => gap.fromJoin && isArrival(event, botUserId);
  const tell = (reason: 'refused' | 'too-long', words: string): void => {
    metrics.count('assistant_gaps_lost_total', reason);
    log.warn(words, { salon: log.hash(gap.room) });
  };
  try {
    const { events, whole } = await fillGap(homeserver, gap.room, gap.from, gap.to, isOldest, signal);
    if (!whole)
      tell('too-long', 'Historique trop long dans un salon : sa partie la plus ancienne n’est pas lue');
    receiveGap(gap, events, options);
  } catch (error) {
    const { kind } = classifyFailure(error);
    const isLost = kind === 'unexplained' && failures + 1 >= mostRefusals;
    if (kind !== 'forbidden' && kind !== 'rejected' && !isLost) throw error;
    tell(
      'refused',
      'Le serveur refuse l’historique d’un salon : ce qui y a été écrit entre-temps n’est pas lu',
    );
    receiveGap(gap, [], options);
  }
}
