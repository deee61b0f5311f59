import { escapeHtml } from '../text/escape-html.ts';
import { splitText } from '../text/split-text.ts';

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
  return splitText(text, longestPart).map((part) => ({
    text: `${prefix} ${part}`,
    html: `<p><strong>${escapeHtml(prefix)}</strong> ${escapeHtml(part).replace(/\n/g, '<br>')}</p>`,
  }));
}
