import { bareEmoji } from '../../text/bare-emoji.ts';

/** Put under a proposal of the assistant: send it, discard it. */
export const sendKeys = ['📨', '❌'] as const;

/** What a reaction under a proposal asks; null for any other. */
export function readProposalReaction(key: string): 'send' | 'discard' | null {
  switch (bareEmoji(key)) {
    case '📨':
    case '📤':
    case '📩':
    case '✉':
      return 'send';
    case '❌':
    case '✖':
    case '🗑':
      return 'discard';
    default:
      return null;
  }
}

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
