import { createHash } from 'node:crypto';
import { buildContent } from './build-content.ts';
import { checkContent } from './checks/check-content.ts';
import type { Content } from './content.ts';
import { formatProblem, isError, type Problem, sortProblems } from './problem.ts';
import type { ContentFiles } from './reading/content-files.ts';
import { type FolderReading, readFolders, type SourceText } from './reading/read-folders.ts';
import { type ShapeMemo, shapeFiles } from './reading/shape-files.ts';

export interface ContentReading {
  /** Null as soon as one problem is an error. */
  readonly content: Content | null;
  readonly problems: readonly Problem[];
  /** Hash of all files read, right or wrong. */
  readonly version: string;
  /** The files that parsed and have the right shape, for the checks that need places in them. */
  readonly files: ContentFiles;
}

/** The content is wrong: `message` shows every problem, ready for an editor. */
export class ContentError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'Un problème' : `${problems.length} problèmes`;
    super(`${count} dans intents/ et knowledge/ :\n\n${problems.map(formatProblem).join('\n\n')}`);
    this.name = 'ContentError';
    this.problems = problems;
  }
}

/** Reads `root`/knowledge and `root`/intents. @throws ContentError with all errors at once. */
export async function loadContent(root: string): Promise<Content> {
  const { content, problems } = await readContent(root);
  if (!content) throw new ContentError(problems.filter(isError));
  return content;
}

/** Folders → texts → shaped files → checks → content. Expected mistakes are problems, not exceptions. */
export async function readContent(root: string): Promise<ContentReading> {
  return readFrom(await readFolders(root));
}

/** The same of texts that are not on the disk, or not yet: path from the root → text. */
export function readTexts(texts: ReadonlyMap<string, string>, memo?: ShapeMemo): ContentReading {
  const sorted = [...texts]
    .map(([file, text]) => ({ file, text }))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  return readFrom({ texts: sorted, problems: [], unread: [], missingFolders: [] }, memo);
}

function readFrom(reading: FolderReading, memo?: ShapeMemo): ContentReading {
  const { texts, problems: unread } = reading;
  const { files, problems: misshapen } = shapeFiles(reading, memo);
  // Without one of the folders, everything in the other leads nowhere: that says nothing more.
  const contradictions = reading.missingFolders.length > 0 ? [] : checkContent(files);
  const problems = sortProblems([...unread, ...misshapen, ...contradictions]);
  const version = hashTexts(texts);
  const content = problems.some(isError) ? null : buildContent(files, version);
  return { content, problems, version, files };
}

function hashTexts(texts: readonly SourceText[]): string {
  const hash = createHash('sha256');
  for (const { file, text } of texts) hash.update(file).update('\0').update(text).update('\0');
  return hash.digest('hex').slice(0, 12);
}
