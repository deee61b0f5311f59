import { cp, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../editing/replace-file.ts';
import { readTexts } from '../load-content.ts';
import { isError, type Problem } from '../problem.ts';
import { projectRoot } from '../project-root.ts';
import { type FolderMerge, mergeFolders, type Texts, type ToReview } from './merge-folders.ts';

/** What was shipped at the last upgrade, beside the editors' files; a folder without it is never upgraded. */
const baseFolder = '.livre';
/** The editors' files as they were before each of the last upgrades. */
const formerFolder = '.avant';
const reviewFile = '.a-relire.json';
const formersKept = 5;
const folders = ['intents', 'knowledge'] as const;

export type Upgrade =
  /** The files are the project's own (git has their history), or nobody asked that they follow it. */
  | { readonly type: 'not-followed' }
  | { readonly type: 'up-to-date' }
  /** An empty folder was filled with the files of the project. */
  | { readonly type: 'filled'; readonly files: number }
  | ({ readonly type: 'merged'; readonly former: string } & FolderMerge)
  /** Put together, both would make errors: nothing was changed. */
  | ({ readonly type: 'refused'; readonly problems: readonly Problem[] } & FolderMerge);

export interface UpgradeOptions {
  readonly shippedRoot?: string;
  /** From now on the folder follows the project: what it has today counts as the editors' own work. */
  readonly follow?: boolean;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
  readonly now?: number;
}

/**
 * Brings what this version ships into the editors' folder. Killed half-way, it is done again at the next start: lines that
 * both sides have alike are no disagreement.
 * @throws as the file system does when the folder cannot be written
 */
export async function upgradeContent(root: string, options: UpgradeOptions = {}): Promise<Upgrade> {
  const { shippedRoot = projectRoot, follow = false, dryRun = false, now = Date.now() } = options;
  if (await isSameFolder(root, shippedRoot)) return { type: 'not-followed' };
  const [shipped, theirs] = [await readYaml(shippedRoot), await readYaml(root)];
  const names = await readdir(root);
  if (names.every((name) => name.startsWith('.') || name === 'lost+found')) {
    if (!dryRun) {
      for (const folder of folders)
        await cp(join(shippedRoot, folder), join(root, folder), { recursive: true });
      await keepBase(root, shippedRoot);
    }
    return { type: 'filled', files: shipped.size };
  }
  if (!names.includes(baseFolder)) {
    if (!follow) return { type: 'not-followed' };
    if (!dryRun) await keepBase(root, shippedRoot);
    return { type: 'up-to-date' };
  }
  const before = await readYaml(join(root, baseFolder));
  const merge = mergeFolders(before, shipped, theirs);
  if (merge.changes.length === 0 && merge.toReview.length === 0) {
    if (!dryRun && !isEqual(before, shipped)) await keepBase(root, shippedRoot);
    return { type: 'up-to-date' };
  }
  const problems = errorsOf(applyTo(theirs, merge));
  if (problems.length > 0 && errorsOf(theirs).length === 0) return { type: 'refused', ...merge, problems };
  const former = join(formerFolder, new Date(now).toISOString().slice(0, 19).replaceAll(':', '-'));
  if (!dryRun) {
    await keepFormer(root, former);
    const known = await readReview(root);
    const told = known.map((one) => JSON.stringify(one));
    const unknown = merge.toReview.filter((one) => !told.includes(JSON.stringify(one)));
    await writeReview(root, [...known, ...unknown]);
    for (const { file, text } of merge.changes) {
      if (text === null) await rm(join(root, file), { force: true });
      else await replaceFile(join(root, file), text);
    }
    await keepBase(root, shippedRoot);
  }
  return { type: 'merged', former, ...merge };
}

const reviewShape = z.array(
  z.object({
    file: z.string(),
    disagreements: z.array(
      z.object({
        before: z.array(z.string()),
        shipped: z.array(z.string()),
        theirs: z.array(z.string()),
      }),
    ),
  }),
);

/** What upgrades left for editors to read; empty when there is nothing. */
export async function readReview(root: string): Promise<readonly ToReview[]> {
  try {
    return reviewShape.parse(JSON.parse(await readFile(join(root, reviewFile), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export async function writeReview(root: string, toReview: readonly ToReview[]): Promise<void> {
  await replaceFile(join(root, reviewFile), `${JSON.stringify(toReview, null, 1)}\n`);
}

async function isSameFolder(a: string, b: string): Promise<boolean> {
  return (await realpath(a)) === (await realpath(b));
}

async function readYaml(root: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    const names = await readdir(join(root, folder)).catch(() => []);
    for (const name of names.filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort()) {
      texts.set(`${folder}/${name}`, await readFile(join(root, folder, name), 'utf8'));
    }
  }
  return texts;
}

function applyTo(theirs: Texts, { changes }: FolderMerge): Map<string, string> {
  const merged = new Map(theirs);
  for (const { file, text } of changes) {
    if (text === null) merged.delete(file);
    else merged.set(file, text);
  }
  return merged;
}

function errorsOf(texts: Texts): Problem[] {
  return readTexts(texts).problems.filter(isError);
}

function isEqual(a: Texts, b: Texts): boolean {
  return a.size === b.size && [...a].every(([file, text]) => b.get(file) === text);
}

/** Written aside first: a base that is half there would take what is missing for removed. */
async function keepBase(root: string, shippedRoot: string): Promise<void> {
  const aside = join(root, `${baseFolder}.nouveau`);
  await rm(aside, { recursive: true, force: true });
  for (const folder of folders) await cp(join(shippedRoot, folder), join(aside, folder), { recursive: true });
  await rm(join(root, baseFolder), { recursive: true, force: true });
  await rename(aside, join(root, baseFolder));
}

async function keepFormer(root: string, former: string): Promise<void> {
  for (const folder of folders) await cp(join(root, folder), join(root, former, folder), { recursive: true });
  const kept = (await readdir(join(root, formerFolder))).sort();
  for (const name of kept.slice(0, -formersKept))
    await rm(join(root, formerFolder, name), { recursive: true, force: true });
}
