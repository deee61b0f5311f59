import { fileURLToPath } from 'node:url';
import { readContent } from '../knowledge/load-content.ts';
import { formatProblem } from '../knowledge/problem.ts';

if (process.argv.includes('--help')) {
  console.log(`Vérifie les fichiers de intents/ et knowledge/.

  npm run check                     dit tous les problèmes d'un coup : fichier, ligne, colonne, remède
  npm run check -- --root DOSSIER   vérifie un autre dossier

Code de sortie : 0 tout va bien (ou avertissements seuls), 1 au moins une erreur.`);
  process.exit(0);
}
const rootFlag = process.argv.indexOf('--root');
const root =
  rootFlag > 0 ? (process.argv[rootFlag + 1] ?? '') : fileURLToPath(new URL('../../', import.meta.url));
const { problems, files } = await readContent(root);
for (const problem of problems) console.log(`${formatProblem(problem)}\n`);
const errors = problems.filter((problem) => problem.severity === 'error').length;
const warnings = problems.length - errors;
const questions = [...files.intents.values()].reduce(
  (sum, file) => sum + (file?.value.questions.length ?? 0),
  0,
);
console.log(
  `${files.fiches.size} fiches, ${questions} questions : ${errors} erreur(s), ${warnings} avertissement(s).`,
);
process.exit(errors > 0 ? 1 : 0);
