import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type ContentReading, readTexts } from '../../knowledge/load-content.ts';
import { isError, type Problem } from '../../knowledge/problem.ts';
import { readFolders } from '../../knowledge/reading/read-folders.ts';
import type { ShapeMemo } from '../../knowledge/reading/shape-files.ts';
import type { AuditAction, ChangedFile } from '../../store/audit.ts';
import type { Store } from '../../store/open-store.ts';

export type Texts = ReadonlyMap<string, string>;
/** Path from the root → the new text; null: the file goes. */
export type Changes = ReadonlyMap<string, string | null>;

export interface Draft {
  readonly reading: ContentReading;
  /** What the changes make wrong, or leave wrong in the files that they touch; errors of elsewhere that were there before are not theirs. */
  readonly problems: readonly Problem[];
}

export interface Change {
  readonly who: string;
  readonly action: AuditAction;
  readonly object: string;
  readonly changes: Changes;
}

export type Written =
  | { readonly type: 'written'; readonly version: string; readonly entry: number }
  | { readonly type: 'refused'; readonly problems: readonly Problem[] };

/** The files of intents/ and knowledge/, read, tried and replaced; one change at a time. */
export interface ContentFolder {
  readonly root: string;
  read(): Promise<Texts>;
  /** What the files would be with these changes; nothing is written. */
  draft(texts: Texts, changes: Changes): Draft;
  /** `plan` looks at the files as they are and says what to change, or gives up with a value of its own. */
  change<T>(
    plan: (texts: Texts) => Promise<Change | { readonly instead: T }>,
  ): Promise<Written | { readonly instead: T }>;
  /** The text of any file of the folder, or null. */
  readText(file: string): Promise<string | null>;
}

export function versionOf(text: string | null | undefined): string | null {
  return text === null || text === undefined
    ? null
    : createHash('sha256').update(text).digest('hex').slice(0, 16);
}

export function openContentFolder(root: string, store: Store, clock: () => number): ContentFolder {
  const memo: ShapeMemo = new Map();
  let before: { readonly texts: Texts; readonly reading: ContentReading } | null = null;
  let last: Promise<unknown> = Promise.resolve();

  async function read(): Promise<Texts> {
    return new Map((await readFolders(root)).texts.map(({ file, text }) => [file, text]));
  }

  function readBefore(texts: Texts): ContentReading {
    if (before === null || !isEqual(before.texts, texts)) before = { texts, reading: readTexts(texts, memo) };
    return before.reading;
  }

  function draft(texts: Texts, changes: Changes): Draft {
    const known = new Set(readBefore(texts).problems.map(nameOf));
    const reading = readTexts(withChanges(texts, changes), memo);
    return {
      reading,
      problems: reading.problems.filter(
        (problem) => changes.has(problem.file) || !known.has(nameOf(problem)),
      ),
    };
  }

  async function readText(file: string): Promise<string | null> {
    try {
      return await readFile(join(root, file), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async function write({ who, action, object, changes }: Change, texts: Texts): Promise<Written> {
    const { problems, reading } = draft(texts, changes);
    const known = new Set(readBefore(texts).problems.map(nameOf));
    const wrong = problems.filter((problem) => isError(problem) && !known.has(nameOf(problem)));
    if (wrong.length > 0) return { type: 'refused', problems: wrong };
    const files: ChangedFile[] = [];
    for (const [file, after] of changes) files.push({ file, before: await readText(file), after });
    // Written inside the transaction: what could not be written is not in the log either.
    const entry = store.transaction(() => {
      const entry = store.audit.record({ at: clock(), who, action, object, files });
      for (const { file, after } of files) replace(join(root, file), after);
      return entry;
    });
    return { type: 'written', version: reading.version, entry };
  }

  return {
    root,
    read,
    draft,
    readText,
    change(plan) {
      const turn = last.then(async () => {
        const texts = await read();
        const planned = await plan(texts);
        return 'instead' in planned ? planned : write(planned, texts);
      });
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

/** In one step: a bot that watches the folder never reads half a file. */
function replace(path: string, text: string | null): void {
  if (text === null) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.nouveau`, text);
  renameSync(`${path}.nouveau`, path);
}

function withChanges(texts: Texts, changes: Changes): Texts {
  const all = new Map(texts);
  for (const [file, text] of changes) {
    if (!/^(?:intents|knowledge)\//.test(file)) continue;
    if (text === null) all.delete(file);
    else all.set(file, text);
  }
  return all;
}

function isEqual(a: Texts, b: Texts): boolean {
  return a.size === b.size && [...a].every(([file, text]) => b.get(file) === text);
}

function nameOf({ file, code, message, line }: Problem): string {
  return [file, code, message, line].join('\0');
}
