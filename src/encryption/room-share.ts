/** https://spec.matrix.org/v1.16/client-server-api/#mroomencryption */
const week = 604_800_000;
const messagesPerSession = 100;
/** What is known of the key of a room since the last full check. */
export interface Share {
  session: { readonly id: string; sent: number; readonly since: number } | null;
  /** Members, settings and device readings for which a full check found nothing left to do; null: it found something. */
  readonly situation: string | null;
  readonly checkedAt: number;
  /** Whom that check gave the key. */
  readonly members: readonly string[];
}

/** Milliseconds until the next full check, which tries again the devices that had no one-time key left. */
const checkAgainAfter = 10 * 60_000;

/**
 * Whether the next message may go out under the same key without going through every device again (0.5 s in a room of
 * 1,000). SECURITY: the library panics on an expired session, and a member who left must not read on; so only with the same
 * members, settings and device lists, and well before the key has to change.
 */
export function isStillShared(
  shared: Share,
  situation: string,
  encryption: Readonly<Record<string, unknown>>,
  now: number,
): boolean {
  if (shared.session === null || shared.situation !== situation) return false;
  return !isUsedUp(shared, encryption, now) && Math.abs(now - shared.checkedAt) < checkAgainAfter;
}

/** Whether the key, as far as this process knows it, is about to change. */
export function isUsedUp(shared: Share, encryption: Readonly<Record<string, unknown>>, now: number): boolean {
  if (shared.session === null) return false;
  const { sent, since } = shared.session;
  const [messages, period] = readRotation(encryption);
  // The library's own count and clock decide in the end; the margins keep this process ahead of them.
  return sent >= messages - 1 || now - since >= period * 0.9;
}

/** Messages, and milliseconds, after which the key of a room changes. */
export function readRotation(
  encryption: Readonly<Record<string, unknown>>,
): [messages: number, period: number] {
  return [
    readPositive(encryption['rotation_period_msgs'], messagesPerSession),
    readPositive(encryption['rotation_period_ms'], week),
  ];
}

/** A Megolm message is a version byte, then fields; the first is the index, tag 0x08, a varint (olm's megolm.md). */
export function readMessageIndex(ciphertext: unknown): number | null {
  if (typeof ciphertext !== 'string') return null;
  const bytes = Buffer.from(ciphertext.slice(0, 24), 'base64');
  if (bytes[1] !== 0x08) return null;
  let index = 0;
  for (let at = 2, shift = 0; at < bytes.length; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    index += (byte & 0x7f) * 2 ** shift;
    if ((byte & 0x80) === 0) return index;
  }
  return null;
}

function readPositive(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}
