/** A piece of a shown text, its marks resolved. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bold'; readonly content: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

// Code first (nothing is read inside), then bold, then addresses. A State host may be written without its scheme;
// one that follows an @ belongs to a mail address and stays text.
const mark =
  /`([^`\n]+)`|\*\*(.+?)\*\*|(https?:\/\/[^\s<>"«»]+)|(?<![\w@.-])((?:[a-z0-9-]+\.)+gouv\.fr\b(?:\/[^\s<>"«»]*)?)/giu;

const trailingPunctuation = /[.,;:!?)\]'’*]+$/u;

/** Reads the inline marks of content.ts: `**bold**`, backticks, bare addresses. Anything else is text. */
export function parseInline(text: string): Inline[] {
  const pieces: Inline[] = [];
  let end = 0;
  const push = (plain: string) => {
    if (plain !== '') pieces.push({ type: 'text', text: plain });
  };
  for (const match of text.matchAll(mark)) {
    push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const [, code, bold, url, host] = match;
    if (code !== undefined) pieces.push({ type: 'code', text: code });
    else if (bold !== undefined) pieces.push({ type: 'bold', content: parseInline(bold) });
    else {
      const written = url ?? host ?? '';
      const address = written.replace(trailingPunctuation, '');
      pieces.push({ type: 'link', text: address, href: url === undefined ? `https://${address}` : address });
      push(written.slice(address.length));
    }
  }
  push(text.slice(end));
  return pieces;
}
