import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { HomeserverCall } from './encryption.ts';
import { isRecord, readRefusal } from './refusal.ts';

/** The secrets kept on the server, encrypted with the recovery key. */
export type SecretName =
  | 'm.cross_signing.master'
  | 'm.cross_signing.self_signing'
  | 'm.cross_signing.user_signing'
  | 'm.megolm_backup.v1';

const algorithm = 'm.secret_storage.v1.aes-hmac-sha2';

interface Sealed {
  readonly iv: string;
  readonly ciphertext: string;
  readonly mac: string;
}

/** An opened vault: its default key is the recovery key. */
export interface SecretStorage {
  /** null when the vault has no such secret under its default key; rejects when the secret is damaged. */
  read(name: SecretName): Promise<string | null>;
  write(name: SecretName, secret: string): Promise<void>;
}

export type OpenedStorage =
  | { readonly kind: 'open'; readonly storage: SecretStorage }
  | { readonly kind: 'absent' }
  /** There is a vault, and the recovery key is not its key. */
  | { readonly kind: 'other-key' };

/**
 * Secret storage as https://spec.matrix.org/v1.16/client-server-api/#secret-storage has it, in the account data.
 * Base64 is unpadded: other clients refuse the rest.
 */
export function createSecretStorage(options: { readonly call: HomeserverCall; readonly userId: string }) {
  const path = (type: string): string =>
    `/_matrix/client/v3/user/${encodeURIComponent(options.userId)}/account_data/${encodeURIComponent(type)}`;

  async function readData(type: string): Promise<Readonly<Record<string, unknown>> | null> {
    try {
      const data = await options.call('GET', path(type));
      return isRecord(data) && Object.keys(data).length > 0 ? data : null;
    } catch (error) {
      if (readRefusal(error).errcode === 'M_NOT_FOUND') return null;
      throw error;
    }
  }

  const writeData = (type: string, content: object): Promise<unknown> =>
    options.call('PUT', path(type), undefined, content);

  function open(keyId: string, key: Uint8Array): SecretStorage {
    return {
      async read(name) {
        const data = await readData(name);
        const sealed = isRecord(data?.['encrypted']) ? data['encrypted'][keyId] : undefined;
        return isSealed(sealed) ? unseal(sealed, key, name) : null;
      },
      async write(name, secret) {
        await writeData(name, { encrypted: { [keyId]: seal(secret, key, name) } });
      },
    };
  }

  return {
    readData,
    writeData,

    /** Opens the vault with the recovery key's bytes, without changing anything. */
    async open(key: Uint8Array): Promise<OpenedStorage> {
      const chosen = (await readData('m.secret_storage.default_key'))?.['key'];
      if (typeof chosen !== 'string') return { kind: 'absent' };
      const description = await readData(`m.secret_storage.key.${chosen}`);
      if (description?.['algorithm'] !== algorithm) return { kind: 'other-key' };
      return matches(description, key) ? { kind: 'open', storage: open(chosen, key) } : { kind: 'other-key' };
    },

    /** Makes a vault whose default key is this one. Call it only where there is none. */
    async create(key: Uint8Array): Promise<SecretStorage> {
      const keyId = randomBytes(16).toString('hex');
      const { iv, mac } = seal('\0'.repeat(32), key, '');
      await writeData(`m.secret_storage.key.${keyId}`, { name: 'Assistant', algorithm: algorithm, iv, mac });
      await writeData('m.secret_storage.default_key', { key: keyId });
      return open(keyId, key);
    },
  };
}

export type SecretStorageAccess = ReturnType<typeof createSecretStorage>;

function matches(description: Readonly<Record<string, unknown>>, key: Uint8Array): boolean {
  const { iv, mac } = description;
  // Without a check value the specification takes any key for the right one; a wrong key then fails at the first secret.
  if (typeof iv !== 'string' || typeof mac !== 'string') return true;
  const expected = seal('\0'.repeat(32), key, '', fromBase64(iv)).mac;
  return sameBytes(fromBase64(expected), fromBase64(mac));
}

/** HKDF-SHA-256 (salt of 32 zero bytes, the secret's name as info) → AES-256-CTR, then HMAC-SHA-256 of the ciphertext. */
function seal(secret: string, key: Uint8Array, name: string, given: Uint8Array = randomBytes(16)): Sealed {
  const { aes, hmac } = deriveKeys(key, name);
  const iv = Uint8Array.from(given);
  // The specification has bit 63 cleared, for implementations whose counter has 64 bits.
  if (iv[8] !== undefined) iv[8] &= 0x7f;
  const cipher = createCipheriv('aes-256-ctr', aes, iv);
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  const mac = createHmac('sha256', hmac).update(ciphertext).digest();
  return { iv: toBase64(iv), ciphertext: toBase64(ciphertext), mac: toBase64(mac) };
}

function unseal(sealed: Sealed, key: Uint8Array, name: string): string {
  const { aes, hmac } = deriveKeys(key, name);
  const ciphertext = fromBase64(sealed.ciphertext);
  const mac = createHmac('sha256', hmac).update(ciphertext).digest();
  if (!sameBytes(mac, fromBase64(sealed.mac)))
    throw new Error(`secret ${name} : code d’authentification faux`);
  const decipher = createDecipheriv('aes-256-ctr', aes, fromBase64(sealed.iv));
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
}

function deriveKeys(key: Uint8Array, name: string): { aes: Uint8Array; hmac: Uint8Array } {
  const bytes = new Uint8Array(hkdfSync('sha256', key, new Uint8Array(32), name, 64));
  return { aes: bytes.subarray(0, 32), hmac: bytes.subarray(32) };
}

function isSealed(value: unknown): value is Sealed {
  return (
    isRecord(value) &&
    typeof value['iv'] === 'string' &&
    typeof value['ciphertext'] === 'string' &&
    typeof value['mac'] === 'string'
  );
}

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && timingSafeEqual(one, other);
