import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const project = fileURLToPath(new URL('../../', import.meta.url));
const src = join(project, 'src');

const { rooms, loose, packages } = z
  .strictObject({
    rooms: z.record(
      z.string(),
      z.strictObject({ imports: z.array(z.string()), holds: z.string(), pure: z.boolean().default(false) }),
    ),
    loose: z.array(z.string()),
    packages: z.record(z.string(), z.array(z.string())),
  })
  .parse(parse(readFileSync(new URL('./rooms.yaml', import.meta.url), 'utf8')));

interface Source {
  /** From src/: conversation/respond.ts. */
  readonly file: string;
  readonly room: string;
  readonly text: string;
  /** Files of src/ (relative to it), or package names. */
  readonly imports: readonly string[];
}

const names = readdirSync(src, { recursive: true, encoding: 'utf8' });
const sources: readonly Source[] = names
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => {
    const text = readFileSync(join(src, name), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
      target.startsWith('.') ? relative(src, resolve(join(src, dirname(name)), target)) : target,
    );
    return { file: name, room: roomOf(name), text, imports };
  });

/** The folder, or the loose file's own name: main.ts and config.ts count as rooms. */
function roomOf(file: string): string {
  const [first = ''] = file.split('/');
  return first.replace(/\.[jt]s$/, '');
}

test('every file stands in a room of the table, and every room of the table exists', () => {
  const files = readdirSync(src, { withFileTypes: true });
  expect(files.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(
    expect.arrayContaining(loose),
  );
  expect(files.filter((entry) => entry.isFile())).toHaveLength(loose.length);
  const inhabited = new Set(sources.map(({ room }) => room));
  expect([...inhabited].sort()).toEqual(Object.keys(rooms).sort());
});

test('a room imports only the rooms that the table allows it', () => {
  const strangers = sources.flatMap(({ file, room, imports }) =>
    imports
      .filter((target) => /\.[jt]s$/.test(target) && !target.startsWith('..') && isSource(target))
      .filter((target) => roomOf(target) !== room && !rooms[room]?.imports.includes(roomOf(target)))
      .map((target) => `${file} → ${target}`),
  );
  expect(strangers).toEqual([]);
});

test('the table allows a room nothing that it does not import', () => {
  const idle = Object.entries(rooms).flatMap(([room, { imports }]) => {
    const used = new Set(sources.filter((source) => source.room === room).flatMap(listRooms));
    return imports.filter((other) => !used.has(other)).map((other) => `${room} → ${other}`);
  });
  expect(idle).toEqual([]);
});

function listRooms({ imports }: Source): string[] {
  return imports.filter(isSource).map(roomOf);
}

test('the table has no circle', () => {
  const circles = Object.keys(rooms).flatMap((room) => findCircle(room, [room]) ?? []);
  expect(circles).toEqual([]);
});

/** A file of src/, and not of a package (vitest/config.js). */
function isSource(target: string): boolean {
  return names.includes(target);
}

function findCircle(room: string, path: readonly string[]): string[] | null {
  for (const next of rooms[room]?.imports ?? []) {
    if (next === path[0]) return [[...path, next].join(' → ')];
    const found = path.includes(next) ? null : findCircle(next, [...path, next]);
    if (found) return found;
  }
  return null;
}

for (const [room] of Object.entries(rooms).filter(([, { pure }]) => pure)) {
  const inside = sources.filter((source) => source.room === room);

  test(`${room} has no clock, no chance, no environment`, () => {
    const impure =
      /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|process\.|fetch\()/;
    expect(inside.filter(({ text }) => impure.test(stripComments(text))).map(({ file }) => file)).toEqual([]);
  });

  test(`${room} names no package but zod and natural's deep imports`, () => {
    const named = inside.flatMap(({ file, imports }) =>
      imports
        .filter((target) => !isSource(target) && !/^(zod$|natural\/lib\/)/.test(target))
        .map((target) => `${file} → ${target}`),
    );
    expect(named).toEqual([]);
  });
}

test('the rules of tickets are pure as well', () => {
  const rules = sources.filter(({ file }) => file.startsWith('tickets/rules/'));
  expect(rules.length).toBeGreaterThan(0);
  const strangers = rules.flatMap(({ file, imports }) =>
    imports
      .filter(
        (target) =>
          !/^(tickets\/rules|store\/ticket\.ts|messages\/ids\.ts|knowledge|conversation|text)\b/.test(target),
      )
      .map((target) => `${file} → ${target}`),
  );
  expect(strangers).toEqual([]);
});

for (const [name, allowed] of Object.entries(packages)) {
  test(`only ${allowed.join(', ')} names ${name}`, () => {
    const speakers = sources
      .filter(({ imports }) => imports.some((target) => target === name || target.startsWith(`${name}/`)))
      .map(({ room }) => room);
    expect([...new Set(speakers)]).toEqual(allowed);
  });
}

test('nobody imports the whole of natural: it would load three database drivers', () => {
  expect(sources.filter(({ imports }) => imports.includes('natural')).map(({ file }) => file)).toEqual([]);
});

test('a machine alone does not load PostgreSQL’s package', () => {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    const source = sources.find((one) => one.file === file);
    if (source === undefined || loaded.has(file)) return;
    loaded.add(file);
    // Types are gone at run time, and import() waits until it is called.
    const lines = source.text.matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)';/gm);
    for (const [, target = ''] of lines) {
      if (target.startsWith('.')) load(relative(src, resolve(join(src, dirname(file)), target)));
      else loaded.add(target);
    }
  };
  load('main.ts');
  expect(loaded).toContain('matrix/start-matrix-bot.ts');
  expect(loaded).toContain('yaml');
  expect([...loaded].filter((name) => name === 'pg' || /^standby\/(?!standby-error)/.test(name))).toEqual([]);
});

test('the database is private to the store: everybody else has its tables', () => {
  const outsiders = sources.filter(
    ({ room, imports }) => room !== 'store' && imports.includes('store/open-database.ts'),
  );
  expect(outsiders.map(({ file }) => file)).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 401).map(({ file }) => file);
  expect(long).toEqual([]);
});

test('git keeps no symbolic link: one to an environment of this machine points at itself in a clone', (context) => {
  const listed = spawnSync('git', ['ls-files', '--stage'], { cwd: project, encoding: 'utf8' });
  context.skip(listed.status !== 0, 'not a git checkout');
  expect(listed.stdout.split('\n').filter((line) => line.startsWith('120000'))).toEqual([]);
});

test('docs/architecture.md shows the same table', () => {
  const doc = readFileSync(join(project, 'docs/architecture.md'), 'utf8');
  const shown = [...doc.matchAll(/^\| `([a-z-]+)\/?(?:\.ts)?` +\| (.*?) +\| (.*?) +\|$/gm)].map(
    ([, room = '', holds = '', imports = '']) => ({
      room,
      holds,
      imports: imports.split(', ').filter((name) => name !== '–'),
    }),
  );
  expect(shown).toEqual(
    Object.entries(rooms).map(([room, { holds, imports }]) => ({ room, holds, imports })),
  );
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
