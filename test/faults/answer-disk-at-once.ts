import { createRequire, syncBuiltinESMExports } from 'node:module';

// Imported for its effect, before any code of src/: durability.ts keeps fdatasync from its import on. The disk answers in
// the next turn of the loop, where a thread's answer would come at another moment each time. Power cuts, which are what
// fdatasync is for, are not among the faults of these plans.
const files = createRequire(import.meta.url)('node:fs') as Record<string, unknown>;
files['fdatasync'] = (_file: number, done: () => void) => void setImmediate(done);
syncBuiltinESMExports();
