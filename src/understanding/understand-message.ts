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
    const quoting = alone.decision === 'answer' ? null : normaliseQuoting(raw);
    return quoting === null ? alone : understand(quoting);
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
    return {
      ...understood,
      confidence: understood.candidates[0]?.score ?? 0,
      alsoAsked,
      nearest,
      thresholds,
      reading,
    };
  }
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
