/** French figures: a decimal comma. */
export function formatDecimal(value: number, digits: number): string {
  return value.toFixed(digits).replace('.', ',');
}

/** A share in [0, 1]; a dash when there was nothing to count. */
export function formatShare(share: number | null): string {
  return share === null ? '–' : `${formatDecimal(100 * share, 1)}\u00a0%`;
}

/** Null when there is nothing to count. */
export function shareOf<T>(all: readonly T[], isCounted: (one: T) => boolean): number | null {
  return all.length === 0 ? null : all.filter(isCounted).length / all.length;
}

/** Lines of a table: the first column to the left, the others to the right. A heading may take several lines. */
export function layTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const split = headings.map((heading) => heading.split('\n'));
  const height = Math.max(...split.map((lines) => lines.length));
  const head = Array.from({ length: height }, (_, line) =>
    split.map((lines) => lines[line - height + lines.length] ?? ''),
  );
  const all = [...head, ...rows];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** Headings of the columns that every table of questions begins with. */
export const sharedHeadings = [
  'questions',
  'hors\nsujet',
  'bonne fiche\nen tête',
  'juste tout\nde suite',
  'juste ou\nproposé',
  'mauvaise\nfiche',
  'hors sujet\nrépondu',
  'hors sujet\nsuivi de choix',
] as const;
