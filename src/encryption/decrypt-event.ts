import {
  DecryptionErrorCode,
  DecryptionSettings,
  MegolmDecryptionError,
  type OlmMachine,
  RoomId,
  ShieldStateCode,
  TrustRequirement,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Decryption, RawEvent } from './encryption.ts';
import type { Guard } from './guard.ts';
import { isRecord } from './refusal.ts';

/** https://spec.matrix.org/v1.16/client-server-api/#mroom_keywithheld: these senders will not send the key later. */
const neverComes = new Set(['m.blacklisted', 'm.unverified', 'm.unauthorised']);

const mostSendersRemembered = 10_000;

/** Decrypts room events; what cannot be read is a value, not an exception. Rejects when the library fails, whatever the event. */
export function createDecryptor(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly flushQueries: () => Promise<void>;
}): (roomId: string, event: RawEvent) => Promise<Decryption> {
  const { machine, guard, flushQueries } = options;
  /** Senders whose devices have been asked for since the start. */
  const asked = new Set<string>();

  /** Somebody's first message comes before their device list, which is asked for once, to know whether they signed the device. */
  async function askDevices(sender: string): Promise<boolean> {
    if (asked.has(sender)) return false;
    if (asked.size >= mostSendersRemembered) asked.clear();
    asked.add(sender);
    try {
      await guard.run(() => machine.updateTrackedUsers([new UserId(sender)]));
      await flushQueries();
      return true;
    } catch {
      asked.delete(sender);
      return false;
    }
  }

  async function readSenderAnew(roomId: string, event: RawEvent): Promise<Sender> {
    const info = await guard.run(() =>
      machine.getRoomEventEncryptionInfo(JSON.stringify(event), new RoomId(roomId)),
    );
    return toSender(info.shieldState(false).code);
  }

  return async (roomId, event) => {
    const sessionId = typeof event.content['session_id'] === 'string' ? event.content['session_id'] : null;
    try {
      const settings = new DecryptionSettings(TrustRequirement.Untrusted);
      const decrypted = await guard.run(() =>
        machine.decryptRoomEvent(JSON.stringify(event), new RoomId(roomId), settings),
      );
      let sender = toSender(decrypted.shieldState(false).code);
      if (sender === 'unsure' && (await askDevices(event.sender)))
        sender = await readSenderAnew(roomId, event);
      if (sender === 'somebody else')
        return { ok: false, waits: false, sessionId, reason: 'MismatchedSender' };
      const clear = JSON.parse(decrypted.event) as { type: string; content: Record<string, unknown> };
      return {
        ok: true,
        event: { ...event, type: clear.type, content: withRelation(clear.content, event.content) },
        senderDeviceSigned: sender === 'signed device',
      };
    } catch (error) {
      if (guard.fatal !== null) throw guard.fatal;
      const cause = error instanceof Error ? error.cause : undefined;
      // Whatever a sender can write, the library refuses with its own error: anything else is trouble of ours.
      if (!(cause instanceof MegolmDecryptionError)) throw error;
      const withheld = cause.withheldCode;
      const missing =
        cause.code === DecryptionErrorCode.MissingRoomKey ||
        cause.code === DecryptionErrorCode.UnknownMessageIndex;
      return {
        ok: false,
        waits: missing && (withheld === undefined || !neverComes.has(withheld)),
        sessionId,
        reason: withheld ?? DecryptionErrorCode[cause.code] ?? 'unknown',
      };
    }
  };
}

/** Who wrote a message, as far as its encryption tells. */
type Sender = 'signed device' | 'unsure' | 'somebody else';

/**
 * SECURITY: an allow-list, for a code of the library that is not named here must not speak for a signed device.
 * AuthenticityNotGuaranteed is what a session from the key backup gets, and the homeserver can put one there;
 * MismatchedSender is the message of one person under the name of another.
 */
function toSender(code: ShieldStateCode | undefined): Sender {
  switch (code) {
    case undefined:
    case ShieldStateCode.UnverifiedIdentity:
      return 'signed device';
    case ShieldStateCode.MismatchedSender:
      return 'somebody else';
    default:
      return 'unsure';
  }
}

/** Clients put the relation outside the ciphertext (the homeserver groups edits and threads by it) and may leave it out inside. */
function withRelation(
  clear: Readonly<Record<string, unknown>>,
  outer: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const content = isRecord(clear) ? { ...clear } : {};
  if (!('m.relates_to' in content) && isRecord(outer['m.relates_to']))
    content['m.relates_to'] = outer['m.relates_to'];
  return content;
}
