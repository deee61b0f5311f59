import type { ProblemCode } from './problem-codes.ts';

/** What is wrong and what to do about it, without the place. */
export interface Complaint {
  /** What code and tests compare; `message` and `remedy` are only for people. */
  readonly code: ProblemCode;
  readonly message: string;
  /** What to do about it. */
  readonly remedy: string;
  /** An error when absent. */
  readonly severity?: Problem['severity'] | undefined;
}

/** One thing wrong in a YAML file, said to an editor in French. */
export interface Problem extends Complaint {
  /** An error stops the start; a warning is only shown by `npm run check`. */
  readonly severity: 'error' | 'warning';
  /** Path from the project's root: knowledge/noemi-vpn.yaml. */
  readonly file: string;
  /** 1-based; 0 when the problem is about the whole file. */
  readonly line: number;
  readonly column: number;
  /** The keys that lead to the value, for who edits it elsewhere than in the file. */
  readonly path?: readonly (string | number)[];
  /** The line of the file, or null when there is none to show. */
  readonly excerpt: string | null;
}

/** A problem of a whole file, or of one that is not there. */
export function problemOfFile(file: string, { severity = 'error', ...complaint }: Complaint): Problem {
  return { severity, file, line: 0, column: 0, excerpt: null, ...complaint };
}

export function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

/** `file:line:column: message`, the line with a caret under the column, and the remedy. */
export function formatProblem(problem: Problem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  const kind = problem.severity === 'error' ? 'erreur' : 'avertissement';
  const lines = [`${place}: ${kind} : ${problem.message}`];
  if (problem.excerpt !== null) {
    // Long lines are shown around the column, so that the caret stays on the screen.
    const start = Math.max(0, Math.min(problem.column - 40, problem.excerpt.length - 100));
    const shown = problem.excerpt.slice(start, start + 100);
    lines.push(`    ${start > 0 ? '…' : ''}${shown}`);
    lines.push(`    ${' '.repeat(problem.column - 1 - start + (start > 0 ? 1 : 0))}^`);
  }
  lines.push(`    → ${problem.remedy}`);
  return lines.join('\n');
}

const unread: ReadonlySet<ProblemCode> = new Set([
  'missing-folder',
  'missing-file',
  'ignored-file',
  'unreadable-file',
]);

/** What keeps a file from being read: until it is mended, the rest of the file is not known. */
function isUnread({ code }: Problem): boolean {
  return unread.has(code) || code.startsWith('yaml-');
}

/** Errors first, what could not be read before what could, then by file, line and column. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (a, b) =>
      Number(a.severity === 'warning') - Number(b.severity === 'warning') ||
      Number(isUnread(b)) - Number(isUnread(a)) ||
      a.file.localeCompare(b.file) ||
      a.line - b.line ||
      a.column - b.column,
  );
}
