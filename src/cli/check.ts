import { existsSync } from 'node:fs';
import { lintContent } from '../knowledge/checks/lint-content.ts';
import { readContent } from '../knowledge/load-content.ts';
import { formatProblem, isError, sortProblems } from '../knowledge/problem.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import { questionsOfIntent } from '../knowledge/reading/questions-of-intent.ts';
import { plural } from '../text/plural.ts';
import { readOptions, refuseCommand, resolveTyped } from './read-options.ts';
import { findImpact, formatImpact } from './report-impact.ts';

const help = `Vérifie les fichiers de intents/ et knowledge/.

  npm run check                     dit tous les problèmes d’un coup : fichier, ligne, colonne, remède
  npm run check -- --strict         un avertissement compte comme une erreur
  npm run check -- --erreurs        ne montre que les erreurs
  npm run check -- --root DOSSIER   vérifie un autre dossier (qui contient intents/ et knowledge/)
  npm run check -- --impact         dit aussi quelles questions changent de réponse depuis le dernier commit git
  npm run check -- --impact --avant DOSSIER   la même chose, depuis les fichiers d’un autre dossier

L’impact s’apprend à part : une dizaine de secondes. Il essaie les questions des jeux d’essai, et celles des fiches, chacune par qui ne l’a pas apprise.

Une erreur empêche l’assistant de démarrer ; un avertissement n’empêche rien.

Code de sortie :
  0  tout va bien, ou seulement des avertissements
  1  au moins une erreur (ou un avertissement, avec --strict)
  2  la commande est mal écrite, ou il n’y a rien à quoi comparer`;

const { values } = readOptions(help, {
  strict: { type: 'boolean' },
  erreurs: { type: 'boolean' },
  root: { type: 'string' },
  impact: { type: 'boolean' },
  avant: { type: 'string' },
});
const root = values.root === undefined ? projectRoot : resolveTyped(values.root);
if (!existsSync(root)) refuseCommand(`Le dossier ${root} n’existe pas.`, help);
if (values.avant !== undefined && !values.impact) refuseCommand('--avant va avec --impact.', help);
if (process.stderr.isTTY) process.stderr.write('Lecture des fichiers…\r');
const { problems, files } = await readContent(root);
const all = sortProblems([...problems, ...lintContent(files, new Date().toISOString().slice(0, 10))]);
const errors = all.filter(isError);
for (const found of values.erreurs ? errors : all) console.log(`${formatProblem(found)}\n`);
const questions = [...files.intents.values()].reduce(
  (sum, file) => sum + (file ? questionsOfIntent(file.value).length : 0),
  0,
);
console.log(
  `${files.fiches.size} fiches, ${questions} questions : ${errors.length} ${plural(errors.length, 'erreur')}, ${all.length - errors.length} ${plural(all.length - errors.length, 'avertissement')}.`,
);
if (values.impact && errors.length === 0) {
  if (process.stderr.isTTY) process.stderr.write('Apprentissage à part, avant et après…\r');
  try {
    const before = values.avant === undefined ? null : resolveTyped(values.avant);
    console.log(`\n${formatImpact(await findImpact(root, before))}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}
process.exit(errors.length > 0 || (values.strict && all.length > 0) ? 1 : 0);
