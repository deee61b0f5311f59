import type { Encryption } from '../../encryption/encryption.ts';
import type { Log } from '../../operations/log.ts';
import type { Metrics } from '../../operations/metrics.ts';
import type { StoredEntry } from '../../store/journal.ts';
import { isVerification, parseEvent, type RoomEvent } from '../reading/parse-event.ts';
import type { Try } from './create-tries.ts';
import { createDecryptionTurns } from './decryption-turns.ts';

/** What a journalled event turns out to be. */
export type ReadEntry =
  | { readonly kind: 'clear'; readonly event: RoomEvent; readonly fromSignedDevice: boolean }
  | { readonly kind: 'ignored'; readonly reason: string }
  /** Nothing that any version of the bot could read. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** The key is missing; it may come later. */
  | { readonly kind: 'undecryptable'; readonly session: string | null; readonly reason: string };

/**
 * SECURITY: the types of events that count inside a ciphertext: what people say to each other, and nothing that the
 * homeserver has to check. It does not see into a ciphertext: a deletion or a membership in one is anybody's invention.
 */
const encryptedTypes: ReadonlySet<string> = new Set(['m.room.message', 'm.sticker', 'm.reaction']);

/**
 * Gives the event of an entry in clear. Rejects when the encryption fails, whatever the event. Each decryption is counted before
 * it begins: one that ends the process leaves nothing else behind.
 */
export function createReadEntry({
  encryption,
  log,
  metrics,
  stopping,
}: {
  readonly encryption: Encryption | null;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Once aborted, no decryption is begun: those that wait for their turn reject with its reason, uncounted. */
  readonly stopping: AbortSignal;
}): (entry: StoredEntry, tried: Try) => Promise<ReadEntry> {
  const inTurn = createDecryptionTurns();

  return async (entry, tried) => {
    const event = parseEvent(JSON.parse(entry.raw));
    if (event === null) return { kind: 'malformed', reason: 'the stored event is malformed' };
    if (event.type !== 'm.room.encrypted') return { kind: 'clear', event, fromSignedDevice: false };
    if (encryption === null) {
      metrics.count('assistant_undecryptable_total');
      log.warn('Message chiffré ignoré : le chiffrement n’est pas en service', {
        salon: log.hash(entry.room),
      });
      return { kind: 'ignored', reason: 'encryption is off' };
    }
    const decryption = await inTurn(entry, () => {
      stopping.throwIfAborted();
      tried.count();
      return encryption.decrypt(entry.room, event);
    });
    if (!decryption.ok) {
      metrics.count('assistant_undecryptable_total');
      log.info('Message indéchiffrable pour le moment', {
        evenement: log.hash(entry.eventId),
        session: decryption.sessionId === null ? null : log.hash(decryption.sessionId),
        attend: decryption.waits,
      });
      return { kind: 'undecryptable', session: decryption.sessionId, reason: decryption.reason };
    }
    const clear = parseEvent({ ...decryption.event, event_id: event.event_id, sender: event.sender });
    if (clear === null) return { kind: 'malformed', reason: 'the decrypted event is malformed' };
    if (isVerification(clear)) {
      await encryption.receiveVerificationEvent(entry.room, clear);
      return { kind: 'ignored', reason: 'device verification' };
    }
    if (!encryptedTypes.has(clear.type)) return { kind: 'ignored', reason: 'unknown type' };
    return { kind: 'clear', event: clear, fromSignedDevice: decryption.senderDeviceSigned };
  };
}
