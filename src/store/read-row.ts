import {
  type Address,
  type EventId,
  isAddress,
  isOutgoingId,
  type MessageReference,
  type OutgoingId,
  type RoomId,
  startsWith,
  type UserId,
} from '../messages/ids.ts';

/** One row as SQLite gives it. Tables are STRICT, so that a column is what its table says, or NULL. */
export type Row = Readonly<Record<string, unknown>>;

export function readText(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : refuse(column, value);
}

export function readTextOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : readText(row, column);
}

export function readNumber(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : refuse(column, value);
}

export function readNumberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : readNumber(row, column);
}

export function readEventId(row: Row, column: string): EventId {
  const text = readText(row, column);
  return startsWith(text, '$') ? text : refuse(column, text);
}

export function readRoomId(row: Row, column: string): RoomId {
  const text = readText(row, column);
  return startsWith(text, '!') ? text : refuse(column, text);
}

export function readUserId(row: Row, column: string): UserId {
  const text = readText(row, column);
  return startsWith(text, '@') ? text : refuse(column, text);
}

export function readOutgoingId(row: Row, column: string): OutgoingId {
  const text = readText(row, column);
  return isOutgoingId(text) ? text : refuse(column, text);
}

/** What erasure leaves empty: a person, or where to reach them. */
export function readErasable<Id>(row: Row, column: string, read: (row: Row, column: string) => Id): Id | '' {
  return row[column] === '' ? '' : read(row, column);
}

export function readOrNull<Id>(row: Row, column: string, read: (row: Row, column: string) => Id): Id | null {
  return row[column] === null ? null : read(row, column);
}

export function readAddress(row: Row, column: string): Address {
  const text = readText(row, column);
  return isAddress(text) ? text : refuse(column, text);
}

/** A message of ours by its outgoing id, or somebody's by its event id. */
export function readMessageReference(row: Row, column: string): MessageReference {
  const text = readText(row, column);
  return startsWith(text, '$') || isOutgoingId(text) ? text : refuse(column, text);
}

/** SQLite has no booleans: 0 or 1. */
export function readFlag(row: Row, column: string): boolean {
  return readNumber(row, column) === 1;
}

/** What we have written ourselves, as JSON: it is what it was, without a check. */
export function readJson<T>(row: Row, column: string): T {
  return JSON.parse(readText(row, column)) as T;
}

export function readJsonOrNull<T>(row: Row, column: string): T | null {
  return row[column] === null ? null : readJson<T>(row, column);
}

/** The answer to `SELECT count(*) AS n …`, which has one row always. */
export function readCount(row: Row | undefined): number {
  return row ? readNumber(row, 'n') : 0;
}

/** A fault of ours: a query that does not select what its reader reads, or a row written otherwise than it is read. */
function refuse(column: string, value: unknown): never {
  throw new TypeError(`column ${column} holds ${value === null ? 'NULL' : `another ${typeof value}`}`);
}
