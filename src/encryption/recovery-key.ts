import { randomBytes } from 'node:crypto';

/** https://spec.matrix.org/v1.16/client-server-api/#recovery-key: base58 with Bitcoin's alphabet. */
const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const prefix = [0x8b, 0x01];

/** A new random recovery key, in groups of four characters as people copy it. */
export function makeRecoveryKey(): string {
  return encodeRecoveryKey(randomBytes(32));
}

export function encodeRecoveryKey(key: Uint8Array): string {
  const bytes = [...prefix, ...key];
  bytes.push(bytes.reduce((parity, byte) => parity ^ byte, 0));
  let number = bytes.reduce((total, byte) => total * 256n + BigInt(byte), 0n);
  let text = '';
  for (; number > 0n; number /= 58n) text = alphabet.charAt(Number(number % 58n)) + text;
  return text.replace(/.{4}(?=.)/g, '$& ');
}

/** The 32 bytes of a recovery key, spaces and line breaks aside; null when it is none (a typing mistake shows in the parity). */
export function decodeRecoveryKey(text: string): Uint8Array | null {
  let number = 0n;
  for (const character of text.replace(/\s+/g, '')) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return null;
    number = number * 58n + BigInt(digit);
  }
  const bytes: number[] = [];
  for (; number > 0n; number /= 256n) bytes.unshift(Number(number % 256n));
  if (bytes.length !== 35 || bytes[0] !== prefix[0] || bytes[1] !== prefix[1]) return null;
  if (bytes.reduce((parity, byte) => parity ^ byte, 0) !== 0) return null;
  return Uint8Array.from(bytes.slice(2, 34));
}
