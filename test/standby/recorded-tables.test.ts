import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openRecordStore } from '../../src/encryption/indexeddb/record-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { projectRoot } from '../e2e/homeserver/python.ts';

/** Both files as the program makes them. */
function makeFiles(): { readonly store: DatabaseSync; readonly keys: DatabaseSync } {
  const folder = mkdtempSync(join(tmpdir(), 'tables-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const paths = { store: join(folder, 'assistant.db'), keys: join(folder, 'cles.sqlite') };
  openStore(paths.store).close();
  openRecordStore(paths.keys, (error) => {
    throw error;
  }).close();
  return { store: new DatabaseSync(paths.store), keys: new DatabaseSync(paths.keys) };
}

const listOf = (db: DatabaseSync, type: 'table' | 'trigger' | 'view'): string[] =>
  db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .all(type)
    .map((row) => String(row['name']));

test('every table of both files has a primary key: SQLite’s sessions see no change of another one', () => {
  const { store, keys } = makeFiles();
  for (const db of [store, keys]) {
    const tables = listOf(db, 'table');
    expect(tables.length).toBeGreaterThan(4);
    const without = tables.filter(
      (table) => db.prepare('SELECT 1 FROM pragma_table_info(?) WHERE pk > 0').get(table) === undefined,
    );
    expect(without).toEqual([]);
  }
});

test('neither file has a trigger, which a follower would run a second time', () => {
  const { store, keys } = makeFiles();
  expect([...listOf(store, 'trigger'), ...listOf(keys, 'trigger')]).toEqual([]);
});

test('the tables are these: whoever adds one reads docs/standby.md, « What a table must be »', () => {
  const { store, keys } = makeFiles();
  expect(listOf(keys, 'table')).toEqual([
    'databases',
    'index_entries',
    'indexes',
    'notes',
    'object_stores',
    'records',
  ]);
  expect(listOf(store, 'table')).toEqual([
    'audit',
    'conversation',
    'feedback',
    'gap',
    'journal',
    'member',
    'notice',
    'outgoing',
    'room',
    'setting',
    'statistic',
    'ticket',
    'ticket_message',
    'ticket_note',
    'ticket_proposal',
    'unanswered',
  ]);
});

/** The statements of these rooms, as they stand in the source. */
function listStatements(): { readonly file: string; readonly sql: string }[] {
  const folders = ['src/store', 'src/encryption/indexeddb'];
  return folders.flatMap((folder) =>
    readdirSync(join(projectRoot, folder))
      .filter((name) => name.endsWith('.ts') && name !== 'migrations.ts')
      .flatMap((name) => {
        const text = readFileSync(join(projectRoot, folder, name), 'utf8');
        return [...text.matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)].map(
          ([, plain, template]) => ({
            file: `${folder}/${name}`,
            sql: plain ?? template ?? '',
          }),
        );
      })
      .filter(({ sql }) => /\b(?:DELETE FROM|UPDATE \w+ SET|REPLACE INTO|TRUNCATE)\b/.test(sql)),
  );
}

test('no statement deletes a whole table: SQLite then truncates it, and a session sees nothing', () => {
  const statements = listStatements();
  expect(statements.length).toBeGreaterThan(30);
  expect(statements.filter(({ sql }) => /DELETE FROM \w+\s*(?:;|$)/.test(sql))).toEqual([]);
});

test('nothing is read in the order of a hidden rowid, which is another one on each machine', () => {
  const hidden = readdirSync(join(projectRoot, 'src/store'))
    .filter((name) => name.endsWith('.ts') && name !== 'migrations.ts')
    .filter((name) =>
      /\b(?:_?rowid_?|oid)\b/i.test(readFileSync(join(projectRoot, 'src/store', name), 'utf8')),
    );
  expect(hidden).toEqual([]);
});
