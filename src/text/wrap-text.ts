/**
 * Lines of at most `width` UTF-16 units, broken at ordinary spaces only: U+00A0 and U+202F hold their words together, and a
 * longer word keeps its line, so that an address can be copied. What follows a list mark stands under the text of its item.
 */
export function wrapText(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}

function wrapLine(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  const mark = /^ *(?:(?:-|\d+\.) )?/.exec(line)?.[0] ?? '';
  const indent = ' '.repeat(mark.length);
  const lines: string[] = [];
  let current = mark;
  let empty = true;
  for (const word of line.slice(mark.length).split(' ')) {
    if (!empty && current.length + 1 + word.length > width) {
      lines.push(current);
      current = indent + word;
    } else current += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, current];
}
