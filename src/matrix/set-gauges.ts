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
  if (desk) setDeskGauges(metrics, store);
}

const hour = 3_600_000;
const week = 7 * 24 * hour;
/** Milliseconds for which figures are the same: one scrape reads them for every gauge. */
const fresh = 2_000;

function setDeskGauges(metrics: Metrics, { tickets }: Store): void {
  let read = { at: 0, figures: tickets.readFigures(0, 0) };
  const figures = () => {
    const now = Date.now();
    if (now - read.at > fresh) read = { at: now, figures: tickets.readFigures(now - week, now) };
    return read.figures;
  };
  metrics.setGauge('assistant_tickets_opened_hour', () => {
    const since = Date.now() - hour;
    return figures().openings.filter((moment) => moment >= since).length;
  });
  metrics.setGauge('assistant_tickets_opened_week', () => figures().opened);
  metrics.setGauge('assistant_tickets_closed_week', () => figures().closed);
  metrics.setGauge('assistant_tickets_reopened_week', () => figures().reopened);
  metrics.setGauge('assistant_tickets_first_answer_minutes', () => figures().medianFirstAnswer ?? -1);
  metrics.setGauge('assistant_tickets_resolution_minutes', () => figures().medianMinutes ?? -1);
  metrics.setGauge('assistant_satisfaction_asked_week', () => figures().asked);
  metrics.setGauge('assistant_satisfaction_resolved_week', () => figures().resolved);
  metrics.setGauge('assistant_satisfaction_unresolved_week', () => figures().unresolved);
  const byFiche = (of: 'solved' | 'handedOver') => () =>
    new Map(figures().deflection.byFiche.map((fiche) => [fiche.key ?? 'aucune', fiche[of]]));
  metrics.setGauges('assistant_solved_alone_week', byFiche('solved'));
  metrics.setGauges('assistant_handed_over_week', byFiche('handedOver'));
  metrics.setGauge('assistant_proposals_sent_week', () => figures().proposals.sent);
  metrics.setGauge('assistant_proposals_discarded_week', () => figures().proposals.discarded);
}
