import type { Block, Effect, Reply, Turn, TurnReasons } from './conversation.ts';
import { type Draft, type Exchange, nothing, paragraphs, reply } from './exchange.ts';
import { addToTranscript, addTurn, type Memory, standingOf } from './memory.ts';
import { willWelcome } from './moves/welcome.ts';
import { nameMove } from './name-move.ts';
import { updateProfile } from './profile/read-slots.ts';
import { transcribeReply } from './rendering/transcribe-reply.ts';

interface Circumstances {
  /** What the transcript keeps of the agent's side; null for what is no message (arrival). */
  readonly said: string | null;
  /** Said before the answer: a warning about a secret, a text that was cut. */
  readonly notices: readonly Block[];
  readonly effects: readonly Effect[];
}

/** A turn whose state is still readable here. */
export type ConcludedTurn = Omit<Turn, 'state'> & { readonly state: Memory };

/** Makes a Turn of a handler's draft: welcome, notices, transcript, next state. */
export function conclude(exchange: Exchange, draft: Draft, circumstances: Circumstances): ConcludedTurn {
  const { memory, situation } = exchange;
  const { insulted, ...standing } = draft.remember ?? {};
  const welcomes = willWelcome(exchange) && draft.outcome !== 'silence';
  // A greeting alone is answered by the introduction.
  const greeting = exchange.say(draft.replies.length === 0 ? 'presentation-dm' : 'bienvenue');
  const lead = [...(welcomes ? paragraphs(greeting) : []), ...circumstances.notices];
  const replies = prepend(lead, draft.replies);
  const understanding = exchange.asked();
  const next: Memory = {
    ...memory,
    // A fact is spoken of until a fiche as a whole is.
    ...(standing.fiche === undefined ? {} : { fact: null }),
    ...standing,
    ...rememberSlots(exchange),
    at: situation.now,
    welcomed: memory.welcomed || welcomes || situation.place === 'dm',
    insulted: insulted ?? memory.insulted,
    before: standingOf(memory),
    transcript: addToTranscript(memory.transcript, [
      ...(circumstances.said === null
        ? []
        : [{ from: 'agent' as const, text: circumstances.said, at: situation.now, turn: situation.turnId }]),
      ...replies
        .filter(({ to }) => to === 'here' || situation.place === 'dm')
        .map((said) => ({
          from: 'bot' as const,
          text: transcribe(said, standing.pending, exchange),
          at: situation.now,
          turn: situation.turnId,
        }))
        .filter(({ text }) => text !== ''),
    ]),
  };
  const fiche = draft.fiche ?? null;
  const effects = [...circumstances.effects, ...(draft.effects ?? [])];
  return {
    replies,
    state: {
      ...next,
      turns: addTurn(settle(next.turns, effects), {
        turn: situation.turnId,
        fiche,
        replies: replies.length,
        pending: next.pending,
      }),
    },
    effects,
    outcome: draft.outcome,
    fiche,
    intent: draft.intent === undefined ? (understanding?.candidates[0]?.id ?? null) : draft.intent,
    confidence: draft.confidence ?? understanding?.confidence ?? 1,
    candidates: draft.candidates ?? understanding?.candidates ?? [],
    understanding,
    ...(situation.explains === true ? { reasons: explain(exchange, draft, effects) } : {}),
  };
}

const explainedTargets = 3;
const explainedEvidence = 4;

function explain(exchange: Exchange, draft: Draft, effects: readonly Effect[]): TurnReasons {
  const { ranked, profile, acts, compare } = exchange;
  const targets = ranked.toSorted((a, b) => b.share - a.share).slice(0, explainedTargets);
  const [first, second] = targets;
  const compared = first === undefined || second === undefined ? [] : compare(first.target, second.target);
  return {
    move: nameMove(exchange, draft, effects),
    profile,
    acts: [...acts],
    targets,
    evidence: compared.slice(0, explainedEvidence),
  };
}

/**
 * The question for consent is left out: it quotes the agent, and were a quoted message deleted, the transcript would still
 * hold its words. Whoever takes over knows that it was asked.
 */
function transcribe(
  { blocks }: Reply,
  pending: Memory['pending'] | undefined,
  { content }: Exchange,
): string {
  return pending?.kind === 'consent' ? '' : transcribeReply(blocks, content.sentences);
}

/** What the message told is kept for the agent, or for somebody else whom he asks for. */
function rememberSlots({ memory, slots }: Exchange): Pick<Memory, 'profile' | 'otherProfile'> {
  const { profile, otherProfile } = memory;
  return slots.ofSomebodyElse
    ? { profile, otherProfile: { ...otherProfile, ...slots.told } }
    : { profile: updateProfile(profile, slots), otherProfile: {} };
}

/** What was answered once (solved or not, consent given) no longer waits under an older reply: a later 👍 counts nothing. */
function settle(turns: Memory['turns'], effects: readonly Effect[]): Memory['turns'] {
  return turns.map((turn) => {
    const { pending } = turn;
    const settled = effects.some(
      (effect) =>
        (effect.type === 'feedback' && pending.kind === 'solved' && effect.fiche === pending.fiche) ||
        (effect.type === 'open-ticket' && pending.kind === 'consent'),
    );
    return settled ? { ...turn, pending: nothing } : turn;
  });
}

function prepend(lead: readonly Block[], replies: readonly Reply[]): readonly Reply[] {
  if (lead.length === 0) return replies;
  const [first, ...others] = replies;
  if (first === undefined) return [reply(lead)];
  return [{ ...first, blocks: [...lead, ...first.blocks] }, ...others];
}
