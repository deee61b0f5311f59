import { isUtf8 } from 'node:buffer';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Complaint, type Problem, problemOfFile } from '../problem.ts';
import { suggestName } from '../suggest-name.ts';

/** One file as it stands on the disk; `file` is its path from the root. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

export interface FolderReading {
  readonly texts: readonly SourceText[];
  readonly problems: readonly Problem[];
  /** Files that are there, under a name gone wrong perhaps, and have not been read: their problems are told already. */
  readonly unread: readonly string[];
  readonly missingFolders: readonly string[];
}

/** The YAML files of `root`/intents and `root`/knowledge, in one order everywhere. */
export async function readFolders(root: string): Promise<FolderReading> {
  const readings = [await readFolder(root, 'intents'), await readFolder(root, 'knowledge')];
  return {
    texts: readings.flatMap(({ texts }) => texts),
    problems: readings.flatMap(({ problems }) => problems),
    unread: readings.flatMap(({ unread }) => unread),
    missingFolders: readings.flatMap(({ missingFolders }) => missingFolders),
  };
}

async function readFolder(root: string, folder: string): Promise<FolderReading> {
  let names: string[];
  try {
    names = (await readdir(join(root, folder))).sort();
  } catch {
    const missing = problemOfFile(`${folder}/`, {
      code: 'missing-folder',
      message: 'ce dossier manque',
      remedy: `Le dossier ${folder} doit se trouver à côté de package.json.`,
    });
    return { texts: [], problems: [missing], unread: [], missingFolders: [folder] };
  }
  const texts: SourceText[] = [];
  const problems: Problem[] = [];
  const unread: string[] = [];
  const setAside = (file: string, complaint: Complaint): void => {
    problems.push(problemOfFile(file, complaint));
    unread.push(file);
  };
  for (const name of names) {
    const file = `${folder}/${name}`;
    if (isContentFile(name)) {
      const text = await readText(join(root, file));
      if (typeof text === 'string') texts.push({ file, text });
      else setAside(file, text);
    } else if (isMisnamed(name, names)) {
      setAside(file, {
        code: 'ignored-file',
        message: 'ce fichier n’est pas lu',
        remedy: 'Renommez-le pour que son nom finisse par .yaml',
      });
    }
  }
  return { texts, problems, unread, missingFolders: [] };
}

/** Hidden files are what editors put beside the one that they edit. */
export function isContentFile(name: string): boolean {
  return /^[^.].*\.ya?ml$/.test(name);
}

/** The identifier that a file has, or would have under its right name: noemi-vpn.yaml.txt → noemi-vpn. */
export function identify(file: string): string {
  return file.replace(/^.*\//, '').replace(/\..*$/, '');
}

/** Nearly a name in .yaml, without a file of that name beside it of which it would be a copy. */
function isMisnamed(name: string, names: readonly string[]): boolean {
  if (name.startsWith('.') || !/\.y/i.test(name)) return false;
  const id = identify(name);
  if (names.includes(`${id}.yaml`) || names.includes(`${id}.yml`)) return false;
  return suggestName(name, ['exemple.yaml', `${id}.yaml`]) !== null;
}

/** The text, or why there is none. */
async function readText(path: string): Promise<string | Complaint> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return describeFailure((error as NodeJS.ErrnoException).code ?? '?');
  }
  if (isUtf8(bytes)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  return {
    code: 'unreadable-file',
    message: 'ce fichier n’est pas enregistré en UTF-8 : ses accents seraient perdus',
    remedy: 'Dans l’éditeur de texte : « Enregistrer sous », encodage UTF-8.',
  };
}

function describeFailure(code: string): Complaint {
  switch (code) {
    case 'EISDIR':
      return {
        code: 'unreadable-file',
        message: 'c’est un dossier, et non un fichier',
        remedy: 'Déplacez-le, ou donnez-lui un nom qui ne finisse pas par .yaml',
      };
    case 'ENOENT':
    case 'ELOOP':
      return {
        code: 'unreadable-file',
        message: 'ce lien ne mène à aucun fichier',
        remedy: 'Remettez le fichier à la place du lien, ou retirez le lien.',
      };
    default:
      return {
        code: 'unreadable-file',
        message: `ce fichier ne se lit pas (${code === 'EACCES' ? 'accès refusé' : code})`,
        remedy: 'Vérifiez que le compte qui lance l’assistant a le droit de le lire.',
      };
  }
}
