/** "12", "#12", "n° 12" at the start, then the rest. */
export function takeNumber(text: string): { readonly number: number | null; readonly rest: string } {
  const match = /^\s*(?:#|n\s?°\s?|no?\s)?(\d{1,9})(?:\s+|$)([\s\S]*)$/iu.exec(text);
  if (!match?.[1]) return { number: null, rest: text.trim() };
  return { number: Number(match[1]), rest: (match[2] ?? '').trim() };
}

/** For a command that stands alone: with anything behind it, it is a sentence. */
export function takeNothing(text: string): object | null {
  return text === '' ? {} : null;
}

/** The six characters that name a verification. */
export function takeCode(text: string): { readonly code: string } | null {
  return /^[0-9a-f]{6}$/iu.test(text) ? { code: text.toLowerCase() } : null;
}
