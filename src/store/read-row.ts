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

/** A fault of ours: a query that does not select what its reader reads. */
function refuse(column: string, value: unknown): never {
  throw new TypeError(`column ${column} holds ${value === null ? 'NULL' : typeof value}`);
}
