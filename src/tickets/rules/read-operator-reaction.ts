/** What a reaction of an operator asks; null for any other. Skin tones and variation selectors say nothing. */
export function readOperatorReaction(key: string): 'claim' | 'close' | null {
  switch (bareEmoji(key)) {
    case '✋':
    case '🖐':
    case '🙋':
      return 'claim';
    case '✅':
    case '✔':
    case '☑':
      return 'close';
    default:
      return null;
  }
}

export function bareEmoji(key: string): string {
  return key.replace(/[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, '').trim();
}
