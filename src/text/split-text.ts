/**
 * Parts of at most `most` that hold the whole text: cut at a line end or a space where the second half of a part has one,
 * and never inside a surrogate pair.
 * @param costOf what one character, a code point, takes of `most`; its UTF-16 units by default
 */
export function splitText(
  text: string,
  most: number,
  costOf: (character: string) => number = ({ length }) => length,
): string[] {
  const parts: string[] = [];
  let rest = text;
  for (let end = fitting(rest, most, costOf); end < rest.length; end = fitting(rest, most, costOf)) {
    const head = rest.slice(0, end);
    const space = Math.max(head.lastIndexOf('\n'), head.lastIndexOf(' '));
    if (space > end / 2) end = space + 1;
    parts.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end);
  }
  return [...parts, rest];
}

/** Where the longest beginning that `most` allows ends; one character at least, or nothing would ever end. */
function fitting(text: string, most: number, costOf: (character: string) => number): number {
  let end = 0;
  let cost = 0;
  for (const character of text) {
    cost += costOf(character);
    if (cost > most && end > 0) return end;
    end += character.length;
  }
  return end;
}
