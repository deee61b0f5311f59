import { escapeHtml } from '../text/escape-html.ts';
import { splitText } from '../text/split-text.ts';

/** A message of one side as the other side reads it: text and HTML of one event. */
export interface RelayPart {
  readonly text: string;
  readonly html: string;
}

/**
 * Bytes of one part in its event, text and HTML together. An event may hold 65,536 (client-server specification, « Size
 * limits »), some 4,500 of them the homeserver's; encryption adds a third, and an edit holds everything twice:
 * (65,536 - 4,500) × 3/4 / 2 is 22,800, and the prefix has to fit too.
 */
const largestPart = 20_000;

/** `prefix` says who speaks ("Conseiller :"); the text is shown as it was typed, never as markup. */
export function composeRelay(prefix: string, text: string): readonly RelayPart[] {
  return splitText(text, largestPart, costOf).map((part) => ({
    text: `${prefix} ${part}`,
    html: `<p><strong>${escapeHtml(prefix)}</strong> ${toHtml(part)}</p>`,
  }));
}

/** Bytes that a text takes in an event, as text and as HTML. */
export function costOf(text: string): number {
  return jsonBytes(text) + jsonBytes(toHtml(text));
}

function toHtml(text: string): string {
  return escapeHtml(text).replace(/\n/g, '<br>');
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
