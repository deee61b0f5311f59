import { existsSync } from 'node:fs';
import { config as loadDotenv } from 'dotenv';
import { ConfigError, readConfig } from '../config.ts';
import { describeUpgrade } from '../knowledge/upgrading/describe-upgrade.ts';
import type { Disagreement } from '../knowledge/upgrading/merge-lines.ts';
import { readReview, upgradeContent } from '../knowledge/upgrading/upgrade-content.ts';
import { readOptions, refuseCommand, resolveTyped } from './read-options.ts';

const help = `Reprend dans le dossier de vos fiches (CONTENT_DIR) ce que cette version du projet apporte, sans rien perdre du vôtre.

  npm run upgrade                     reprend, puis montre ce qui reste à relire
  npm run upgrade -- --essai          dit ce qui serait fait, ne fait rien
  npm run upgrade -- --suivre         dossier d’avant : il suivra désormais le projet ; ce qu’il contient reste à vous
  npm run upgrade -- --root DOSSIER   un autre dossier que CONTENT_DIR

L’assistant le fait lui-même quand il démarre. Là où vous et le projet avez changé les mêmes lignes, les vôtres restent.

Code de sortie : 0, ou 1 quand rien n’est repris parce que l’ensemble ferait des erreurs, 2 quand la commande est mal écrite.`;

loadDotenv({ quiet: true });
const { values } = readOptions(help, {
  essai: { type: 'boolean' },
  suivre: { type: 'boolean' },
  root: { type: 'string' },
});
const root = values.root === undefined ? readContentDir() : resolveTyped(values.root);
if (!existsSync(root)) refuseCommand(`Le dossier ${root} n’existe pas.`, help);
const upgrade = await upgradeContent(root, {
  follow: values.suivre === true,
  dryRun: values.essai === true,
});
if (upgrade.type === 'not-followed') {
  console.log(
    `${root} ne suit pas le projet : ce sont ses propres fichiers, ou personne ne l’a demandé (--suivre).`,
  );
} else console.log(describeUpgrade(upgrade) ?? 'Rien de nouveau à reprendre.');
const review = upgrade.type === 'merged' && values.essai ? upgrade.toReview : await readReview(root);
for (const { file, disagreements } of review) for (const one of disagreements) show(file, one);
process.exit(upgrade.type === 'refused' ? 1 : 0);

function show(file: string, { before, shipped, theirs }: Disagreement): void {
  console.log(`\nÀ relire, ${file} :`);
  for (const [title, lines] of [
    ['livré avant', before],
    ['livré maintenant', shipped],
    ['le vôtre, gardé', theirs],
  ] as const) {
    console.log(`  ${title} :`);
    for (const line of lines.length > 0 ? lines : ['(rien)']) console.log(`    ${line}`);
  }
}

function readContentDir(): string {
  try {
    return readConfig(process.env).contentDir;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
}
