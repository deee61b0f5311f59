import { fileURLToPath } from 'node:url';
import {
  isOffered,
  type MeasuredQuestion,
  measureMatcher,
  scoreMeasures,
} from '../evaluation/measure-matcher.ts';
import { readJsonLines, readQuestionsFile } from '../evaluation/read-labelled-questions.ts';
import { percent, reliabilityLines, reportCrossValidation } from '../evaluation/report-cross-validation.ts';
import { trainingSetOfLines } from '../evaluation/training-set-of-lines.ts';
import { ContentError, loadContent } from '../knowledge/load-content.ts';
import { createMatcher } from '../understanding/create-matcher.ts';
import { trainModel } from '../understanding/train-model.ts';
import { trainingSetOf } from '../understanding/training/training-set.ts';
import { readOptions, refuseCommand } from './read-options.ts';

const help = `Mesure la compréhension des questions.

  npm run evaluate                     validation croisée sur intents/, puis le jeu tenu à l'écart test/questions.yaml
  npm run evaluate -- --fautes         avec, en plus, chaque question de test/questions.yaml qui n'a pas eu sa réponse
  npm run --silent evaluate -- --train A.jsonl --test B.jsonl
                                       apprend A, mesure B (une ligne {"text","label"} par question, label null = hors
                                       sujet) et écrit un objet JSON :
                                       accuracy              bonne réponse en tête, réponse forcée
                                       refused, clarified    part des questions refusées, ou suivies d'une question
                                       accuracyAmongAnswered part de bonnes réponses quand il répond
                                       foreignRefused        part des questions hors sujet refusées
                                       trainingMs, medianMs  durée de l'apprentissage, durée médiane d'une question
                                       (parts de 0 à 1, null quand il n'y a rien à compter)

Code de sortie : 0, ou 1 quand un fichier est faux, 2 quand la commande est mal écrite.`;

const root = fileURLToPath(new URL('../../', import.meta.url));
const { values } = readOptions(help, {
  train: { type: 'string' },
  test: { type: 'string' },
  fautes: { type: 'boolean' },
});
if ((values.train === undefined) !== (values.test === undefined))
  refuseCommand('Il faut --train et --test ensemble.', help);

try {
  if (values.train !== undefined && values.test !== undefined) await evaluateFiles(values.train, values.test);
  else await evaluateShipped(values.fautes === true);
} catch (error) {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') console.error(`Fichier introuvable : ${path}`);
  else console.error(error instanceof ContentError || error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function evaluateFiles(trainFile: string, testFile: string): Promise<void> {
  const training = trainingSetOfLines(await readJsonLines(trainFile));
  const questions = await readJsonLines(testFile);
  const start = performance.now();
  const matcher = createMatcher(trainModel(training).model);
  const trainingMs = performance.now() - start;
  const scores = scoreMeasures(measureMatcher(matcher, questions));
  const rounded = Object.entries({ ...scores, trainingMs }).map(([name, value]) => [
    name,
    value === null ? null : Number(value.toFixed(4)),
  ]);
  console.log(JSON.stringify({ intents: training.intents.length, ...Object.fromEntries(rounded) }));
}

async function evaluateShipped(withFaults: boolean): Promise<void> {
  const training = trainingSetOf(await loadContent(root));
  console.log('VALIDATION CROISÉE SUR intents/\n');
  const start = performance.now();
  const trained = trainModel(training, true);
  for (const line of reportCrossValidation(trained)) console.log(line);
  console.log(`Apprentissage et validation complète : ${((performance.now() - start) / 1000).toFixed(1)} s`);

  const measured = measureMatcher(
    createMatcher(trained.model),
    await readQuestionsFile(`${root}test/questions.yaml`),
  );
  const scores = scoreMeasures(measured);
  console.log(
    `\nJEU TENU À L'ÉCART, test/questions.yaml : ${scores.questions} questions, ${scores.foreign} hors sujet\n`,
  );
  console.log(goalLine('juste tout de suite', scores.rightAtOnce, 'au moins 88 %'));
  console.log(goalLine('juste, tout de suite ou parmi les choix', scores.rightOrOffered, 'au moins 95 %'));
  console.log(goalLine('mauvaise fiche donnée', scores.wrongProcedure, 'au plus 4 %'));
  console.log(goalLine('hors sujet répondu', scores.foreignAnswered, 'au plus 6 %'));
  console.log(goalLine('hors sujet refusé', scores.foreignRefused, ''));
  console.log(goalLine('bonne fiche en tête, réponse forcée', scores.accuracy, ''));
  console.log(
    `durée d'une question : médiane ${scores.medianMs.toFixed(2)} ms, 99e centile ${scores.p99Ms.toFixed(2)} ms`,
  );
  console.log('\nPar style :');
  console.log(
    'style         questions  tout de suite  ou parmi les choix  mauvaise fiche  hors sujet répondu',
  );
  for (const style of new Set(measured.map((question) => question.style))) {
    console.log(
      styleLine(
        style,
        measured.filter((question) => question.style === style),
      ),
    );
  }
  console.log('\nConfiance annoncée et justesse :');
  const own = measured.filter(({ label }) => label !== null);
  const answers = own.map(({ understanding, isRight }) => ({
    confidence: understanding.confidence,
    right: isRight,
  }));
  for (const line of reliabilityLines(answers)) console.log(line);
  if (withFaults) for (const line of faultLines(measured)) console.log(line);
}

function goalLine(name: string, value: number | null, goal: string): string {
  const shown = value === null ? '–' : `${(100 * value).toFixed(1)} %`;
  return `${name.padEnd(42)} ${shown.padStart(7)}${goal === '' ? '' : `   (but : ${goal})`}`;
}

function styleLine(style: string, measured: readonly MeasuredQuestion[]): string {
  const own = measured.filter(({ label }) => label !== null);
  const foreign = measured.filter(({ label }) => label === null);
  const isAnswered = ({ understanding }: MeasuredQuestion): boolean => understanding.decision === 'answer';
  return [
    style.padEnd(13),
    String(measured.length).padStart(9),
    percent(own, (question) => isAnswered(question) && question.isRight).padStart(14),
    percent(own, (question) => (isAnswered(question) ? question.isRight : isOffered(question))).padStart(19),
    percent(own, (question) => isAnswered(question) && !question.isRight).padStart(15),
    percent(foreign, isAnswered).padStart(19),
  ].join(' ');
}

function faultLines(measured: readonly MeasuredQuestion[]): string[] {
  return measured.flatMap((question) => {
    const { decision, candidates } = question.understanding;
    const isFault =
      question.label === null ? decision === 'answer' : decision !== 'answer' || !question.isRight;
    if (!isFault) return [];
    const seen = candidates.slice(0, 3).map(({ id, score }) => `${id} ${score.toFixed(2)}`);
    return [
      '',
      `${question.label ?? 'hors sujet'} | ${decision} | ${question.text}`,
      `    ${seen.join(', ')}`,
    ];
  });
}
