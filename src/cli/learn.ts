import { loadBrain } from '../brain/load-brain.ts';
import { ContentError } from '../knowledge/load-content.ts';
import { readOptions } from './read-options.ts';

const help = `Lit les fiches et apprend les questions une fois, pour que les prochains démarrages soient immédiats.

  npm run learn        fait aussi à la fin de « npm ci » ; inutile après : l’assistant le fait quand les fichiers changent

Code de sortie : 0, ou 1 quand un fichier est faux.`;

readOptions(help, {});
try {
  await loadBrain();
} catch (error) {
  console.error(error instanceof ContentError ? error.message : error);
  process.exitCode = 1;
}
