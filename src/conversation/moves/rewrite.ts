import { type ConcludedTurn, conclude } from '../conclude.ts';
import type { Effect, Reply } from '../conversation.ts';
import { nothing, type Occasion, openExchange } from '../exchange.ts';
import { type Memory, type Pending, standingOf } from '../memory.ts';
import { answerMessage } from './answer-message.ts';

/** A question was rewritten: it is answered anew from where things stood before it, and the new answer replaces the old. */
export function answerEdit(occasion: Occasion, text: string, turnId: string): ConcludedTurn {
  const { memory, situation } = occasion;
  const record = memory.turns.find((kept) => kept.turn === turnId);
  const latest = record === undefined || record === memory.turns.at(-1);
  const answered = answerMessage(
    { ...occasion, memory: takeBack(memory, turnId), situation: { ...situation, turnId } },
    text,
  );
  const effects = answered.effects.map((effect) => effect);
  const forgets = effects.some((effect) => effect.type === 'forget-text');
  if (forgets && situation.turnId !== turnId) effects.push({ type: 'forget-text', turnId: situation.turnId });
  const { replies, withdrawn } = replace(answered.replies, turnId, record?.replies ?? 1);
  return {
    ...answered,
    replies,
    effects: withdrawn ? [{ type: 'withdraw', turnId }, ...effects] : effects,
    // Rewriting an older question changes nothing of what is under way.
    state: latest
      ? answered.state
      : { ...answered.state, ...standingOf(memory), turns: inPlace(memory, answered.state, turnId) },
  };
}

/** A question was deleted: so is its answer, and all that was kept of it. */
export function answerDeletion(occasion: Occasion, turnId: string): ConcludedTurn {
  const withdraw: Effect = { type: 'withdraw', turnId };
  const exchange = openExchange({ ...occasion, memory: takeBack(occasion.memory, turnId) });
  const concluded = conclude(
    exchange,
    { replies: [], outcome: 'silence' },
    { said: null, notices: [], effects: [withdraw] },
  );
  return { ...concluded, state: { ...exchange.memory, at: occasion.situation.now } };
}

/** The memory without that turn; when it was the last, things stand as they did before it. */
function takeBack(memory: Memory, turnId: string): Memory {
  const last = memory.turns.at(-1)?.turn === turnId;
  const standing = last && memory.before !== null ? memory.before : last ? { pending: nothing } : {};
  return {
    ...memory,
    ...standing,
    pending: withoutQuote(standing.pending ?? memory.pending, turnId),
    ...(memory.question?.turn === turnId && !last ? { question: null } : {}),
    before: null,
    turns: memory.turns
      .filter((kept) => kept.turn !== turnId)
      .map((kept) => ({ ...kept, pending: withoutQuote(kept.pending, turnId) })),
    transcript: memory.transcript.filter((entry) => entry.turn !== turnId),
  };
}

/** What was deleted is not passed on, though the agent was told that it would be. */
function withoutQuote(pending: Pending, turnId: string): Pending {
  if (pending.kind !== 'consent' || pending.summary === undefined) return pending;
  return { ...pending, summary: pending.summary.filter(({ turn }) => turn !== turnId) };
}

function inPlace(memory: Memory, answered: Memory, turnId: string): Memory['turns'] {
  const rewritten = answered.turns.find((kept) => kept.turn === turnId);
  return memory.turns.map((kept) => (kept.turn === turnId && rewritten !== undefined ? rewritten : kept));
}

/** Only the first message of a turn can be replaced: when the number of messages changes, the old ones go. */
function replace(
  replies: readonly Reply[],
  turnId: string,
  before: number,
): { replies: readonly Reply[]; withdrawn: boolean } {
  if (before === 0) return { replies, withdrawn: false };
  const [first, ...others] = replies;
  if (first === undefined || before > 1) return { replies, withdrawn: true };
  return { replies: [{ ...first, replaces: turnId }, ...others], withdrawn: false };
}
