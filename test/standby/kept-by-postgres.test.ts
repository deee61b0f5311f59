import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { createSeal, sealedChange, sealedPart } from '../../src/standby/seal.ts';
import { createMachines, storeKey, until } from './open-machines.ts';
import { hasPostgres } from './start-postgres.ts';
import { usePostgres } from './use-postgres.ts';

const sent = { hasTransactionId: true };

describe.skipIf(!hasPostgres)('what PostgreSQL keeps', () => {
  const { url, connect } = usePostgres();

  test('what was erased is in no row of PostgreSQL, once the log is cut', async () => {
    const openMachine = createMachines(url());
    const cut = { age: 500, bytes: 1e9, every: 200 };
    const { store, leadership } = await (await openMachine('un', { cut })).lead();
    const two = await openMachine('deux', { cut });
    two.follow();
    const text = 'je m’appelle Marie et mon mot de passe est azerty';
    store.journal.add({
      eventId: '$1',
      room: '!dm:ici.fr',
      sender: '@marie:ici.fr',
      sentAt: 1,
      receivedAt: 1,
      late: false,
      raw: JSON.stringify({ content: text }),
    });
    await leadership.beforeRequest(sent);
    const client = await connect();
    expect(await countRowsWith(client, text)).toBeGreaterThan(0);
    store.transaction(() => store.journal.eraseOf('@marie:ici.fr', 2, '$1'));
    await leadership.beforeRequest(sent);
    const start = Date.now();
    // The leader goes on working: the rows of others must not keep this one's.
    await until('no row holds the text', async () => {
      store.settings.write('last-sync', String(Date.now()));
      await leadership.beforeRequest(sent);
      return (await countRowsWith(client, text)) === 0;
    });
    expect(Date.now() - start).toBeGreaterThan(400);
    const { rows } = await client.query('SELECT count(*) AS n FROM assistant_snapshot');
    expect(Number(rows[0].n)).toBe(1);
    await until('the follower goes on', () => two.standby.readProblems().length === 0);
    await until('nor in the follower’s files', () =>
      [two.storePath, `${two.storePath}-wal`].every((path) => !readFileSync(path).includes('azerty')),
    );
  });

  test('a machine alone cuts its log as well', async () => {
    const openMachine = createMachines(url());
    const { store, leadership } = await (
      await openMachine('un', { cut: { age: 300, bytes: 1e9, every: 100 } })
    ).lead();
    for (let index = 0; index < 50; index += 1) store.settings.write('sync-token', `s${index}`);
    await leadership.beforeRequest(sent);
    const client = await connect();
    await until('the log is short', async () => {
      store.settings.write('last-sync', String(Date.now()));
      await leadership.beforeRequest(sent);
      const { rows } = await client.query('SELECT count(*) AS n FROM assistant_log');
      return Number(rows[0].n) < 20;
    });
  });

  /** Every row and every part of PostgreSQL that holds the text, unsealed. */
  async function countRowsWith(client: Client, text: string): Promise<number> {
    const seal = createSeal(storeKey);
    let found = 0;
    const { rows } = await client.query(
      `SELECT seq, reign, file, sealed FROM assistant_log WHERE file <> 'reign'`,
    );
    for (const { seq, reign, file, sealed } of rows) {
      expect(Buffer.from(sealed).includes('Marie')).toBe(false);
      if (seal.unseal(sealed, sealedChange(Number(seq), reign, file)).includes(text)) found += 1;
    }
    const parts = await client.query('SELECT snapshot, file, part, sealed FROM assistant_snapshot_part');
    for (const { snapshot, file, part, sealed } of parts.rows)
      if (seal.unseal(sealed, sealedPart(snapshot, file, part)).includes(text)) found += 1;
    return found;
  }
});
