import type { Desk } from '../bot/desk.ts';
import type { Encryption } from '../encryption/encryption.ts';
import type { Metrics } from '../operations/metrics.ts';
import type { Store } from '../store/open-store.ts';

/** The gauges of a connected bot, each read when /metrics is asked for. */
export function setGauges(
  metrics: Metrics,
  {
    store,
    encryption,
    desk,
  }: { readonly store: Store; readonly encryption: Encryption | null; readonly desk?: Desk | undefined },
): void {
  metrics.setGauge('assistant_queue_length', () => store.outgoing.countWaiting());
  metrics.setGauge('assistant_journal_waiting', () => store.journal.countWaiting());
  metrics.setGauge('assistant_undecryptable_events', () => store.journal.countUndecryptable());
  metrics.setGauge('assistant_sync_age_seconds', () => {
    const last = store.settings.read('last-sync');
    return last === null ? -1 : Math.round((Date.now() - Number(last)) / 1_000);
  });
  metrics.setGauge('assistant_unsigned_recipients', () => encryption?.countUnsignedRecipients() ?? 0);
  metrics.setGauge('assistant_tickets_open', () => desk?.countOpen() ?? 0);
}
