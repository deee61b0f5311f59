import { EncryptionError } from './encryption-error.ts';
import { unsupportedMessage } from './indexeddb/strict-object.ts';

/**
 * Every call into the crypto library goes through here. What it has stored is on the disk before its result is given: what
 * is then sent cannot be ahead of the store, even after a power cut (indexeddb/durability.ts).
 * - A panic in WASM leaves its promise hanging and shows as an uncaught `RuntimeError`: told as `panic`.
 * - A call that has not ended after `limit` ms is told as `stuck`.
 * Both are told to `onFatal` once; every call in hand rejects, and nothing more is asked of the library. SECURITY: a call
 *   that ends after that gives nothing, for what it stored may have been undone (indexeddb/commits.ts).
 * - The library rejects with objects that are no Errors: they become one, with the object as cause.
 */
export function createGuard(options: {
  readonly limit: number;
  /** Resolves once what the library has stored is on the disk. */
  readonly settle: () => Promise<void>;
  readonly onFatal: (error: EncryptionError) => void;
}) {
  let fatal: EncryptionError | null = null;
  /** The rejections of the calls in hand. */
  const inHand = new Set<(error: EncryptionError) => void>();

  const fail = (error: EncryptionError): EncryptionError => {
    if (fatal === null) {
      fatal = error;
      options.onFatal(error);
      for (const reject of inHand) reject(error);
    }
    return fatal;
  };

  const understand = (error: unknown): Error => {
    if (isPanic(error)) return fail(new EncryptionError('panic', { cause: error }));
    const text = error instanceof Error ? error.message : describeRejection(error);
    // Our IndexedDB's refusal comes back through the library as a string: its text is all that is left of it.
    if (text.includes(unsupportedMessage)) return fail(new EncryptionError('unsupported', { cause: error }));
    return error instanceof Error ? error : new Error(text, { cause: error });
  };

  async function runUnsettled<T>(call: () => Promise<T> | T): Promise<T> {
    if (fatal !== null) throw fatal;
    const over = Promise.withResolvers<never>();
    const timer = setTimeout(() => fail(new EncryptionError('stuck')), options.limit);
    inHand.add(over.reject);
    try {
      const result = await Promise.race([call(), over.promise]);
      if (fatal !== null) throw fatal;
      return result;
    } catch (error) {
      const understood = understand(error);
      throw fatal ?? understood;
    } finally {
      clearTimeout(timer);
      inHand.delete(over.reject);
    }
  }

  return {
    /** Notes a failure outside a call: a storage error, an uncaught exception. */
    fail,
    get fatal(): EncryptionError | null {
      return fatal;
    },
    /** For the library's calls that answer at once. */
    runSync<T>(call: () => T): T {
      if (fatal !== null) throw fatal;
      try {
        return call();
      } catch (error) {
        throw understand(error);
      }
    },
    run: <T>(call: () => Promise<T> | T): Promise<T> =>
      runUnsettled(async () => {
        const result = await call();
        await options.settle();
        return result;
      }),
    /** Does not wait for the disk: only for what may be done again, and after which nothing leaves. */
    runUnsettled,
  };
}

export type Guard = ReturnType<typeof createGuard>;

/** The library's rejections carry a description or a message; some are plain strings. */
function describeRejection(error: unknown): string {
  if (typeof error === 'string') return error;
  const object = error as { description?: unknown; message?: unknown } | null;
  const text = object?.description ?? object?.message;
  return typeof text === 'string' ? text : 'erreur de la bibliothèque de chiffrement';
}

/** WASM's « unreachable »: the library has panicked. By name, for the DOM's types are not among this project's. */
export function isPanic(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}
