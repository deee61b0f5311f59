/** At most `length` UTF-16 units, the last an ellipsis where something was cut; never half a surrogate pair. */
export function cutText(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/u, '')}…`;
}
