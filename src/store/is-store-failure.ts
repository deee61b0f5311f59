/** SQLite's result codes (https://sqlite.org/rescode.html) that speak of the value given: TOOBIG, CONSTRAINT, MISMATCH. */
const faultsOfTheValue: ReadonlySet<number> = new Set([18, 19, 20]);

/**
 * SQLite could not do its work: full disk, I/O error, lock, damage, a fault in our SQL. That says nothing of what was to
 * be stored, so that whoever sets an event aside for its faults must let this error pass.
 */
export function isStoreFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // What node:sqlite gives all refusals of SQLite, and nothing else; the upper bits of errcode refine the lowest eight.
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return false;
  return !faultsOfTheValue.has(errcode & 0xff);
}
