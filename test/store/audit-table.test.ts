import { expect, test } from 'vitest';
import { eraseOldData } from '../../src/store/erase-old-data.ts';
import { openStore } from '../../src/store/open-store.ts';

const day = 86_400_000;

test('the files of the last fifty saves are kept, and each entry for a year', () => {
  const store = openStore(':memory:');
  const now = 1_000 * day;
  const save = (number: number): number =>
    store.audit.record({
      at: now - (number === 0 ? 400 : 1) * day,
      who: 'Anne',
      action: 'fiche-saved',
      object: `fiche-${number}`,
      files: [{ file: 'knowledge/a.yaml', before: `${number}`, after: null }],
    });
  const ids = Array.from({ length: 52 }, (_, number) => save(number));
  expect(store.audit.readFiles(ids[1] ?? 0)).toBeNull();
  expect(store.audit.readFiles(ids[2] ?? 0)).toEqual([
    { file: 'knowledge/a.yaml', before: '2', after: null },
  ]);
  expect(store.audit.read(3).map(({ object }) => object)).toEqual(['fiche-51', 'fiche-50', 'fiche-49']);
  eraseOldData(store, now, 30);
  expect(store.audit.read(100)).toHaveLength(51);
  store.close();
});
