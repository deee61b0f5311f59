import { createRequire, syncBuiltinESMExports } from 'node:module';
import { createRandom } from '../crash/random.ts';

type Bytes = { readonly buffer: ArrayBufferLike; readonly byteOffset: number; readonly byteLength: number };

/**
 * Chance in this process, keys of the crypto library included, comes from one seed: a plan that fails must fail again.
 * Returns how to choose the seed. Keys made so are worth nothing outside a test.
 */
export function seedRandomness(): (seed: number) => void {
  let random = createRandom(0);
  const fill = <T extends Bytes>(array: T): T => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = Math.floor(random() * 256);
    return array;
  };
  Math.random = () => random();
  Object.defineProperty(globalThis.crypto, 'getRandomValues', { value: fill, configurable: true });
  const crypto = createRequire(import.meta.url)('node:crypto') as Record<string, unknown>;
  crypto['randomFillSync'] = fill;
  crypto['randomBytes'] = (size: number) => fill(Buffer.alloc(size));
  crypto['randomUUID'] = () =>
    fill(Buffer.alloc(16))
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  syncBuiltinESMExports();
  return (seed) => {
    random = createRandom(seed);
  };
}
