/** A piece of a shown text, its marks resolved. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bold'; readonly content: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

// Code first (nothing is read inside), then bold, then addresses. Without its scheme, what looks like a host may be
// the end of a mail address ("en departement.pref.gouv.fr"): it stays text.
const mark = /`([^`\n]+)`|\*\*(.+?)\*\*|(https?:\/\/[^\s<>"«»]+)/gu;

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
    const [, code, bold, url = ''] = match;
    if (code !== undefined) pieces.push({ type: 'code', text: code });
    else if (bold !== undefined) pieces.push({ type: 'bold', content: parseInline(bold) });
    else {
      const href = url.replace(trailingPunctuation, '');
      pieces.push({ type: 'link', text: href, href });
      push(url.slice(href.length));
    }
  }
  push(text.slice(end));
  return pieces;
}
