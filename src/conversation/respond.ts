import type { Respond } from './conversation.ts';
import type { Occasion } from './exchange.ts';
import { recall } from './memory.ts';
import { answerMessage } from './moves/answer-message.ts';
import { answerMedia, introduce } from './moves/introduce.ts';
import { answerReaction } from './moves/reaction.ts';
import { answerDeletion, answerEdit } from './moves/rewrite.ts';

/** One step of the dialogue; see the type. Each kind of input has its file. */
export const respond: Respond = (state, input, situation, content, mind) => {
  const occasion: Occasion = { memory: recall(state, situation), situation, content, mind };
  switch (input.type) {
    case 'text':
      return answerMessage(occasion, input.text);
    case 'reaction':
      return answerReaction(occasion, input.key, input.turnId);
    case 'edit':
      return answerEdit(occasion, input.text, input.turnId);
    case 'deletion':
      return answerDeletion(occasion, input.turnId);
    case 'media':
      return answerMedia(occasion);
    case 'arrival':
      return introduce(occasion);
  }
};
