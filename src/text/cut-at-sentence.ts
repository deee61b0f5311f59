import { cutText } from './cut-text.ts';

/** Where a sentence ends: its stop and what closes a quotation, or the end of a line. */
const sentenceEnd = /[.!?…]+[»”)\]*\s\u00a0\u202f]*(?=\s)|\n/gu;
/** What shows that the text went on. */
const mark = ' […]';

/** The whole sentences of a text that hold in `length` UTF-16 units; the beginning of the first where even that one is longer. */
export function cutAtSentence(text: string, length: number): string {
  if (text.length <= length) return text;
  const most = length - mark.length;
  let end = 0;
  for (const found of text.matchAll(sentenceEnd)) {
    const after = found.index + found[0].length;
    if (after > most) break;
    if (!/^\d+\.$/.test(text.slice(text.lastIndexOf('\n', found.index) + 1, after).trim())) end = after;
  }
  if (end > 0) return `${text.slice(0, end).trimEnd()}${mark}`;
  const space = text.lastIndexOf(' ', length - 2);
  return space > length / 2 ? `${text.slice(0, space)} …` : cutText(text, length);
}
