import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Config } from '../config.ts';
import { lintDates } from '../knowledge/checks/lint-content.ts';
import { readContent } from '../knowledge/load-content.ts';
import { findUnknownNames } from '../tickets/find-unknown-names.ts';
import { loadSupportSettings, SupportSettingsError } from '../tickets/load-support-settings.ts';
import { bad, doubtful, type Finding, good } from './finding.ts';

const leastNode = 24;
const leastFreeMegabytes = 200;

export function checkNode(version: string = process.versions.node): Finding {
  return Number(version.split('.')[0]) >= leastNode
    ? good('Node', `version ${version}`)
    : bad(
        'Node',
        `version ${version}, trop ancienne`,
        `Lancez les commandes par npm : npm ci apporte Node ${leastNode}.`,
      );
}

export async function checkContent(root: string, today: string): Promise<Finding> {
  const { content, problems, files } = await readContent(root);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (!content) {
    return bad(
      'Fiches',
      `${errors} erreur${errors > 1 ? 's' : ''} : l’assistant ne démarrera pas`,
      'Lancez npm run check, et corrigez ce qu’il montre.',
    );
  }
  const expired = lintDates(files, today).filter(({ code }) => code === 'review-overdue').length;
  const count = `${content.fiches.size} fiches, version ${content.version}`;
  return expired > 0
    ? doubtful(
        'Fiches',
        `${count} ; ${expired} à relire`,
        'Lancez npm run check : il nomme les fiches dont la date est passée.',
      )
    : good('Fiches', count);
}

/** The file of the support salons: hours, delays, replies; to have none is fine. `root`: the fiches that it names. */
export async function checkSupportFile(path: string, root?: string): Promise<Finding> {
  if (!existsSync(path)) return good('Horaires', 'aucun fichier : les conseillers répondent à toute heure');
  try {
    const settings = await loadSupportSettings(path);
    const { content } = root === undefined ? { content: null } : await readContent(root);
    const unknown = content ? findUnknownNames(settings, content) : [];
    return unknown.length === 0
      ? good('Horaires', path)
      : doubtful(
          'Horaires',
          `${path} : ${unknown.join(' ; ')}`,
          'Corrigez ces noms (guide de l’opérateur, « Plusieurs salons » et « Les réponses prêtes »).',
        );
  } catch (error) {
    if (!(error instanceof SupportSettingsError)) throw error;
    return bad(
      'Horaires',
      `${path} : ${error.problems.join('\n')}`,
      'Corrigez ce fichier (guide de l’opérateur, « Heures d’ouverture »).',
    );
  }
}

/** The data folder: is it there, writable, closed to other accounts, with room left on its disk? Makes nothing. */
export async function checkDataFolder(dataDir: string): Promise<Finding> {
  const place = existsSync(dataDir) ? dataDir : nearestFolder(dataDir);
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
  } catch {
    return bad(
      'Données',
      `${dataDir} n’est pas accessible en écriture`,
      'Donnez ce dossier au compte qui lance l’assistant, ou changez DATA_DIR.',
    );
  }
  const { bavail, bsize } = await statfs(place);
  const megabytes = Math.floor((bavail * bsize) / 1_048_576);
  if (megabytes < leastFreeMegabytes) {
    return bad(
      'Données',
      `il ne reste que ${megabytes} Mo dans ${dataDir}`,
      'Libérez de la place : une base qui ne peut plus écrire arrête l’assistant.',
    );
  }
  if (place !== dataDir) return good('Données', `${dataDir} sera créé au premier démarrage`);
  if ((statSync(dataDir).mode & 0o077) !== 0) {
    return doubtful(
      'Données',
      `${dataDir} est lisible par d’autres comptes`,
      `Fermez-le : chmod 700 ${dataDir}`,
    );
  }
  return good('Données', `${dataDir}, ${megabytes} Mo libres`);
}

/** The database: is it sound, and closed to other accounts? Opened read-only, since the bot may be running. */
export function checkDatabase({ dataDir, matrix }: Pick<Config, 'dataDir' | 'matrix'>): Finding {
  const path = join(dataDir, matrix ? 'assistant.db' : 'local.db');
  if (!existsSync(path)) return good('Base', 'elle sera créée au premier démarrage');
  let verdict: string;
  try {
    const db = new DatabaseSync(path, { readOnly: true });
    verdict = String(Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0]);
    db.close();
  } catch (error) {
    verdict = error instanceof Error ? error.message : String(error);
  }
  if (verdict !== 'ok') {
    return bad(
      'Base',
      `${path} est abîmée ou illisible (${verdict})`,
      'Arrêtez l’assistant et restaurez la sauvegarde (guide d’installation, « Sauvegarde »).',
    );
  }
  return (statSync(path).mode & 0o077) === 0
    ? good('Base', `${path}, saine`)
    : doubtful('Base', `${path} est lisible par d’autres comptes`, `Fermez-la : chmod 600 ${path}`);
}

function nearestFolder(path: string): string {
  let folder = dirname(path);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
