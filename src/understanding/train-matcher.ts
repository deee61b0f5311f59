import { bestOf } from './best-of.ts';
import { chooseThresholds, type Outcome, type Thresholds } from './choose-thresholds.ts';
import { type Evidence, evidenceKinds } from './collect-evidence.ts';
import { crossValidate, type ValidatedCase } from './cross-validate.ts';
import { chooseChoices, decide } from './decide.ts';
import { findFurtherQuestions } from './find-further-questions.ts';
import { fitRanker, rankCandidates } from './fit-ranker.ts';
import type { Message } from './read-message.ts';
import { type Example, trainClassifiers } from './train-classifiers.ts';
import type { Candidate, Matcher, TrainingSet, Understanding } from './understanding.ts';
import { weighMessage } from './weigh-message.ts';

const MOST_CANDIDATES = 5;
const NEAREST = 3;

export interface ValidatedQuestion extends Outcome {
  readonly text: string;
  /** Null for the foreign class. */
  readonly expected: string | null;
  readonly found: string | null;
}

export interface TrainedMatcher {
  readonly matcher: Matcher;
  readonly thresholds: Thresholds;
  /** Training questions, ranked by classifiers that had not seen them. */
  readonly validated: readonly ValidatedQuestion[];
  /** Weight of each kind of evidence. */
  readonly weights: ReadonlyMap<string, number>;
}

/** Probabilities of the intents (the foreign class takes the rest), and how like the training questions the text is. */
interface Ranking {
  readonly candidates: readonly Candidate[];
  readonly familiarity: number;
}

/** `validateEverything`: cross-validate every question, for a report, rather than enough to set the thresholds. */
export function trainMatcher(training: TrainingSet, validateEverything = false): TrainedMatcher {
  const classifiers = trainClassifiers(training);
  const { examples, consultation } = classifiers;
  const cases = crossValidate(classifiers, validateEverything);
  const weights = fitRanker(cases);

  const rank = (evidence: Evidence): Ranking => {
    const shares = rankCandidates(evidence, weights);
    const candidates: Candidate[] = [];
    for (const line of bestOf(shares, MOST_CANDIDATES + 1)) {
      const id = training.intents[evidence.classes[line] as number]?.id;
      if (id !== undefined) candidates.push({ id, score: shares[line] as number });
    }
    return { candidates: candidates.slice(0, MOST_CANDIDATES), familiarity: evidence.familiarity };
  };
  const validated = cases.map((validatedCase) => judge(validatedCase, rank(validatedCase.evidence)));
  const thresholds = chooseThresholds(validated);

  function judge({ example }: ValidatedCase, { candidates, familiarity }: Ranking): ValidatedQuestion {
    const expected = training.intents[example.label]?.id ?? null;
    const confidence = candidates[0]?.score ?? 0;
    const foreign = 1 - candidates.reduce((sum, candidate) => sum + candidate.score, 0);
    return {
      text: example.text,
      expected,
      found: training.outOfScope.length > 0 && foreign > confidence ? null : (candidates[0]?.id ?? null),
      confidence,
      right: candidates[0]?.id === expected,
      offered: chooseChoices(candidates).offered,
      familiarity,
      foreign: expected === null,
    };
  }

  const understandRead = (message: Message): Pick<Understanding, 'decision' | 'candidates' | 'choices'> => {
    const { candidates, familiarity } = rank(
      weighMessage(classifiers, message, classifiers.vectorOf(message.whole)),
    );
    return { candidates, ...decide(candidates, familiarity, thresholds) };
  };

  const understand = (raw: string): Understanding => {
    const message = classifiers.readMessage(raw);
    const { words, corrections, products, foreignProducts } = message.whole;
    const reading = {
      normalised: message.normalised,
      words: words.map((word) => word.text),
      corrections,
      products,
      foreignProducts,
    };
    // A lone letter ('aaaa' once shortened) asks nothing.
    if (words.every((word) => word.text.length < 2)) {
      return {
        decision: 'refuse',
        candidates: [],
        confidence: 0,
        choices: [],
        alsoAsked: [],
        nearest: [],
        thresholds,
        reading,
      };
    }
    const first = understandRead(message);
    const nearest = bestOf(consultation.cosines, NEAREST).map((row) => {
      const { text, label } = examples[row] as Example;
      const similarity = consultation.cosines[row] as number;
      return { utterance: text, intent: training.intents[label]?.id ?? null, similarity };
    });
    const { understood, alsoAsked } = findFurtherQuestions(message, first, understandRead);
    return {
      ...understood,
      confidence: understood.candidates[0]?.score ?? 0,
      alsoAsked,
      nearest,
      thresholds,
      reading,
    };
  };

  return {
    matcher: { understand },
    thresholds,
    validated,
    weights: new Map(evidenceKinds.map((kind, k) => [kind, weights[k] as number])),
  };
}
