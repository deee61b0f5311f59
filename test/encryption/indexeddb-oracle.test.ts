import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDBFactory as OracleFactory, IDBKeyRange as OracleKeyRange } from 'fake-indexeddb';
import { afterAll, expect, test } from 'vitest';
import type { IDBDatabase } from '../../src/encryption/indexeddb/idb-database.ts';
import { IDBFactory } from '../../src/encryption/indexeddb/idb-factory.ts';
import { IDBKeyRange } from '../../src/encryption/indexeddb/idb-key-range.ts';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';
import { createRandom, type Plan, planTransaction, planUpgrade } from './random-transactions.ts';
import { dump, type Engine, openAt, runPlan, runUpgrade } from './transaction-runner.ts';

const directory = mkdtempSync(join(tmpdir(), 'indexeddb-oracle-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const fail = (error: unknown): never => {
  throw error;
};

/**
 * Runs of 1,000 transactions, each on its own pair of databases, with upgrades in between: 20 of them here, more in
 * `npm run test:long -- differential`.
 */
const runs = Number(process.env['ORACLE_RUNS'] ?? 20);
const transactions = 1_000;

test.each(Array.from({ length: runs }, (_, run) => run + 1))(
  'gives what fake-indexeddb gives on 1,000 random transactions (seed %i), and the same again once reopened',
  async (seed) => {
    const path = join(directory, `${seed}.sqlite`);
    let records = openRecordStore(path, fail);
    const ours: Engine = {
      factory: new IDBFactory(records, fail),
      keyRange: IDBKeyRange,
    };
    const oracle: Engine = {
      factory: new OracleFactory() as unknown as Engine['factory'],
      keyRange: OracleKeyRange as unknown as Engine['keyRange'],
    };
    const random = createRandom(seed);
    let version = 1;
    const first = planUpgrade(random, version);
    expect(await runUpgrade(ours, 'keys', first)).toEqual(await runUpgrade(oracle, 'keys', first));

    let left = transactions;
    while (left > 0) {
      const [mine, theirs] = [await openAt(ours, 'keys'), await openAt(oracle, 'keys')];
      for (let burst = 0; burst < 100 && left > 0; burst += 1) {
        // Up to three transactions at once: made in the same turn, they must still be seen in their order.
        const together = Math.min(left, 1 + random.below(3));
        const plans: Plan[] = Array.from({ length: together }, () => planTransaction(random, mine));
        const run = async (engine: Engine, db: IDBDatabase) =>
          Promise.all(plans.map((plan) => runPlan(engine, db, plan)));
        expect(await run(ours, mine), JSON.stringify(plans)).toEqual(await run(oracle, theirs));
        left -= together;
      }
      mine.close();
      theirs.close();
      version += 1;
      const upgrade = planUpgrade(random, version);
      const outcome = await runUpgrade(ours, 'keys', upgrade);
      expect(outcome, JSON.stringify(upgrade)).toEqual(await runUpgrade(oracle, 'keys', upgrade));
      if (outcome.outcome !== 'upgraded') version -= 1;
    }

    const expected = await dump(oracle, 'keys');
    expect(await dump(ours, 'keys')).toEqual(expected);
    records.close();
    records = openRecordStore(path, fail);
    const reopened: Engine = { ...ours, factory: new IDBFactory(records, fail) };
    expect(await dump(reopened, 'keys')).toEqual(expected);
    records.close();
  },
  20_000,
);
