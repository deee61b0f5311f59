import { expect, test } from 'vitest';
import { EncryptionError } from '../../src/encryption/encryption-error.ts';
import { createGuard } from '../../src/encryption/guard.ts';

test('once the library has failed, the calls in hand are refused at once: one that hangs, one that ends later, one that waits for the disk', async () => {
  const told: string[] = [];
  const disk = Promise.withResolvers<void>();
  const guard = createGuard({
    limit: 60_000,
    settle: () => disk.promise,
    onFatal: ({ code }) => told.push(code),
  });
  const ending = Promise.withResolvers<string>();
  const calls = [
    guard.run(() => new Promise(() => undefined)),
    guard.run(() => ending.promise),
    guard.run(() => 'ciphertext'),
    guard.runUnsettled(() => ending.promise),
  ];
  const outcomes = Promise.allSettled(calls);
  await new Promise((resolve) => setImmediate(resolve));
  guard.fail(new EncryptionError('disk', { path: 'cles.sqlite' }));
  ending.resolve('ciphertext');
  disk.resolve();
  expect((await outcomes).map((one) => one.status === 'rejected' && one.reason.code)).toEqual(
    calls.map(() => 'disk'),
  );
  expect(told).toEqual(['disk']);
  await expect(guard.run(() => 'more')).rejects.toMatchObject({ code: 'disk' });
});

test('a call that hangs is told once as stuck, and not before its time', async () => {
  const told: string[] = [];
  const guard = createGuard({
    limit: 30,
    settle: async () => undefined,
    onFatal: ({ code }) => told.push(code),
  });
  expect(await guard.run(() => 'in time')).toBe('in time');
  expect(told).toEqual([]);
  await expect(guard.run(() => new Promise(() => undefined))).rejects.toMatchObject({ code: 'stuck' });
  expect(told).toEqual(['stuck']);
});
