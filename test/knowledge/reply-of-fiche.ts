import type { Reply } from '../../src/conversation/conversation.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { respond } from '../../src/conversation/respond.ts';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import type { Content } from '../../src/knowledge/content.ts';
import type { Understanding } from '../../src/understanding/understanding.ts';
import { plainTypography } from '../text/plain-typography.ts';

/** The plain body of the reply that an agent reads once this fiche is the right one, all variants shown. */
export function replyOfFiche(
  id: string,
  content: Content,
  render: (reply: Reply) => { readonly body: string } = renderReply,
): string {
  const turn = respond(
    null,
    { type: 'text', text: content.fiches.get(id)?.question ?? id },
    { turnId: 'fiche', place: 'dm', now: 0, interactive: false, handoff: 'none' },
    content,
    createSoloMind({ understand: () => sureOf(id) }),
  );
  return plainTypography(turn.replies.map((reply) => render(reply).body).join('\n\n'));
}

export function sureOf(id: string): Understanding {
  return {
    decision: 'answer',
    candidates: [{ id, score: 1 }],
    confidence: 1,
    choices: [],
    alsoAsked: [],
    nearest: [],
    thresholds: { answer: 0.9, refuse: 0.1 },
    reading: { normalised: '', words: [], corrections: [], products: [], outOfScopeProducts: [] },
  };
}
