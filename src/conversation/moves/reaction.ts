import { bareEmoji } from '../../text/bare-emoji.ts';
import { type ConcludedTurn, conclude } from '../conclude.ts';
import {
  type Draft,
  type Exchange,
  knownFiche,
  nothing,
  type Occasion,
  openExchange,
  paragraphs,
  reply,
} from '../exchange.ts';
import type { Pending } from '../memory.ts';
import { answerPending } from './answer-pending.ts';
import { offerHuman } from './handoff-consent.ts';
import { answerNotSolved } from './not-solved.ts';
import { endSolved } from './step-by-step.ts';

const steering = /^(?:👍|👎|✅|❌|✋|⏮|⏭|🔁|⏹|\d\u20e3)$/u;

/** A reaction says what its word would say, about the reply that carries it. Any other emoji is not for the bot. */
export function answerReaction(occasion: Occasion, key: string, turnId: string | null): ConcludedTurn {
  const emoji = bareEmoji(key);
  const pending = pendingUnder(occasion, turnId);
  const exchange = openExchange({ ...occasion, memory: { ...occasion.memory, pending } }, emoji);
  const draft = steering.test(emoji) ? (answerSteering(exchange) ?? judgeAnswer(exchange, turnId)) : null;
  // The state stays as it was, older pending questions included.
  if (draft === null) return ignore(openExchange(occasion));
  const said = exchange.say('transcription-reaction', { reaction: emoji });
  return conclude(exchange, draft, { said, notices: [], effects: [] });
}

function answerSteering(exchange: Exchange): Draft | null {
  if (exchange.memory.pending.kind === 'none') return null;
  if (exchange.acts.has('human')) return offerHuman(exchange, { step: null, lead: null });
  return answerPending(exchange);
}

/** A 👍 or 👎 under an answer that asked nothing judges it all the same; a 👎 is never met with silence. */
function judgeAnswer(exchange: Exchange, turnId: string | null): Draft | null {
  const { acts, memory, content } = exchange;
  const judged = turnId === null ? memory.turns.at(-1) : memory.turns.find(({ turn }) => turn === turnId);
  const fiche = knownFiche(content, judged?.fiche ?? null);
  // An answer that asked whether it helped has been judged by what was said to it.
  const isLast = judged !== undefined && judged === memory.turns.at(-1) && memory.pending.kind === 'none';
  const answered = isLast && memory.fact !== null;
  const refuses = acts.has('not-solved') || acts.has('no');
  if (isLast && !answered && refuses) return askForOtherWords(exchange);
  if (fiche === null || !answered) return null;
  if (refuses) return answerNotSolved(exchange, fiche, { step: null, refused: true });
  if (!acts.has('solved') && !acts.has('yes')) return null;
  return endSolved(exchange, fiche);
}

/** A 👎 under a word of politeness, or under what was not understood. */
function askForOtherWords(exchange: Exchange): Draft {
  return {
    replies: [reply(paragraphs(exchange.say('reformulez')))],
    outcome: 'clarify',
    fiche: exchange.memory.fiche,
    remember: { pending: { kind: 'rephrase' } },
  };
}

/** What the reply of that turn was waiting for. A step that has been passed waits for nothing. */
function pendingUnder({ memory }: Occasion, turnId: string | null): Pending {
  const last = memory.turns.at(-1);
  const record = turnId === null ? last : memory.turns.find((kept) => kept.turn === turnId);
  if (record === undefined) return turnId === null ? memory.pending : nothing;
  if (record === last && memory.pending.kind !== 'none') return memory.pending;
  return record === last || record.pending.kind !== 'step-by-step' ? record.pending : nothing;
}

function ignore(exchange: Exchange): ConcludedTurn {
  const { memory } = exchange;
  const turn = conclude(
    exchange,
    { replies: [], outcome: 'silence' },
    { said: null, notices: [], effects: [] },
  );
  return { ...turn, state: memory };
}
