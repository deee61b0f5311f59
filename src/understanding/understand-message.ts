import { bestOf } from './best-of.ts';
import type { Thresholds } from './choose-thresholds.ts';
import type { Evidence } from './collect-evidence.ts';
import { decide } from './decide.ts';
import { findFurtherQuestions, type Understood } from './find-further-questions.ts';
import type { Ranking } from './rank-intents.ts';
import { type Message, readClauses, readMessage } from './read-message.ts';
import type { Classifiers } from './train-classifiers.ts';
import type { Matcher, Understanding } from './understanding.ts';
import { weighMessage } from './weigh-message.ts';

const NEAREST = 3;

/** `questions`: the training questions, in the order in which the classifiers learnt them. */
export function createUnderstand(
  classifiers: Classifiers,
  rank: (evidence: Evidence) => Ranking,
  thresholds: Thresholds,
  questions: readonly { readonly text: string; readonly intent: string | null }[],
): Matcher['understand'] {
  const { read, vectorOf, consultation } = classifiers;
  const weigh = (message: Message): Understood => {
    const { candidates, familiarity } = rank(weighMessage(classifiers, message, vectorOf(message.whole)));
    return { candidates, ...decide(candidates, familiarity, thresholds) };
  };

  return (raw) => {
    const message = readMessage(raw, read);
    const reading = describeReading(message);
    // A lone letter ('aaaa' once shortened) asks nothing.
    if (message.whole.words.every((word) => word.text.length < 2)) return refuse(thresholds, reading);
    const whole = weigh(message);
    const nearest = bestOf(consultation.cosines, NEAREST).map((row) => {
      const { text = '', intent = null } = questions[row] ?? {};
      return { utterance: text, intent, similarity: consultation.cosines[row] as number };
    });
    const clauses = readClauses(message.normalised, read);
    const { understood, alsoAsked } = findFurtherQuestions(message, clauses, whole, weigh);
    const confidence = understood.candidates[0]?.score ?? 0;
    return { ...understood, confidence, alsoAsked, nearest, thresholds, reading };
  };
}

function describeReading({ normalised, whole }: Message): Understanding['reading'] {
  const { corrections, products, foreignProducts } = whole;
  return { normalised, words: whole.words.map((word) => word.text), corrections, products, foreignProducts };
}

/** For a text without a word. */
function refuse(thresholds: Thresholds, reading: Understanding['reading']): Understanding {
  const nothing = { candidates: [], choices: [], alsoAsked: [], nearest: [] };
  return { decision: 'refuse', confidence: 0, ...nothing, thresholds, reading };
}
