import { loadBrain } from '../brain/load-brain.ts';
import { findHardFacts } from '../evaluation/find-hard-facts.ts';
import { formatDecimal } from '../evaluation/format-figures.ts';
import { measureMatcher, type Scores, scoreMeasures } from '../evaluation/measure-matcher.ts';
import { readJsonLines } from '../evaluation/read-json-lines.ts';
import {
  listQuestionSets,
  type QuestionSet,
  questionsFolder,
  readQuestionSet,
} from '../evaluation/read-question-sets.ts';
import { reportCrossValidation } from '../evaluation/report-cross-validation.ts';
import { reportHardFacts } from '../evaluation/report-hard-facts.ts';
import { listFaults, type MeasuredSet, reportQuestionSets } from '../evaluation/report-question-sets.ts';
import { trainingSetOfLines } from '../evaluation/training-set-of-lines.ts';
import { loadContent } from '../knowledge/load-content.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import { createMatcher } from '../understanding/create-matcher.ts';
import { trainModel } from '../understanding/train-model.ts';
import { trainingSetOf } from '../understanding/training/training-set.ts';
import { readOptions, refuseCommand, resolveTyped } from './read-options.ts';

const help = `Mesure la compréhension des questions.

  npm run evaluate                     validation croisée sur intents/, par auteur et au hasard, puis les jeux tenus à l’écart de test/questions/,
                                       une ligne chacun ; dit aussi quels faits sont difficiles à atteindre : moins de la
                                       moitié de leurs propres demandes y mènent
  npm run evaluate -- --set NOM        un seul jeu, par exemple jeu-4 ; un jeu scellé (test/questions/scelles/) n’est
                                       compté qu’ainsi, et ses questions ne sont jamais montrées
  npm run evaluate -- --fautes         avec, en plus, chaque question qui n’a pas eu sa réponse
  npm run evaluate -- --jeux DOSSIER   les jeux d’un autre dossier
  npm run --silent evaluate -- --train A.jsonl --test B.jsonl
                                       apprend A, mesure B (une ligne {"text","label"} par question, label null = hors
                                       sujet) et écrit un objet JSON :
                                       accuracy              bonne réponse en tête, quelle que soit la décision
                                       refused, clarified    part des questions refusées, ou suivies d’une question
                                       accuracyAmongAnswered part de bonnes réponses quand il répond
                                       foreignRefused        part des questions hors sujet refusées
                                       trainingMs, medianMs  durée de l’apprentissage, durée médiane d’une question
                                       (parts de 0 à 1, null quand il n’y a rien à compter)

Code de sortie : 0, ou 1 quand un fichier est faux, 2 quand la commande est mal écrite.`;

const { values } = readOptions(help, {
  train: { type: 'string' },
  test: { type: 'string' },
  set: { type: 'string' },
  jeux: { type: 'string' },
  fautes: { type: 'boolean' },
});
if ((values.train === undefined) !== (values.test === undefined))
  refuseCommand('Il faut --train et --test ensemble.', help);

try {
  if (values.train !== undefined && values.test !== undefined)
    await evaluateFiles(resolveTyped(values.train), resolveTyped(values.test));
  else await evaluateShipped(await chooseSets());
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') console.error(`Fichier introuvable : ${path}`);
  else console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function evaluateFiles(trainFile: string, testFile: string): Promise<void> {
  const training = trainingSetOfLines(await readJsonLines(trainFile));
  const questions = await readJsonLines(testFile);
  const start = performance.now();
  const matcher = createMatcher(trainModel(training).model);
  const trainingMs = performance.now() - start;
  const scores = nameScores(scoreMeasures(measureMatcher(matcher, questions)));
  const rounded = Object.entries({ ...scores, trainingMs }).map(([name, value]) => [
    name,
    value === null ? null : Number(value.toFixed(4)),
  ]);
  console.log(JSON.stringify({ intents: training.intents.length, ...Object.fromEntries(rounded) }));
}

/** The keys that scripts outside this project read: « foreign » was the word for out of scope when they were written. */
function nameScores(scores: Scores): Record<string, number | null> {
  const { outOfScope, outOfScopeRefused, outOfScopeClarified, outOfScopeAnswered, ...others } = scores;
  const { nearAnswered, namingToolAnswered, ...same } = others;
  return {
    ...same,
    foreign: outOfScope,
    foreignRefused: outOfScopeRefused,
    foreignAnswered: outOfScopeAnswered,
  };
}

/** The set asked for, or all that are not sealed. */
async function chooseSets(): Promise<QuestionSet[]> {
  const sets = await listQuestionSets(
    values.jeux === undefined ? questionsFolder : resolveTyped(values.jeux),
  );
  if (values.set === undefined) return sets.filter(({ sealed }) => !sealed);
  const chosen = sets.filter(({ name }) => name === values.set);
  if (chosen.length > 0) return chosen;
  return refuseCommand(
    `Le jeu « ${values.set} » n’existe pas. Existent : ${sets.map(({ name }) => name).join(', ')}.`,
    help,
  );
}

async function evaluateShipped(sets: readonly QuestionSet[]): Promise<void> {
  const training = trainingSetOf(await loadContent(projectRoot));
  const start = performance.now();
  // Everything is validated even for one set: the ranker learns from it, and a set must not change with its company.
  const trained = trainModel(training, true);
  if (values.set === undefined) {
    console.log('VALIDATION CROISÉE SUR intents/\n');
    for (const line of reportCrossValidation(trained)) console.log(line);
    const seconds = (performance.now() - start) / 1000;
    console.log(`Apprentissage et validation complète : ${formatDecimal(seconds, 1)} s\n`);
    console.log(`${reportHardFacts(findHardFacts(await loadBrain()))}\n`);
  }
  const matcher = createMatcher(trained.model);
  const intents = training.intents.map(({ id }) => id);
  const measured: MeasuredSet[] = [];
  for (const set of sets) {
    const questions = await readQuestionSet(set, intents);
    measured.push({ ...set, measured: measureMatcher(matcher, questions) });
  }
  console.log('JEUX TENUS À L’ÉCART\n');
  for (const line of reportQuestionSets(measured)) console.log(line);
  if (values.fautes) for (const line of listFaults(measured)) console.log(line);
}
