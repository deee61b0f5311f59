import type { Consultation, Opinions } from './classifiers/consult-classifiers.ts';
import type { ClassTraits } from './classifiers/lay-outputs.ts';
import type { Model } from './model.ts';
import { collectEvidence, type Evidence } from './ranking/collect-evidence.ts';
import { decide, type Thresholds } from './ranking/decide.ts';
import { findFurtherQuestions, type Understood } from './ranking/find-further-questions.ts';
import type { Ranking } from './ranking/rank-intents.ts';
import { normalise, normaliseQuoting } from './reading/normalise.ts';
import { type Message, readClauses, readMessage } from './reading/read-message.ts';
import type { ReadText } from './reading/read-words.ts';
import { stripCourtesies } from './reading/strip-courtesies.ts';
import type { Reading, TrainedMatcher, Understanding } from './understanding.ts';

const nearestShown = 3;
/** « Je lui réponds quoi ? » under a quotation is like a wish for a human; « passez-moi un conseiller » is one, from here on. */
const beyondDoubt = 0.95;

/** A model made to work: what createMatcher builds from each part of model.ts. */
interface Mind {
  read(text: string): ReadText;
  readonly consultation: Consultation;
  readonly traits: readonly ClassTraits[];
  /** Ids of the intents that are fiches. */
  readonly fiches: ReadonlySet<string>;
  rank(evidence: Evidence): Ranking;
  readonly thresholds: Thresholds;
  readonly questions: Model['questions'];
  /** Finds also further questions of the message, and the nearest training questions. */
  readonly thorough: boolean;
}

export function createUnderstand(mind: Mind): TrainedMatcher {
  const { read, consultation, traits, fiches, rank, thresholds, questions, thorough } = mind;
  const settleByExample = createSettling(questions);
  const weigh = (message: Message, opine: (text: ReadText) => Opinions): Understood => {
    const { candidates, familiarity } = rank(collectEvidence(opine, traits, message));
    return { candidates, ...decide(candidates, familiarity, thresholds, fiches) };
  };

  return {
    understand: understandRaw,
    read(raw) {
      // Whether the quotation is read too depends on what is understood without it.
      if (normaliseQuoting(raw) !== null) return understandRaw(raw).reading;
      const normalised = normalise(raw);
      return describeReading(normalised, read(stripCourtesies(normalised)));
    },
  };

  function understandRaw(raw: string): Understanding {
    const alone = understand(normalise(raw));
    // Beyond doubt, nothing that is quoted is needed to say what the message asks.
    const settled = alone.decision === 'answer' && alone.confidence >= beyondDoubt;
    const quoting = settled ? null : normaliseQuoting(raw);
    if (quoting === null) return alone;
    const quoted = understand(quoting);
    if (alone.decision !== 'answer') return quoted;
    return quoted.decision === 'answer' && quoted.confidence > alone.confidence ? quoted : alone;
  }

  function understand(normalised: string): Understanding {
    const message = readMessage(normalised, read);
    const reading = describeReading(message.normalised, message.whole);
    // A lone letter ('aaaa' once shortened) asks nothing.
    if (message.whole.words.every((word) => word.text.length < 2)) return refuse(thresholds, reading);
    // A sentence of a letter is asked about twice when it is also a question of its own: opinions are kept.
    const opinions = new Map<ReadText, Opinions>();
    const opine = (text: ReadText): Opinions => {
      const known = opinions.get(text) ?? consultation.opine(text);
      opinions.set(text, known);
      return known;
    };
    const whole = weigh(message, opine);
    const confidence = whole.candidates[0]?.score ?? 0;
    if (!thorough) return { ...whole, confidence, alsoAsked: [], nearest: [], thresholds, reading };
    // `nearest` speaks of the last text asked about: collectEvidence asks about the whole message last.
    const nearest = consultation.nearest(nearestShown).map(({ row, similarity }) => {
      const { text = '', intent = null } = questions[row] ?? {};
      return { question: text, intent, similarity };
    });
    const clauses = readClauses(message, read);
    const { understood, alsoAsked } = findFurtherQuestions(message, clauses, whole, (clause) =>
      weigh(clause, opine),
    );
    const settled = settleByExample(normalised, understood);
    return {
      ...settled,
      confidence: settled.candidates[0]?.score ?? 0,
      alsoAsked,
      nearest,
      thresholds,
      reading,
    };
  }
}

/** Probability of the intent whose own question the message is, word for word. */
const certain = 0.99;

/** What an editor has just adopted is answered, however few examples its fiche has. */
function createSettling(
  questions: Model['questions'],
): (normalised: string, found: Understood) => Understood {
  let intentOf: Map<string, string | null> | null = null;
  return (normalised, found) => {
    if (found.decision === 'answer') return found;
    intentOf ??= new Map(questions.map(({ text, intent }) => [normalise(text), intent]));
    const intent = intentOf.get(normalised) ?? null;
    if (intent === null) return found;
    const others = found.candidates.filter(({ id }) => id !== intent);
    const candidates = [
      { id: intent, score: certain },
      ...others.map(({ id, score }) => ({ id, score: score * (1 - certain) })),
    ];
    return { candidates, decision: 'answer', choices: [] };
  };
}

function describeReading(normalised: string, whole: ReadText): Reading {
  const { corrections, products, outOfScopeProducts } = whole;
  return {
    normalised,
    words: whole.words.map((word) => word.text),
    corrections,
    products,
    outOfScopeProducts,
  };
}

/** The understanding of a text without a word. */
function refuse(thresholds: Thresholds, reading: Reading): Understanding {
  const nothing = { candidates: [], choices: [], alsoAsked: [], nearest: [] };
  return { decision: 'refuse', confidence: 0, ...nothing, thresholds, reading };
}
