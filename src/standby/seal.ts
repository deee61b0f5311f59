import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** What lies in PostgreSQL cannot be read with this key: another STORE_KEY, or a row that was moved or changed. */
export class SealError extends Error {
  override readonly name = 'SealError';
}

/** Closes what goes to PostgreSQL, whose administrators read nothing of it. */
export interface Seal {
  /** `bound`: what these bytes are; they open under the same words only. */
  seal(bytes: Uint8Array, bound: string): Buffer;
  /** @throws SealError */
  unseal(sealed: Uint8Array, bound: string): Buffer;
  /** The same for all instances with the same key, and useless for finding it. */
  readonly check: string;
}

const nonceLength = 12;
const tagLength = 16;

/** AES-256-GCM under a key derived from STORE_KEY, which is random and long (npm run setup makes one). */
export function createSeal(storeKey: string): Seal {
  const derive = (use: string): Buffer =>
    Buffer.from(hkdfSync('sha256', storeKey, '', `assistant-teletravail standby ${use}`, 32));
  const key = derive('seal');
  return {
    check: derive('check').toString('base64url'),
    seal(bytes, bound) {
      const nonce = randomBytes(nonceLength);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
      const closed = [cipher.update(bytes), cipher.final()];
      return Buffer.concat([nonce, cipher.getAuthTag(), ...closed]);
    },
    unseal(sealed, bound) {
      const [nonce, tag, closed] = [
        sealed.subarray(0, nonceLength),
        sealed.subarray(nonceLength, nonceLength + tagLength),
        sealed.subarray(nonceLength + tagLength),
      ];
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
        decipher.setAAD(Buffer.from(bound)).setAuthTag(tag);
        return Buffer.concat([decipher.update(closed), decipher.final()]);
      } catch (cause) {
        throw new SealError(`PostgreSQL: ${bound} cannot be opened with this key`, { cause });
      }
    },
  };
}

/** What a row of the log is, and what a part of a snapshot is. */
export const sealedChange = (seq: number, reign: string, file: string): string =>
  `change ${seq} ${reign} ${file}`;
export const sealedPart = (snapshot: string, file: string, part: number): string =>
  `snapshot ${snapshot} ${file} ${part}`;
