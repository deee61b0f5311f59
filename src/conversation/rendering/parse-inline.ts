/** A piece of a shown text, its marks resolved. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bold'; readonly content: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'link'; readonly text: string; readonly href: string };

// Code first (nothing is read inside), then bold, then addresses. Without its scheme, what looks like a host may be
// the end of a mail address ("en departement.pref.gouv.fr"): it stays text.
// The number of a phone, as french-typography.ts sets it, can be touched to call. The specification names no such scheme
// for links, but Element and Tchap keep it, and a client that does not keeps the number. 72000 is no link: only a phone of
// the ministry reaches it.
const mark = /`([^`\n]+)`|\*\*(.+?)\*\*|(https?:\/\/[^\s<>"«»]+)|(0[1-9](?:\u00a0\d\d){4}(?!\d))/gu;

const trailingPunctuation = /[.,;:!?)\]'’*]+$/u;

/** Reads the inline marks of content.ts: `**bold**`, backticks, bare addresses, phone numbers. Anything else is text. */
export function parseInline(text: string): Inline[] {
  const pieces: Inline[] = [];
  let end = 0;
  const push = (plain: string) => {
    if (plain !== '') pieces.push({ type: 'text', text: plain });
  };
  for (const match of text.matchAll(mark)) {
    push(text.slice(end, match.index));
    end = match.index + match[0].length;
    const [, code, bold, url = '', phone] = match;
    if (code !== undefined) pieces.push({ type: 'code', text: code });
    else if (bold !== undefined) pieces.push({ type: 'bold', content: parseInline(bold) });
    else if (phone !== undefined)
      pieces.push({ type: 'link', text: phone, href: `tel:${phone.replace(/\D/g, '')}` });
    else {
      const href = url.replace(trailingPunctuation, '');
      pieces.push({ type: 'link', text: href, href });
      push(url.slice(href.length));
    }
  }
  push(text.slice(end));
  return pieces;
}
