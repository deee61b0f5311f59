import { createRequire } from 'node:module';
import { createMatcher } from '../../src/understanding/create-matcher.ts';
import { trainModel } from '../../src/understanding/train-model.ts';
import type { TrainingSet } from '../../src/understanding/understanding.ts';

interface Answer {
  /** Best intent of a fiche, whatever its score. */
  readonly best: string | null;
  /** Would it be given to the agent at once? */
  readonly isAnswered: boolean;
}

type Classify = (text: string) => Answer | Promise<Answer>;

/** The name that nlp.js gives to what is out of scope; used for natural too. */
const outOfScope = 'None';
const nlpjsThreshold = 0.5;

interface NaturalClassifier {
  addDocument(text: string, label: string): void;
  train(): void;
  getClassifications(text: string): { label: string; value: number }[];
}

const here = createRequire(import.meta.url);

/** Each as its documentation says to use it for French, questions out of scope given as one more class. */
export const contenders: Readonly<Record<string, (training: TrainingSet) => Classify | Promise<Classify>>> = {
  'this project': (training) => {
    const matcher = createMatcher(trainModel(training).model);
    return (text) => {
      const { candidates, decision } = matcher.understand(text);
      return { best: candidates[0]?.id ?? null, isAnswered: decision === 'answer' };
    };
  },
  'natural, Bayes': (training) => trainNatural('bayes_classifier.js', training),
  'natural, logistic regression': (training) => trainNatural('logistic_regression_classifier.js', training),
  'nlp.js 4': async (training) => {
    const { NlpManager } = here('../node_modules/node-nlp');
    const manager = new NlpManager({
      languages: ['fr'],
      nlu: { log: false },
      autoSave: false,
      forceNER: false,
    });
    for (const { text, label } of documentsOf(training)) manager.addDocument('fr', text, label);
    await manager.train();
    return async (text) => {
      const { classifications } = (await manager.process('fr', text)) as {
        classifications: { intent: string; score: number }[];
      };
      const first = classifications[0];
      const own = classifications.find(({ intent }) => intent !== outOfScope);
      return {
        best: own?.intent ?? null,
        isAnswered: first !== undefined && first.intent !== outOfScope && first.score >= nlpjsThreshold,
      };
    };
  },
};

function trainNatural(file: string, training: TrainingSet): Classify {
  const Classifier = here(`natural/lib/natural/classifiers/${file}`);
  const stemmer = here('natural/lib/natural/stemmers/porter_stemmer_fr.js');
  const classifier = new Classifier(stemmer) as NaturalClassifier;
  for (const { text, label } of documentsOf(training)) classifier.addDocument(text, label);
  classifier.train();
  return (text) => {
    const ranked = classifier.getClassifications(text);
    const own = ranked.find(({ label }) => label !== outOfScope);
    return { best: own?.label ?? null, isAnswered: ranked[0]?.label !== outOfScope };
  };
}

function documentsOf(training: TrainingSet): { text: string; label: string }[] {
  return [
    ...training.intents.flatMap(({ id, questions }) => questions.map((text) => ({ text, label: id }))),
    ...training.outOfScope.map((text) => ({ text, label: outOfScope })),
  ];
}
