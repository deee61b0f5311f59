import { type Disagreement, mergeLines } from './merge-lines.ts';

/** Path from the root → text. */
export type Texts = ReadonlyMap<string, string>;

export interface FileMerge {
  readonly file: string;
  /** null: the file goes away, or is not there. */
  readonly text: string | null;
  readonly change: 'added' | 'updated' | 'removed';
}

/** What both sides changed in a file, for editors to read; whole files when one of the sides has none. */
export interface ToReview {
  readonly file: string;
  readonly disagreements: readonly Disagreement[];
}

export interface FolderMerge {
  readonly changes: readonly FileMerge[];
  readonly toReview: readonly ToReview[];
}

/** What an upgrade changes in the editors' files: shipped before, shipped now, theirs. What they wrote always stays. */
export function mergeFolders(before: Texts, shipped: Texts, theirs: Texts): FolderMerge {
  const changes: FileMerge[] = [];
  const toReview: ToReview[] = [];
  const lines = (text: string | undefined): string[] => text?.split('\n') ?? [];
  for (const file of [...new Set([...before.keys(), ...shipped.keys()])].sort()) {
    const [old, now, own] = [before.get(file), shipped.get(file), theirs.get(file)];
    if (now === old || now === own) continue;
    if (own === old) {
      if (now === undefined) changes.push({ file, text: null, change: 'removed' });
      else changes.push({ file, text: now, change: old === undefined ? 'added' : 'updated' });
    } else if (now === undefined || own === undefined) {
      // Taken away on one side and changed on the other: nothing is done, and both are shown.
      toReview.push({
        file,
        disagreements: [{ before: lines(old), shipped: lines(now), theirs: lines(own) }],
      });
    } else {
      const { text, disagreements } = mergeLines(old ?? '', now, own);
      if (text !== own) changes.push({ file, text, change: 'updated' });
      if (disagreements.length > 0) toReview.push({ file, disagreements });
    }
  }
  return { changes, toReview };
}
