/** A message of one side as the other side reads it: text and HTML of one event. */
export interface RelayPart {
  readonly text: string;
  readonly html: string;
}

/**
 * An event may hold 64 KiB (client-server specification, « Size limits »). A part stands in it twice, as text and as
 * HTML, an edited one four times, and encryption adds a third.
 */
const longestPart = 6_000;

/** `prefix` says who speaks ("Conseiller :"); the text is shown as it was typed, never as markup. */
export function composeRelay(prefix: string, text: string): readonly RelayPart[] {
  return cutText(text, longestPart).map((part) => ({
    text: `${prefix} ${part}`,
    html: `<p><strong>${escapeHtml(prefix)}</strong> ${escapeHtml(part).replace(/\n/g, '<br>')}</p>`,
  }));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** At a line end or a space where there is one near the end, and never inside a surrogate pair. */
function cutText(text: string, length: number): string[] {
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
