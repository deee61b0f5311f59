import { expect, test } from 'vitest';
import { createSparseKernel } from '../../../src/understanding/classifiers/sparse-kernel.ts';

test('the kernel adds what plain loops add', () => {
  const { kernel, buffer } = createSparseKernel(1024, 4);
  new Int32Array(buffer, 0, 2).set([1, 0]);
  new Float32Array(buffer, 16, 2).set([2, 10]);
  const table = new Float32Array(buffer, 32, 8);
  table.set([1, 2, 3, 4, 5, 6, 7, 8]);
  const vector = new Float32Array(buffer, 64, 4);
  kernel.gather(0, 8, 0, 16, 32, 64);
  expect([...vector]).toEqual([2 * 5 + 10, 2 * 6 + 20, 2 * 7 + 30, 2 * 8 + 40]);
  vector.set([1, 1, 1, 1]);
  kernel.scatter(0, 8, 0, 16, 32, 64);
  expect([...table]).toEqual([11, 12, 13, 14, 7, 8, 9, 10]);
});

test('a table wider than the processor has registers is gone through in stripes', () => {
  const width = 120;
  const { kernel, buffer } = createSparseKernel(8192, width);
  new Int32Array(buffer, 0, 2).set([1, 0]);
  new Float32Array(buffer, 16, 2).set([2, 10]);
  const table = new Float32Array(buffer, 32, 2 * width);
  table.set(Array.from(table, (_, i) => i % 7));
  const before = [...table];
  const vector = new Float32Array(buffer, 2048, width);
  kernel.gather(0, 8, 0, 16, 32, 2048);
  expect([...vector]).toEqual(Array.from(vector, (_, c) => 2 * ((width + c) % 7) + 10 * (c % 7)));
  vector.set(Array.from(vector, (_, c) => c));
  kernel.scatter(0, 8, 0, 16, 32, 2048);
  expect([...table]).toEqual(before.map((value, i) => value + (i < width ? 10 * i : 2 * (i - width))));
});
