import { unsupported } from './strict-object.ts';

/** The keys of this subset. IndexedDB also has dates and binary keys, which the crypto library never uses. */
export type IdbKey = number | string | readonly IdbKey[];

// Order of types in IndexedDB: number < string < array (dates and binaries, between them, are left out).
const numberMark = 0x10;
const stringMark = 0x30;
const arrayMark = 0x50;
const endMark = 0x00;

/** Greater than every encoded key. */
export const afterAllKeys = Uint8Array.of(0xff);
/** Smaller than every encoded key. */
export const beforeAllKeys = new Uint8Array(0);

/**
 * Encodes a key into bytes whose order by memcmp (SQLite's order of BLOBs) is IndexedDB's order of keys, and of which
 * none is the prefix of another. Numbers: IEEE 754 big-endian, sign flipped (all bits when negative). Strings: by UTF-16
 * code unit, in one to three bytes, closed by a zero (the scheme of Firefox's dom/indexedDB/Key.cpp).
 * Throws a DataError on what is no key, NotSupportedError on dates and binaries.
 */
export function encodeKey(key: unknown): Uint8Array {
  const plain = typeof key === 'string' ? encodeAscii(key) : undefined;
  if (plain !== undefined) return plain;
  const bytes: number[] = [];
  write(key, bytes);
  return Buffer.from(bytes);
}

/**
 * The same for ASCII strings, which nearly all keys of the crypto library are; undefined for other strings. The bytes are
 * taken from Node's pool: with an array of its own for each key (over 64 bytes, outside the heap), the garbage collector
 * took a third of the time of a key share.
 */
function encodeAscii(key: string): Uint8Array | undefined {
  const bytes = Buffer.allocUnsafe(key.length + 2);
  bytes[0] = stringMark;
  for (let i = 0; i < key.length; i += 1) {
    const unit = key.charCodeAt(i);
    if (unit >= 0x7f) return undefined;
    bytes[i + 1] = unit + 1;
  }
  bytes[key.length + 1] = endMark;
  return bytes;
}

function write(key: unknown, bytes: number[]): void {
  if (typeof key === 'string') {
    bytes.push(stringMark);
    for (let i = 0; i < key.length; i += 1) {
      const unit = key.charCodeAt(i);
      if (unit < 0x7f) bytes.push(unit + 1);
      else if (unit < 0x3fff + 0x7f) bytes.push(0x80 | ((unit - 0x7f) >> 8), (unit - 0x7f) & 0xff);
      else bytes.push(0xc0 | (unit >> 10), (unit >> 2) & 0xff, (unit & 3) << 6);
    }
    bytes.push(endMark);
  } else if (typeof key === 'number' && !Number.isNaN(key)) {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, key === 0 ? 0 : key);
    const negative = (view.getUint8(0) & 0x80) !== 0;
    bytes.push(numberMark);
    for (let i = 0; i < 8; i += 1) {
      const byte = view.getUint8(i);
      bytes.push(negative ? byte ^ 0xff : i === 0 ? byte ^ 0x80 : byte);
    }
  } else if (Array.isArray(key)) {
    bytes.push(arrayMark);
    for (const part of key) write(part, bytes);
    bytes.push(endMark);
  } else if (key instanceof Date || ArrayBuffer.isView(key) || key instanceof ArrayBuffer) {
    throw unsupported('clé date ou binaire');
  } else {
    throw new DOMException('The parameter is not a valid key.', 'DataError');
  }
}

/** As {@link encodeKey}, but undefined for what is no key: an index leaves such records out. */
export function encodeIndexKey(value: unknown): Uint8Array | undefined {
  try {
    return encodeKey(value);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'DataError') return undefined;
    throw error;
  }
}

/** The inverse of {@link encodeKey}. */
export function decodeKey(bytes: Uint8Array): IdbKey {
  return read(bytes, { at: 0 });
}

function read(bytes: Uint8Array, cursor: { at: number }): IdbKey {
  const next = (): number => bytes[cursor.at++] ?? endMark;
  const tag = next();
  if (tag === stringMark) {
    const units: number[] = [];
    for (let byte = next(); byte !== endMark; byte = next()) {
      if (byte < 0x80) units.push(byte - 1);
      else if (byte < 0xc0) units.push((((byte & 0x3f) << 8) | next()) + 0x7f);
      else units.push(((byte & 0x3f) << 10) | (next() << 2) | (next() >> 6));
    }
    let text = '';
    for (let i = 0; i < units.length; i += 8192) text += String.fromCharCode(...units.slice(i, i + 8192));
    return text;
  }
  if (tag === numberMark) {
    const view = new DataView(new ArrayBuffer(8));
    const positive = ((bytes[cursor.at] ?? 0) & 0x80) !== 0;
    for (let i = 0; i < 8; i += 1) {
      const byte = next();
      view.setUint8(i, positive ? (i === 0 ? byte ^ 0x80 : byte) : byte ^ 0xff);
    }
    return view.getFloat64(0);
  }
  if (tag === arrayMark) {
    const parts: IdbKey[] = [];
    while (bytes[cursor.at] !== endMark) parts.push(read(bytes, cursor));
    cursor.at += 1;
    return parts;
  }
  throw new Error(`clé IndexedDB illisible dans le magasin de clés (marque ${tag})`);
}
