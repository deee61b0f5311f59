/** An emoji without variation selectors and skin tones: clients add them or not, and they change nothing of what it says. */
export function bareEmoji(key: string): string {
  return key.replace(/[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, '').trim();
}
