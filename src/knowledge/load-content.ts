import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { buildContent, type ContentFiles } from './build-content.ts';
import { type Checked, checkShape } from './check-shape.ts';
import type { Content } from './content.ts';
import { actsShape, contextsShape, diagnosticsShape, profileShape } from './dialogue-shapes.ts';
import { ficheShape, intentShape, lexiconShape, messagesShape, outOfScopeShape } from './file-shapes.ts';
import { formatProblem, type Problem, sortProblems } from './problem.ts';
import { suggestName } from './suggest-name.ts';
import { parseYamlFile, type YamlFile } from './yaml-file.ts';

export interface ContentReading {
  /** Null as soon as one problem is an error. */
  readonly content: Content | null;
  readonly problems: readonly Problem[];
  /** Hash of all files read, right or wrong. */
  readonly version: string;
  /** The files that parsed and have the right shape, for the checks that need places in them. */
  readonly files: ContentFiles;
}

/** The content is wrong: `message` shows every problem, ready for an editor. */
export class ContentError extends Error {
  readonly problems: readonly Problem[];
  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'Un problème' : `${problems.length} problèmes`;
    super(`${count} dans intents/ et knowledge/ :\n\n${problems.map(formatProblem).join('\n\n')}`);
    this.name = 'ContentError';
    this.problems = problems;
  }
}

/** Reads `root`/knowledge and `root`/intents. @throws ContentError with all errors at once. */
export async function loadContent(root: string): Promise<Content> {
  const { content, problems } = await readContent(root);
  if (!content) throw new ContentError(problems.filter((problem) => problem.severity === 'error'));
  return content;
}

/** Reads and checks everything; expected mistakes are problems, not exceptions. */
export async function readContent(root: string): Promise<ContentReading> {
  const problems: Problem[] = [];
  const hash = createHash('sha256');
  const texts = [
    ...(await readFolder(root, 'intents', problems)),
    ...(await readFolder(root, 'knowledge', problems)),
  ];
  const fiches: ContentFiles['fiches'] = new Map();
  const intents: ContentFiles['intents'] = new Map();
  const files: ContentFiles = {
    fiches,
    intents,
    lexicon: null,
    outOfScope: null,
    messages: null,
    profile: null,
    acts: null,
    diagnostics: null,
    contexts: null,
  };

  for (const { file, text } of texts) {
    hash.update(file).update('\0').update(text).update('\0');
    const parsed = parseYamlFile(file, text);
    if (!('data' in parsed)) {
      problems.push(...parsed);
      continue;
    }
    const id = file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
    if (file === 'intents/lexique.yaml') files.lexicon = keep(parsed, lexiconShape, lexiconKeys, problems);
    else if (file === 'intents/hors-sujet.yaml')
      files.outOfScope = keep(parsed, outOfScopeShape, ['themes', 'titre', 'questions'], problems);
    else if (file === 'intents/profil.yaml')
      files.profile = keep(
        parsed,
        profileShape,
        ['emplacements', 'titre', 'valeurs', 'mots', 'donne'],
        problems,
      );
    else if (file === 'intents/actes.yaml') files.acts = keep(parsed, actsShape, ['actes'], problems);
    else if (file === 'intents/vagues.yaml')
      files.diagnostics = keep(parsed, diagnosticsShape, ['questions', 'declencheurs', 'choix'], problems);
    else if (file === 'intents/contextes.yaml')
      files.contexts = keep(parsed, contextsShape, ['conversations', 'tours', 'dit', 'vise'], problems);
    else if (file === 'knowledge/messages.yaml')
      files.messages = keep(parsed, messagesShape, ['contacts', 'themes', 'textes'], problems);
    else if (file.startsWith('intents/')) intents.set(id, keep(parsed, intentShape, ['questions'], problems));
    else fiches.set(id, keep(parsed, ficheShape, ficheKeys, problems));
  }

  for (const [file, value] of [
    ['intents/lexique.yaml', files.lexicon],
    ['intents/hors-sujet.yaml', files.outOfScope],
    ['knowledge/messages.yaml', files.messages],
  ] as const) {
    if (value === null && !texts.some((text) => text.file === file)) {
      problems.push(
        missingFile(file, 'Reprenez ce fichier dans une copie du projet : sans lui, rien ne démarre.'),
      );
    }
  }
  const version = hash.digest('hex').slice(0, 12);
  const content = buildContent(files, version, problems);
  const sorted = sortProblems(problems);
  const wrong = sorted.some((problem) => problem.severity === 'error');
  return { content: wrong ? null : content, problems: sorted, version, files };
}

const lexiconKeys = ['produits', 'autres-produits', 'abreviations', 'synonymes', 'nom', 'ecritures'];
const ficheKeys = [
  ...Object.keys(ficheShape.shape),
  ...[
    'texte',
    'points',
    'branches',
    'si',
    'mots',
    'alors',
    'vers',
    'choix',
    'id',
    'demandes',
    'reponse',
    'selon',
    'avec',
    'quand',
    'date',
  ],
];

function keep<S extends z.ZodType>(
  file: YamlFile,
  shape: S,
  knownKeys: readonly string[],
  problems: Problem[],
): { file: YamlFile; value: z.output<S> } | null {
  const checked: Checked<z.output<S>> = checkShape(shape, file, knownKeys);
  if ('value' in checked) return { file, value: checked.value };
  problems.push(...checked.problems);
  return null;
}

async function readFolder(
  root: string,
  folder: string,
  problems: Problem[],
): Promise<{ file: string; text: string }[]> {
  let names: string[];
  try {
    names = (await readdir(join(root, folder))).sort();
  } catch {
    problems.push(missingFile(`${folder}/`, `Le dossier ${folder} doit se trouver à côté de package.json.`));
    return [];
  }
  const found: { file: string; text: string }[] = [];
  for (const name of names) {
    const file = `${folder}/${name}`;
    if (/\.ya?ml$/.test(name)) {
      found.push({ file, text: (await readFile(join(root, file), 'utf8')).replace(/^\uFEFF/, '') });
    } else if (suggestName(name, ['exemple.yaml', `${name.replace(/\..*$/, '')}.yaml`]) && /\.y/.test(name)) {
      problems.push(
        missingFile(file, 'Renommez-le pour que son nom finisse par .yaml', "ce fichier n'est pas lu"),
      );
    }
  }
  return found;
}

function missingFile(file: string, remedy: string, message = 'ce fichier manque'): Problem {
  return { severity: 'error', file, line: 0, column: 0, excerpt: null, message, remedy };
}
