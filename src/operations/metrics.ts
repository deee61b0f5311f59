/** The few kinds of metrics that the bot needs, in the Prometheus text format (exposition format 0.0.4). */
export interface Metrics {
  /** Adds one to the counter `name`, for one value of its label. */
  count(name: CounterName, label?: string): void;
  observe(name: HistogramName, value: number): void;
  /** The gauge is read when it is asked for. */
  setGauge(name: GaugeName, read: () => number): void;
  /** One value for each label, read when it is asked for. */
  setGauges(name: LabelledGaugeName, read: () => ReadonlyMap<string, number>): void;
  valueOf(name: CounterName, label?: string): number;
  render(): string;
}

const counters = {
  assistant_messages_total: { help: 'Messages handled, by outcome of the conversation', label: 'outcome' },
  assistant_ignored_total: { help: 'Events that got no answer, by reason', label: 'reason' },
  assistant_failed_events_total: { help: 'Events set aside with an error', label: null },
  assistant_refused_total: { help: 'Invitations and messages refused', label: 'reason' },
  assistant_sent_total: { help: 'Events sent, by kind', label: 'kind' },
  assistant_send_failures_total: { help: 'Sends that failed, by kind of failure', label: 'kind' },
  assistant_gaps_lost_total: { help: 'Stretches of rooms that were not read', label: 'reason' },
  assistant_rate_limited_total: { help: 'Answers 429 of the homeserver', label: null },
  assistant_sync_failures_total: { help: 'Syncs that failed, by kind of failure', label: 'kind' },
  assistant_rollbacks_total: { help: 'Times that the homeserver came back older than it was', label: null },
  assistant_undecryptable_total: { help: 'Events that could not be decrypted when they came', label: null },
} as const;

const gauges = {
  assistant_queue_length: 'Messages stored and not sent yet',
  assistant_journal_waiting: 'Events stored and not handled yet',
  assistant_undecryptable_events: 'Events that still wait for their key',
  assistant_unsigned_recipients:
    'People written to in encrypted rooms since the start who have an unsigned device; they read nothing on it under KEY_SHARING=signed',
  assistant_sync_age_seconds: 'Seconds since the last sync',
  assistant_tickets_open: 'Tickets waiting or held by a human',
  assistant_tickets_opened_hour: 'Tickets opened in the last hour',
  assistant_tickets_opened_week: 'Tickets opened in the last 7 days',
  assistant_tickets_closed_week: 'Tickets closed in the last 7 days',
  assistant_tickets_reopened_week:
    'Of those opened in the last 7 days, opened less than 7 days after another one of the same agent had ended',
  assistant_tickets_first_answer_minutes:
    'Median minutes from opening to the first word of a human, last 7 days; -1 when there was none',
  assistant_tickets_resolution_minutes:
    'Median minutes from opening to closing, last 7 days; -1 when none was closed',
  assistant_satisfaction_asked_week: 'Agents asked whether it is solved, last 7 days',
  assistant_satisfaction_resolved_week: 'Those who said yes',
  assistant_satisfaction_unresolved_week: 'Those who said no',
  assistant_proposals_sent_week: 'Proposals of the assistant that operators sent, last 7 days',
  assistant_proposals_discarded_week: 'Proposals of the assistant that operators discarded, last 7 days',
  assistant_resident_memory_bytes: 'Resident memory',
  assistant_standby_leads: '1: this machine works; 0: it follows another one',
  assistant_standby_epoch: 'Number of the reign, one more at each take-over',
  assistant_standby_lag_changes:
    'Changes that this machine has not applied; of the one that works, not in PostgreSQL yet',
  assistant_standby_lag_seconds: 'Age of the oldest change that this machine has not applied',
  assistant_standby_others: 'Other machines of this account seen within 10 s',
  assistant_standby_others_lag_changes: 'Changes that the slowest of the others has not applied',
  assistant_standby_take_overs: 'Times that this machine has taken over since its start',
  assistant_standby_leaderless_seconds: 'Seconds since its start for which this machine saw nobody work',
} as const;

const labelledGauges = {
  assistant_solved_alone_week: {
    help: 'Questions said to be solved without a human, last 7 days',
    label: 'fiche',
  },
  assistant_handed_over_week: { help: 'Questions handed over to a human, last 7 days', label: 'fiche' },
} as const;

const histograms = {
  assistant_reply_seconds: {
    help: 'From the event received to its answer sent',
    bounds: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  assistant_confidence: {
    help: 'Confidence of the first candidate',
    bounds: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99],
  },
} as const;

export type CounterName = keyof typeof counters;
export type GaugeName = keyof typeof gauges;
export type LabelledGaugeName = keyof typeof labelledGauges;
export type HistogramName = keyof typeof histograms;

interface Histogram {
  readonly buckets: number[];
  sum: number;
  count: number;
}

export function createMetrics(): Metrics {
  const counts = new Map<string, Map<string, number>>();
  const readers = new Map<GaugeName, () => number>();
  const labelledReaders = new Map<LabelledGaugeName, () => ReadonlyMap<string, number>>();
  const observed = new Map<HistogramName, Histogram>();

  return {
    count(name, label = '') {
      const values = counts.get(name) ?? new Map<string, number>();
      values.set(label, (values.get(label) ?? 0) + 1);
      counts.set(name, values);
    },
    observe(name, value) {
      const { bounds } = histograms[name];
      const histogram = observed.get(name) ?? { buckets: bounds.map(() => 0), sum: 0, count: 0 };
      for (const [index, bound] of bounds.entries()) {
        if (value <= bound) histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1;
      }
      histogram.sum += value;
      histogram.count += 1;
      observed.set(name, histogram);
    },
    setGauge(name, read) {
      readers.set(name, read);
    },
    setGauges(name, read) {
      labelledReaders.set(name, read);
    },
    valueOf: (name, label = '') => counts.get(name)?.get(label) ?? 0,
    render() {
      const lines: string[] = [];
      for (const [name, { help, label }] of Object.entries(counters)) {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
        const values = counts.get(name) ?? new Map([['', 0]]);
        for (const [value, count] of values) {
          lines.push(`${name}${label === null || value === '' ? '' : labelOf(label, value)} ${count}`);
        }
      }
      for (const [name, help] of Object.entries(gauges)) {
        const read = readers.get(name as GaugeName);
        if (!read) continue;
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${read()}`);
      }
      for (const [name, read] of labelledReaders) {
        const { help, label } = labelledGauges[name];
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`);
        for (const [value, count] of read()) lines.push(`${name}${labelOf(label, value)} ${count}`);
      }
      for (const [name, histogram] of observed) {
        const { help, bounds } = histograms[name];
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} histogram`);
        for (const [index, bound] of bounds.entries()) {
          lines.push(`${name}_bucket{le="${bound}"} ${histogram.buckets[index] ?? 0}`);
        }
        lines.push(`${name}_bucket{le="+Inf"} ${histogram.count}`);
        lines.push(`${name}_sum ${histogram.sum}`, `${name}_count ${histogram.count}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}

function labelOf(label: string, value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${label}="${escaped}"}`;
}
