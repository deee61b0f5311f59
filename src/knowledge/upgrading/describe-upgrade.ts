import { plural } from '../../text/plural.ts';
import { formatProblem } from '../problem.ts';
import type { Upgrade } from './upgrade-content.ts';

const done = { added: 'ajouté', updated: 'mis à jour', removed: 'retiré' } as const;

/** What an editor or an operator reads of an upgrade; null when there is nothing to say. */
export function describeUpgrade(upgrade: Upgrade): string | null {
  switch (upgrade.type) {
    case 'not-followed':
    case 'up-to-date':
      return null;
    case 'filled':
      return `Dossier des fiches rempli avec celles du projet : ${upgrade.files} fichiers.`;
    case 'merged': {
      const changes = upgrade.changes.map(({ file, change }) => `  ${file} : ${done[change]}`);
      const count = upgrade.toReview.reduce((sum, { disagreements }) => sum + disagreements.length, 0);
      const review =
        count === 0
          ? []
          : [
              `${count} ${plural(count, 'endroit', 'endroits')} où vous et le projet avez changé la même chose : votre texte est gardé, à relire par npm run upgrade.`,
            ];
      return [
        'Fiches du projet reprises dans votre dossier :',
        ...changes,
        ...review,
        `Vos fichiers d’avant sont dans ${upgrade.former}.`,
      ].join('\n');
    }
    case 'refused':
      return `Les fiches du projet ne sont pas reprises : avec les vôtres, elles feraient des erreurs. Vos fichiers restent comme ils sont ; corrigez-les, puis relancez.\n\n${upgrade.problems.map(formatProblem).join('\n\n')}`;
  }
}
