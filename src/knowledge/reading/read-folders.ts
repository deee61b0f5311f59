import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, problemOfFile } from '../problem.ts';
import { suggestName } from '../suggest-name.ts';

/** One file as it stands on the disk; `file` is its path from the root. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

export interface FolderReading {
  readonly texts: readonly SourceText[];
  readonly problems: readonly Problem[];
}

/** The YAML files of `root`/intents and `root`/knowledge, in one order everywhere. */
export async function readFolders(root: string): Promise<FolderReading> {
  const readings = [await readFolder(root, 'intents'), await readFolder(root, 'knowledge')];
  return {
    texts: readings.flatMap(({ texts }) => texts),
    problems: readings.flatMap(({ problems }) => problems),
  };
}

async function readFolder(root: string, folder: string): Promise<FolderReading> {
  let names: string[];
  try {
    names = (await readdir(join(root, folder))).sort();
  } catch {
    const missing = problemOfFile(`${folder}/`, {
      code: 'missing-folder',
      message: 'ce fichier manque',
      remedy: `Le dossier ${folder} doit se trouver à côté de package.json.`,
    });
    return { texts: [], problems: [missing] };
  }
  const texts: SourceText[] = [];
  const problems: Problem[] = [];
  for (const name of names) {
    const file = `${folder}/${name}`;
    if (/\.ya?ml$/.test(name)) {
      texts.push({ file, text: (await readFile(join(root, file), 'utf8')).replace(/^\uFEFF/, '') });
    } else if (suggestName(name, ['exemple.yaml', `${name.replace(/\..*$/, '')}.yaml`]) && /\.y/.test(name)) {
      problems.push(
        problemOfFile(file, {
          code: 'ignored-file',
          message: 'ce fichier n’est pas lu',
          remedy: 'Renommez-le pour que son nom finisse par .yaml',
        }),
      );
    }
  }
  return { texts, problems };
}
