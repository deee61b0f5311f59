import type { Handled } from '../bot/bot.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import { describeError, type Log } from '../operations/log.ts';
import type { Metrics } from '../operations/metrics.ts';

/** Counts a handled message and logs it: ids, hashed, and numbers; never a text. */
export function reportHandled(
  message: IncomingMessage,
  handled: Handled,
  milliseconds: number,
  log: Log,
  metrics: Metrics,
): void {
  const outcome = handled.turn?.outcome ?? (handled.error ? 'error' : 'other');
  metrics.count('assistant_messages_total', outcome);
  if (handled.turn?.understanding) metrics.observe('assistant_confidence', handled.turn.confidence);
  if (handled.error) log.error('La conversation a échoué', { cause: describeError(handled.error) });
  log.info('Message traité', {
    evenement: log.hash(message.id),
    personne: log.hash(message.sender),
    lieu: message.place,
    geste: message.input.type,
    issue: outcome,
    fiche: handled.turn?.fiche ?? null,
    confiance: handled.turn ? Math.round(handled.turn.confidence * 1_000) / 1_000 : null,
    reponses: handled.outgoing.length,
    ms: Math.round(milliseconds * 10) / 10,
  });
}
