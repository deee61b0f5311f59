import type { IDBDatabase } from '../../src/encryption/indexeddb/idb-database.ts';

/** Random but repeatable plans, the same for the subset under test and for the oracle. */

export interface Random {
  /** 0 ≤ n < limit. */
  below(limit: number): number;
  pick<T>(choices: readonly [T, ...T[]]): T;
  chance(probability: number): boolean;
}

/** mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (choices) => choices[below(choices.length)] ?? choices[0],
    chance: (probability) => next() < probability,
  };
}

export type Key = string | number | readonly Key[];

export interface Range {
  readonly kind: 'only' | 'lower' | 'upper' | 'bound';
  readonly lower: Key;
  readonly upper: Key;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
}

export type Query = { readonly key: Key } | { readonly range: Range } | null;

export type Operation = {
  readonly store: string;
  readonly index: string | null;
  /** Made in the success handler of the operation before, and not beside it. */
  readonly chained: boolean;
  readonly preventDefault: boolean;
} & (
  | { readonly call: 'get' | 'delete' | 'count'; readonly query: Query }
  | { readonly call: 'getAll' | 'getAllKeys'; readonly query: Query; readonly count: number | null }
  | { readonly call: 'put' | 'add'; readonly key: Key; readonly value: unknown }
  | { readonly call: 'clear' }
  | {
      readonly call: 'openCursor';
      readonly query: Query;
      /** What to do at each record; the walk stops at the end of the list. */
      readonly steps: readonly ('pass' | 'update' | 'delete')[];
      readonly value: unknown;
    }
);

export interface Plan {
  readonly stores: readonly string[];
  readonly mode: 'readonly' | 'readwrite';
  readonly operations: readonly Operation[];
  readonly ending: 'auto' | 'commit' | 'abort' | 'late abort';
}

export interface Upgrade {
  readonly version: number;
  readonly create: readonly string[];
  readonly remove: readonly string[];
  readonly indexes: readonly { store: string; name: string; keyPath: string | string[]; unique: boolean }[];
  readonly fill: readonly { store: string; key: Key; value: unknown }[];
  readonly abort: boolean;
}

const texts = [
  '',
  'a',
  'ab',
  'b',
  'é',
  'été',
  '\u0000',
  '\u007e\u007f\u0080',
  '\uffff',
  '😀',
  '!salon:x',
  '@agent:x',
] as const;
const numbers = [
  0,

  1,
  -1,
  1.5,
  -2.25,
  255,
  65536,
  1e21,
  -1e-7,
  Number.MAX_VALUE,
  -Infinity,
  Infinity,
] as const;

export function planKey(random: Random, depth = 0): Key {
  const draw = random.below(10);
  if (draw < 5) return random.pick(texts) + (random.chance(0.5) ? String(random.below(8)) : '');
  if (draw < 9 || depth > 1) return random.chance(0.5) ? random.below(10) : random.pick(numbers);
  return Array.from({ length: random.below(4) }, () => planKey(random, depth + 1));
}

function planValue(random: Random): unknown {
  const draw = random.below(12);
  if (draw === 0) return true;
  if (draw === 1) return [random.below(256), random.below(256)];
  if (draw === 2) return Uint8Array.of(1, 2, random.below(256));
  if (draw === 3)
    return {
      version: 1,
      ciphertext: 'x'.repeat(random.below(2000)),
      nested: { undefined: undefined, nil: null },
    };
  return {
    ...(random.chance(0.7) ? { n: random.below(5) } : {}),
    ...(random.chance(0.4) ? { u: random.below(12) } : {}),
    ...(random.chance(0.7) ? { a: random.pick(['k1', 'k2', 'k3']), b: random.below(3) } : {}),
    ...(random.chance(0.7) ? { c: random.chance(0.8) ? random.pick(['s1', 's2']) : null } : {}),
    payload: random.below(1_000_000),
  };
}

function planQuery(random: Random, required: boolean): Query {
  const draw = random.below(required ? 8 : 10);
  if (draw < 4) return { key: planKey(random) };
  if (draw >= 8) return null;
  return {
    range: {
      kind: random.pick(['only', 'lower', 'upper', 'bound']),
      lower: planKey(random),
      upper: planKey(random),
      lowerOpen: random.chance(0.5),
      upperOpen: random.chance(0.5),
    },
  };
}

function planOperation(random: Random, store: string, index: string | null): Operation {
  const base = { store, index, chained: random.chance(0.4), preventDefault: random.chance(0.6) };
  const indexed = index !== null;
  const call: Operation['call'] = indexed
    ? random.pick<Operation['call']>(['get', 'getAll', 'getAllKeys', 'count', 'openCursor'])
    : random.pick<Operation['call']>([
        'get',
        'put',
        'put',
        'put',
        'add',
        'delete',
        'count',
        'getAll',
        'getAllKeys',
        'openCursor',
        'clear',
      ]);
  switch (call) {
    case 'get':
    case 'delete':
      return { ...base, call, query: planQuery(random, true) };
    case 'count':
      return { ...base, call, query: planQuery(random, false) };
    case 'getAll':
    case 'getAllKeys':
      return {
        ...base,
        call,
        query: planQuery(random, false),
        count: random.chance(0.4) ? random.below(4) : null,
      };
    case 'put':
    case 'add':
      return { ...base, call, key: planKey(random), value: planValue(random) };
    case 'clear':
      return random.chance(0.1) ? { ...base, call } : { ...base, call: 'count', query: null };
    case 'openCursor':
      return {
        ...base,
        call,
        query: planQuery(random, false),
        steps: Array.from({ length: 1 + random.below(8) }, () =>
          indexed ? random.pick(['pass', 'delete']) : random.pick(['pass', 'update', 'delete']),
        ),
        value: planValue(random),
      };
  }
}

export function planTransaction(random: Random, db: IDBDatabase): Plan {
  const names = Array.from(
    { length: db.objectStoreNames.length },
    (_, i) => db.objectStoreNames.item(i) ?? '',
  );
  const stores = names.filter(() => random.chance(0.6));
  const scope = stores.length === 0 ? names.slice(0, 1) : stores;
  const mode = random.chance(0.7) ? 'readwrite' : 'readonly';
  const operations = Array.from({ length: 1 + random.below(7) }, () => {
    const store = random.pick([scope[0] ?? '', ...scope]);
    const index = random.chance(0.3) ? random.pick(['by_n', 'by_u', 'by_abc']) : null;
    return planOperation(random, store, index);
  });
  return {
    stores: scope,
    mode,
    operations,
    ending: random.pick(['auto', 'auto', 'auto', 'commit', 'abort', 'late abort']),
  };
}

export function planUpgrade(random: Random, version: number): Upgrade {
  const stores = ['sessions', 'groups', 'devices'];
  if (version === 1) {
    return {
      version,
      create: stores,
      remove: [],
      indexes: stores.flatMap(indexesOf),
      fill: [],
      abort: false,
    };
  }
  const remade = stores.filter(() => random.chance(0.3));
  return {
    version,
    create: remade,
    remove: remade,
    indexes: remade.flatMap(indexesOf),
    fill: remade.flatMap((store) =>
      Array.from({ length: random.below(5) }, () => ({
        store,
        key: planKey(random),
        value: planValue(random),
      })),
    ),
    abort: random.chance(0.3),
  };
}

function indexesOf(store: string) {
  return [
    { store, name: 'by_n', keyPath: 'n', unique: false },
    { store, name: 'by_u', keyPath: 'u', unique: true },
    { store, name: 'by_abc', keyPath: ['a', 'b', 'c'], unique: false },
  ];
}
