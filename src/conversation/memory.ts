import { z } from 'zod';
import { cutAtSentence } from '../text/cut-at-sentence.ts';
import type { ConversationState, Situation } from './conversation.ts';

const defaultIdleLimit = 30 * 60_000;
/** A guide, and the fiche spoken of, outlive the idle time by so much. */
const longestAway = 24 * 3_600_000;
const keptTurns = 8;
const keptEntries = 30;
const entryLength = 1_000;

const id = z.string().max(200);
const ids = z.array(id).max(20);
const place = z.object({ fiche: id, variant: id.nullable() });

const guideSchema = z.object({
  kind: z.literal('step-by-step'),
  ...place.shape,
  /** Counts from 1. */
  step: z.number().int().min(1),
  /** Times the agent was lost at this step. */
  lost: z.number().int(),
  /** Another question came between. */
  paused: z.boolean(),
});

/** `turn`: the message that the line quotes, if it quotes one; deleted, it takes the line with it. */
const summaryLineSchema = z.object({ text: z.string().max(600), turn: id.nullable() });

/** What the bot waits for. Every member is handled in answer-pending.ts. */
const pendingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** Which of these? `choices` holds ids of intents, in the order shown. */
  z.object({
    kind: z.literal('clarify'),
    choices: ids,
    /** As shown, where they are not the titles of the fiches. */
    labels: z.array(z.string().max(300)).max(20).optional(),
  }),
  z.object({ kind: z.literal('variant'), fiche: id, guided: z.boolean(), asked: z.number().int() }),
  /** `tried`: the fiche's last resorts were shown; `related`: fiches offered under them. */
  z.object({
    kind: z.literal('solved'),
    ...place.shape,
    tried: z.boolean(),
    related: ids,
    /** Where a guide was left for the last resorts. */
    step: z.number().int().min(1).optional(),
  }),
  guideSchema,
  z.object({
    kind: z.literal('consent'),
    step: z.number().int().nullable(),
    asked: z.number().int(),
    /** What the agent was told that will be passed on, with the fiche it is about. */
    fiche: id.nullable().optional(),
    summary: z.array(summaryLineSchema).max(7).optional(),
  }),
  /** `theme` is null at the first level, where the entries are themes. */
  z.object({ kind: z.literal('menu'), theme: id.nullable(), entries: ids }),
  z.object({ kind: z.literal('rephrase') }),
]);

const beforeSchema = z.object({
  fiche: id.nullable(),
  /** The fact of that fiche that was answered last. */
  fact: id.nullable().default(null),
  variants: z.array(place).max(10),
  /** The question that led here, for the editors; never one that held a secret. */
  question: z.object({ turn: id, text: z.string().max(entryLength) }).nullable(),
  /** Refusals in a row, by the bot or by the agent. */
  failures: z.number().int(),
  /** A guide set aside while a question in the middle is being made clear. */
  suspended: guideSchema.nullable(),
  pending: pendingSchema,
});

const memorySchema = z.object({
  version: z.literal(1),
  /** Milliseconds since the epoch of the last turn. */
  at: z.number(),
  welcomed: z.boolean(),
  /** What is known of the agent: slot → value (intents/profil.yaml). */
  profile: z.record(id, id).default({}),
  /** The same of somebody else whom the agent asks for. */
  otherProfile: z.record(id, id).default({}),
  insulted: z.boolean(),
  ...beforeSchema.shape,
  /** Latest turns, oldest first, so that a reaction finds what it answers. */
  turns: z
    .array(z.object({ turn: id, fiche: id.nullable(), replies: z.number().int(), pending: pendingSchema }))
    .max(keptTurns),
  /** How things stood before the last turn: an edited question is answered from there. */
  before: beforeSchema.nullable(),
  transcript: z
    .array(
      z.object({
        from: z.enum(['agent', 'bot']),
        text: z.string().max(entryLength),
        at: z.number(),
        turn: id,
      }),
    )
    .max(keptEntries),
});

export type SummaryLine = z.infer<typeof summaryLineSchema>;
export type Pending = z.infer<typeof pendingSchema>;
export type PendingOf<Kind extends Pending['kind']> = Extract<Pending, { kind: Kind }>;
/** The part of the memory that a turn may change and an edit takes back. */
export type Standing = z.infer<typeof beforeSchema>;
export type Memory = z.infer<typeof memorySchema>;

const nothing: Pending = { kind: 'none' };

/** What is remembered at the start of a turn. An older or corrupt state is a new conversation, never an error. */
export function recall(state: ConversationState | null, situation: Situation): Memory {
  const parsed = memorySchema.safeParse(state);
  const fresh: Memory = {
    version: 1,
    at: situation.now,
    welcomed: false,
    profile: {},
    otherProfile: {},
    insulted: false,
    fiche: null,
    fact: null,
    variants: [],
    question: null,
    failures: 0,
    suspended: null,
    pending: nothing,
    turns: [],
    before: null,
    transcript: [],
  };
  if (!parsed.success) return fresh;
  const { data } = parsed;
  const away = situation.now - data.at;
  if (away <= (situation.idleLimit ?? defaultIdleLimit)) return data;
  // Kept past the idle time: a person is welcomed once, and comes back with a 👍 an hour after the procedure.
  const kept = { ...fresh, welcomed: data.welcomed, profile: data.profile, turns: data.turns };
  if (away > longestAway) return kept;
  // An hour of encryption later, or the next morning: what is under way goes on where it was.
  const guide = data.pending.kind === 'step-by-step' ? data.pending : data.suspended;
  return {
    ...kept,
    fiche: data.fiche,
    fact: data.fact,
    variants: data.variants,
    question: data.question,
    transcript: data.transcript,
    pending: guide === null ? nothing : { ...guide, paused: true },
  };
}

const profileSchema = memorySchema.pick({ profile: true });

/** What a stored conversation knows of the agent, however long ago it was. */
export function recallProfile(state: ConversationState): Memory['profile'] {
  return profileSchema.safeParse(state).data?.profile ?? {};
}

export function standingOf(memory: Memory): Standing {
  const { fiche, fact, variants, question, failures, suspended, pending } = memory;
  return { fiche, fact, variants, question, failures, suspended, pending };
}

export function addTurn(turns: Memory['turns'], turn: Memory['turns'][number]): Memory['turns'] {
  return [...turns.filter((kept) => kept.turn !== turn.turn), turn].slice(-keptTurns);
}

export function addToTranscript(
  transcript: Memory['transcript'],
  entries: Memory['transcript'],
): Memory['transcript'] {
  const cut = entries.map((entry) => ({ ...entry, text: cutAtSentence(entry.text, entryLength) }));
  return [...transcript, ...cut].slice(-keptEntries);
}
