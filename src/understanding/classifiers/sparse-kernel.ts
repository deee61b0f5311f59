/**
 * The two inner loops of training, on four numbers at a time. V8 does not vectorise JavaScript: the same loops in
 * plain TypeScript make training on the shipped questions five times slower (docs/understanding.md).
 * The module is small enough to be assembled here, instruction by instruction, with nothing to install or build.
 * All arguments are bytes: places in the kernel's memory.
 */
export interface SparseKernel {
  /** out[c] += value × table[column][c], for each (column, value) of the row from byte `at` to byte `end`. */
  gather(at: number, end: number, columns: number, values: number, table: number, out: number): void;
  /** table[column][c] += value × vector[c], for the same pairs. */
  scatter(at: number, end: number, columns: number, values: number, table: number, vector: number): void;
}

export interface KernelMemory {
  readonly kernel: SparseKernel;
  /** Reserves zeroed arrays; addresses are bytes, aligned to 16. Every view must be asked for before the first is used. */
  readonly buffer: ArrayBuffer;
}

/** WebAssembly has no types without the DOM's: this is all of it that is used. */
declare const WebAssembly: {
  Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

const pageBytes = 65_536;

/**
 * A memory of at least `bytes`, and the kernel that works in it on tables of `width` numbers a line, a multiple of
 * four. Takes a millisecond.
 */
export function createSparseKernel(bytes: number, width: number): KernelMemory {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) + 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(assemble(width)), { js: { memory } });
  return { kernel: instance.exports as SparseKernel, buffer: memory.buffer };
}

/** Where each array of 32-bit numbers starts, one after the other, aligned for the kernel. Sizes in numbers. */
export function layArrays<Part extends string>(
  sizes: Readonly<Record<Part, number>>,
): { readonly address: Readonly<Record<Part, number>>; readonly bytes: number } {
  const address = {} as Record<Part, number>;
  let bytes = 0;
  for (const part of Object.keys(sizes) as Part[]) {
    address[part] = bytes;
    bytes += Math.ceil((sizes[part] * 4) / 16) * 16;
  }
  return { address, bytes };
}

// Binary format of the core specification, sections 5.3 to 5.5; SIMD opcodes of its section 5.4.9.
const i32Type = 0x7f;
const v128Type = 0x7b;
const voidType = 0x40;
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, ...signed(value)];
const add = [0x6a];
const multiply = [0x6c];
const atLeast = [0x4f];
const loadInteger = [0x28, 2, 0];
const loadFloat = [0x2a, 2, 0];
const loadFour = (offset: number): number[] => [0xfd, 0x00, 4, ...size(offset)];
const storeFour = (offset: number): number[] => [0xfd, 0x0b, 4, ...size(offset)];
const toFour = [0xfd, 0x13];
const addFour = [0xfd, 0xe4, 0x01];
const multiplyFour = [0xfd, 0xe6, 0x01];
const block = (...body: number[][]): number[] => [0x02, voidType, ...body.flat(), 0x0b];
const loop = (...body: number[][]): number[] => [0x03, voidType, ...body.flat(), 0x0b];
const branch = (depth: number): number[] => [0x0c, depth];
const branchIf = (depth: number): number[] => [0x0d, depth];

const [atLocal, endLocal, columnsLocal, valuesLocal, tableLocal, vectorLocal, lineLocal, nextLocal] = [
  0, 1, 2, 3, 4, 5, 6, 7,
] as const;
const valueLocal = 8;
const firstHeldLocal = 9;
/**
 * Fours of the vector held in registers while a row is gone through; x86-64 has sixteen, one is for the value and one
 * for the line. A wider table is gone through in stripes.
 */
const mostHeld = 14;

function assemble(width: number): Uint8Array {
  const parameters = Array.from({ length: 6 }, () => i32Type);
  const type = [0x60, parameters.length, ...parameters, 0];
  const memory = [...name('js'), ...name('memory'), 0x02, 0, 1];
  const exports = [
    [...name('gather'), 0x00, 0],
    [...name('scatter'), 0x00, 1],
  ];
  const bodies = [accumulate(width, 'vector'), accumulate(width, 'line')];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(2, [memory]),
    ...section(3, [[0], [0]]),
    ...section(7, exports),
    ...section(10, bodies),
  ]);
}

/** For each pair of the row, stripe by stripe: vector += value × line of the table, or line += value × vector. */
function accumulate(width: number, target: 'vector' | 'line'): number[] {
  const fours = width / 4;
  const code: number[] = [];
  for (let first = 0; first < fours; first += mostHeld) {
    const held = Array.from({ length: Math.min(mostHeld, fours - first) }, (_, i) => ({
      local: firstHeldLocal + i,
      offset: (first + i) * 16,
    }));
    const scaledLine = held.flatMap(({ local, offset }) => [
      ...get(local),
      ...get(lineLocal),
      ...loadFour(offset),
      ...get(valueLocal),
      ...multiplyFour,
      ...addFour,
      ...set(local),
    ]);
    const scaledVector = held.flatMap(({ local, offset }) => [
      ...get(lineLocal),
      ...get(lineLocal),
      ...loadFour(offset),
      ...get(local),
      ...get(valueLocal),
      ...multiplyFour,
      ...addFour,
      ...storeFour(offset),
    ]);
    code.push(
      ...held.flatMap(({ local, offset }) => [...get(vectorLocal), ...loadFour(offset), ...set(local)]),
      ...get(atLocal),
      ...set(nextLocal),
      ...block(
        loop(
          [...get(nextLocal), ...get(endLocal), ...atLeast, ...branchIf(1)],
          [...get(columnsLocal), ...get(nextLocal), ...add, ...loadInteger],
          [...constant(width * 4), ...multiply, ...get(tableLocal), ...add, ...set(lineLocal)],
          [...get(valuesLocal), ...get(nextLocal), ...add, ...loadFloat, ...toFour, ...set(valueLocal)],
          target === 'vector' ? scaledLine : scaledVector,
          [...get(nextLocal), ...constant(4), ...add, ...set(nextLocal)],
          branch(0),
        ),
      ),
      ...(target === 'vector'
        ? held.flatMap(({ local, offset }) => [...get(vectorLocal), ...get(local), ...storeFour(offset)])
        : []),
    );
  }
  const locals = [2, 2, i32Type, 1 + mostHeld, v128Type];
  const body = [...locals, ...code, 0x0b];
  return [...size(body.length), ...body];
}

function section(id: number, entries: readonly number[][]): number[] {
  const content = [entries.length, ...entries.flat()];
  return [id, ...size(content.length), ...content];
}

function name(text: string): number[] {
  return [text.length, ...Array.from(text, (letter) => letter.charCodeAt(0))];
}

/** Signed LEB128, of a number that is not negative. */
function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)];
}

/** Unsigned LEB128. */
function size(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...size(value >>> 7)];
}
