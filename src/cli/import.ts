import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { draftFiches } from '../knowledge/editing/draft-fiches.ts';
import { parseGuide } from '../knowledge/editing/parse-guide.ts';
import { readContent } from '../knowledge/load-content.ts';
import { projectRoot } from '../knowledge/project-root.ts';
import { readOptions, refuseCommand, resolveTyped } from './read-options.ts';

const help = `Tire d’un guide en Markdown des brouillons de fiches et leurs premières questions, à retravailler.

  npm run import -- guide.md                    écrit dans brouillons/knowledge et brouillons/intents
  npm run import -- guide.md --vers DOSSIER     écrit ailleurs

Rien n’est jamais écrasé : un brouillon qui existe déjà est laissé tel quel. Chaque brouillon dit de quelles lignes du
guide il vient. Quand il est prêt, déplacez ses deux fichiers dans knowledge/ et intents/, puis lancez npm run check.

Code de sortie : 0 des brouillons sont écrits (ou existaient déjà), 1 rien à tirer de ce fichier, 2 commande mal écrite.`;

const { values, positionals } = readOptions(help, { vers: { type: 'string' } }, { words: true });
const [guide] = positionals;
if (guide === undefined) refuseCommand('Il manque le fichier du guide.', help);
const guidePath = resolveTyped(guide);
if (!existsSync(guidePath)) refuseCommand(`Le fichier ${guide} n’existe pas.`, help);

const target = values.vers === undefined ? join(process.cwd(), 'brouillons') : resolveTyped(values.vers);
const sections = parseGuide(readFileSync(guidePath, 'utf8'));
const drafts = draftFiches(sections, {
  guide: basename(guide),
  today: new Date().toISOString().slice(0, 10),
});
if (drafts.length === 0) {
  console.error(`${guide} : aucune section avec du texte. Un guide a des titres (# …) et des listes (1. …).`);
  process.exit(1);
}
const covered = await listCoveredSources();
let written = 0;
for (const draft of drafts) {
  const fiche = save(join(target, 'knowledge'), `${draft.id}.yaml`, draft.fiche);
  const questions = save(join(target, 'intents'), `${draft.id}.yaml`, draft.questions);
  if (fiche || questions) written += 1;
  const source = sections.find(
    ({ line, endLine }) => line <= draft.lines[0] && draft.lines[0] <= endLine,
  )?.heading;
  const known = source === undefined ? undefined : covered.get(source.toLowerCase());
  const notes = [
    draft.steps > 0 ? `${draft.steps} étapes` : 'sans étapes',
    `lignes ${draft.lines.join(' à ')}`,
    ...(fiche || questions ? [] : ['existait déjà, laissé tel quel']),
    ...(known ? [`section déjà source de : ${known.join(', ')}`] : []),
  ];
  console.log(`${draft.id} : ${notes.join(' ; ')}`);
}
const folder = relative(process.cwd(), target) || '.';
console.log(
  `\n${written} brouillon${written > 1 ? 's' : ''} dans ${folder}. Pour chacun : relisez, choisissez le thème, complétez les questions (10 au moins), déplacez les deux fichiers, puis : npm run check`,
);

/** False when there is a file of that name already. */
function save(folder: string, name: string, text: string): boolean {
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, name), text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Sections of the guide that fiches already name → those fiches. */
async function listCoveredSources(): Promise<Map<string, string[]>> {
  const { content } = await readContent(projectRoot);
  const fiches = [...(content?.fiches.values() ?? [])];
  const bySource = Map.groupBy(fiches, ({ source }) => source.toLowerCase());
  return new Map([...bySource].map(([source, group]) => [source, group.map(({ id }) => id)]));
}
