import type { Brain } from '../brain/brain.ts';
import type { Turn } from '../conversation/conversation.ts';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import { respond } from '../conversation/respond.ts';

/** The first turn of a new direct message, everything shown at once since no second one follows. */
export function answerOnce(brain: Brain, text: string): { turn: Turn; body: string; html: string } {
  const turn = respond(
    null,
    { type: 'text', text },
    { turnId: 'once', place: 'dm', now: Date.now(), interactive: false, handoff: 'none' },
    brain.content,
    brain.mind,
  );
  const rendered = turn.replies.map(renderReply);
  return {
    turn,
    body: rendered.map(({ body }) => body).join('\n\n'),
    html: rendered.map(({ html }) => html).join('<hr>'),
  };
}
