/** Lines that both sides changed, each in its own way: those of the editors are kept, the others are for them to read. */
export interface Disagreement {
  readonly before: readonly string[];
  readonly shipped: readonly string[];
  readonly theirs: readonly string[];
}

export interface MergedText {
  readonly text: string;
  readonly disagreements: readonly Disagreement[];
}

/**
 * Three ways: what `shipped` changed since `before` is brought into `theirs`. Where both changed the same lines, theirs
 * stay (or, with `kept`, those shipped). Two lists that both grew at the same place keep what each has added.
 */
export function mergeLines(
  before: string,
  shipped: string,
  theirs: string,
  kept: 'theirs' | 'shipped' = 'theirs',
): MergedText {
  const base = before.split('\n');
  const sides = {
    shipped: findChanges(base, shipped.split('\n')),
    theirs: findChanges(base, theirs.split('\n')),
  };
  const merged: string[] = [];
  const disagreements: Disagreement[] = [];
  let at = 0;
  while (sides.shipped.length > 0 || sides.theirs.length > 0) {
    const { start, end, ours, others } = takeRegion(sides.shipped, sides.theirs);
    merged.push(...base.slice(at, start));
    at = end;
    const [mine, new_] = [apply(base, ours, start, end), apply(base, others, start, end)];
    if (ours.length === 0) merged.push(...new_);
    else if (others.length === 0 || same(mine, new_)) merged.push(...mine);
    else if (kept === 'shipped') merged.push(...new_);
    else if (start === end && bothGrew(mine, new_)) {
      merged.push(...new_, ...mine.filter((line) => !new_.includes(line)));
    } else {
      merged.push(...mine);
      disagreements.push({ before: base.slice(start, end), shipped: new_, theirs: mine });
    }
  }
  merged.push(...base.slice(at));
  return { text: merged.join('\n'), disagreements };
}

/** Lines `start` to `end` of the base become `lines`. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly lines: readonly string[];
}

/** Questions of a list, or entries of a map with a name of their own, each on one line: their order says nothing. */
function bothGrew(mine: readonly string[], others: readonly string[]): boolean {
  const all = [...mine, ...others];
  if (all.every((line) => /^ *- (?!\S+: )\S/.test(line))) return true;
  const indent = (line: string): number => line.search(/\S/);
  const names = all.map((line) => /^ *([\w-]+): [^|>\s]/.exec(line)?.[1]);
  return (
    names.every((name) => name !== undefined) &&
    new Set(names).size === all.length &&
    all.every((line) => indent(line) === indent(all[0] ?? ''))
  );
}

/** The next changes, of one side or of both, that touch the same lines of the base. */
function takeRegion(
  shipped: Change[],
  theirs: Change[],
): { start: number; end: number; ours: Change[]; others: Change[] } {
  const start = Math.min(shipped[0]?.start ?? Infinity, theirs[0]?.start ?? Infinity);
  let end = start;
  const ours: Change[] = [];
  const others: Change[] = [];
  const take = (from: Change[], to: Change[]): boolean => {
    const [next] = from;
    // Two insertions at one place meet; a change that begins where another ends does not.
    if (!next || !(next.start < end || next.start === start)) return false;
    from.shift();
    to.push(next);
    end = Math.max(end, next.end);
    return true;
  };
  while (take(theirs, ours) || take(shipped, others));
  return { start, end, ours, others };
}

function apply(base: readonly string[], changes: readonly Change[], start: number, end: number): string[] {
  const result: string[] = [];
  let at = start;
  for (const change of changes) {
    result.push(...base.slice(at, change.start), ...change.lines);
    at = change.end;
  }
  return [...result, ...base.slice(at, end)];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}

/** Cells of the table of common lines beyond which what differs is taken for one change: 50 MB. */
const largestTable = 25_000_000;

/** What was changed from `a` to `b`, by a longest common subsequence of lines. */
function findChanges(a: readonly string[], b: readonly string[]): Change[] {
  let first = 0;
  while (first < a.length && first < b.length && a[first] === b[first]) first += 1;
  let [lastA, lastB] = [a.length, b.length];
  while (lastA > first && lastB > first && a[lastA - 1] === b[lastB - 1]) {
    lastA -= 1;
    lastB -= 1;
  }
  const [rows, columns] = [lastA - first, lastB - first];
  if (rows === 0 && columns === 0) return [];
  if (rows * columns > largestTable) return [{ start: first, end: lastA, lines: b.slice(first, lastB) }];
  const width = columns + 1;
  const common = new Uint16Array((rows + 1) * width);
  const cell = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        a[first + row] === b[first + column]
          ? cell(row + 1, column + 1) + 1
          : Math.max(cell(row + 1, column), cell(row, column + 1));
    }
  }
  const changes: Change[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    const [startRow, startColumn] = [row, column];
    while (
      (row < rows || column < columns) &&
      !(row < rows && column < columns && a[first + row] === b[first + column])
    ) {
      if (column >= columns || (row < rows && cell(row + 1, column) >= cell(row, column + 1))) row += 1;
      else column += 1;
    }
    if (row > startRow || column > startColumn) {
      changes.push({
        start: first + startRow,
        end: first + row,
        lines: b.slice(first + startColumn, first + column),
      });
    }
    while (row < rows && column < columns && a[first + row] === b[first + column]) {
      row += 1;
      column += 1;
    }
  }
  return changes;
}
