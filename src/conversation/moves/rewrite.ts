import { type ConcludedTurn, conclude } from '../conclude.ts';
import type { Effect, Reply } from '../conversation.ts';
import { nothing, type Occasion, openExchange } from '../exchange.ts';
import { type Memory, standingOf } from '../memory.ts';
import { answerMessage } from './answer-message.ts';

/** A question was rewritten: it is answered anew from where things stood before it, and the new answer replaces the old. */
export function answerEdit(occasion: Occasion, text: string, turn: string): ConcludedTurn {
  const { memory, situation } = occasion;
  const record = memory.turns.find((kept) => kept.turn === turn);
  const latest = record === undefined || record === memory.turns.at(-1);
  const answered = answerMessage(
    { ...occasion, memory: takeBack(memory, turn), situation: { ...situation, turn } },
    text,
  );
  const effects = answered.effects.map((effect) => effect);
  const forgets = effects.some((effect) => effect.type === 'forget-text');
  if (forgets && situation.turn !== turn) effects.push({ type: 'forget-text', turn: situation.turn });
  const { replies, withdrawn } = replace(answered.replies, turn, record?.replies ?? 1);
  return {
    ...answered,
    replies,
    effects: withdrawn ? [{ type: 'withdraw', turn }, ...effects] : effects,
    // Rewriting an older question changes nothing of what is under way.
    state: latest
      ? answered.state
      : { ...answered.state, ...standingOf(memory), turns: inPlace(memory, answered.state, turn) },
  };
}

/** A question was deleted: so is its answer, and all that was kept of it. */
export function answerDeletion(occasion: Occasion, turn: string): ConcludedTurn {
  const withdraw: Effect = { type: 'withdraw', turn };
  const exchange = openExchange({ ...occasion, memory: takeBack(occasion.memory, turn) });
  const concluded = conclude(
    exchange,
    { replies: [], outcome: 'silence' },
    { said: null, notices: [], effects: [withdraw] },
  );
  return { ...concluded, state: { ...exchange.memory, at: occasion.situation.now } };
}

/** The memory without that turn; when it was the last, things stand as they did before it. */
function takeBack(memory: Memory, turn: string): Memory {
  const last = memory.turns.at(-1)?.turn === turn;
  return {
    ...memory,
    ...(last && memory.before !== null ? memory.before : last ? { pending: nothing } : {}),
    ...(memory.question?.turn === turn && !last ? { question: null } : {}),
    before: null,
    turns: memory.turns.filter((kept) => kept.turn !== turn),
    transcript: memory.transcript.filter((entry) => entry.turn !== turn),
  };
}

function inPlace(memory: Memory, answered: Memory, turn: string): Memory['turns'] {
  const rewritten = answered.turns.find((kept) => kept.turn === turn);
  return memory.turns.map((kept) => (kept.turn === turn && rewritten !== undefined ? rewritten : kept));
}

/** Only the first message of a turn can be replaced: when the number of messages changes, the old ones go. */
function replace(
  replies: readonly Reply[],
  turn: string,
  before: number,
): { replies: readonly Reply[]; withdrawn: boolean } {
  if (before === 0) return { replies, withdrawn: false };
  const [first, ...others] = replies;
  if (first === undefined || before > 1) return { replies, withdrawn: true };
  return { replies: [{ ...first, replaces: turn }, ...others], withdrawn: false };
}
