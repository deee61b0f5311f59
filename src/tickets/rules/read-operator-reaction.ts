import { bareEmoji } from '../../text/bare-emoji.ts';

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
