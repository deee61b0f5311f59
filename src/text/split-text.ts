/**
 * Parts of at most `length` UTF-16 units that hold the whole text: cut at a line end or a space where the second half of
 * a part has one, and never inside a surrogate pair.
 */
export function splitText(text: string, length: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > length) {
    const head = rest.slice(0, length);
    const space = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
    let end = space > length / 2 ? space + 1 : length;
    if (/[\ud800-\udbff]/.test(rest.charAt(end - 1))) end -= 1;
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end);
  }
  return [...parts, rest];
}
