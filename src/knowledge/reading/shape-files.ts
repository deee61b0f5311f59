import type { z } from 'zod';
import { type Problem, problemOfFile } from '../problem.ts';
import { suggestName } from '../suggest-name.ts';
import { checkShape } from './check-shape.ts';
import type { ContentFiles, Shaped } from './content-files.ts';
import { actsShape, contextsShape, diagnosticsShape, profileShape } from './dialogue-shapes.ts';
import { ficheShape, intentShape, lexiconShape, messagesShape, outOfScopeShape } from './file-shapes.ts';
import { type FolderReading, identify, type SourceText } from './read-folders.ts';
import { parseYamlFile } from './yaml-file.ts';

/** The keys that exist in each kind of file, to suggest one for a mistyped key. */
const keys = {
  intent: ['questions', 'voix'],
  outOfScope: ['themes', 'titre', 'voix', 'questions'],
  messages: ['contacts', 'themes', 'textes'],
  profile: ['emplacements', 'autres-personnes', 'id', 'titre', 'valeurs', 'mots', 'donne'],
  acts: ['actes'],
  diagnostics: ['questions', 'id', 'declencheurs', 'question', 'choix', 'fiche', 'fait', 'libelle'],
  contexts: ['conversations', 'tours', 'dit', 'vise', 'attend', 'choix'],
  lexicon: ['produits', 'autres-produits', 'abreviations', 'synonymes', 'nom', 'ecritures', 'designations'],
  fiche: [
    ...Object.keys(ficheShape.shape),
    ...'texte points branches si mots alors vers choix id demandes reponse selon avec quand date'.split(' '),
  ],
} as const;

/** The files without which nothing starts. */
const lexiconFile = 'intents/lexique.yaml';
const outOfScopeFile = 'intents/hors-sujet.yaml';
const messagesFile = 'knowledge/messages.yaml';
/** What the conversation learns from: each may be missing. */
const profileFile = 'intents/profil.yaml';
const actsFile = 'intents/actes.yaml';
const diagnosticsFile = 'intents/vagues.yaml';
const contextsFile = 'intents/contextes.yaml';
const namedFiles = [
  lexiconFile,
  outOfScopeFile,
  messagesFile,
  profileFile,
  actsFile,
  diagnosticsFile,
  contextsFile,
];

const neededFiles = [lexiconFile, outOfScopeFile, messagesFile];

/**
 * What came of texts that were shaped before, by file and text: parsing all takes a second or two, and whoever edits one
 * file has the others read again at each key.
 */
export type ShapeMemo = Map<
  string,
  { readonly text: string; readonly shaped: Shaped<unknown> | readonly Problem[] }
>;

/** Parses each file and holds it against the shape that its name calls for. */
export function shapeFiles(
  { texts, unread, missingFolders }: FolderReading,
  memo: ShapeMemo = new Map(),
): {
  readonly files: ContentFiles;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const shape = <S extends z.ZodType>(
    { file, text }: SourceText,
    shape: S,
    knownKeys: readonly string[],
  ): Shaped<z.output<S>> | null => {
    const known = memo.get(file);
    const found = known?.text === text ? known.shaped : shapeText(file, text, shape, knownKeys);
    if (found !== known?.shaped) memo.set(file, { text, shaped: found });
    if ('value' in found) return found as Shaped<z.output<S>>;
    problems.push(...found);
    return null;
  };
  /** Null, and a problem, when the file is not there. */
  const shapeNeeded = <S extends z.ZodType>(
    file: string,
    needed: S,
    knownKeys: readonly string[],
  ): Shaped<z.output<S>> | null => {
    const found = texts.find((text) => text.file === file);
    if (found) return shape(found, needed, knownKeys);
    const isTold =
      missingFolders.some((folder) => file.startsWith(`${folder}/`)) ||
      unread.some((other) => isSameFile(other, file));
    const misnamed = findMisnamed(file, texts);
    if (!isTold)
      problems.push(
        problemOfFile(file, {
          code: 'missing-file',
          message: 'ce fichier manque',
          remedy: misnamed
            ? `Est-ce ${misnamed} ? Renommez-le.`
            : 'Reprenez ce fichier dans une copie du projet : sans lui, rien ne démarre.',
        }),
      );
    return null;
  };

  const shapeOptional = <S extends z.ZodType>(
    file: string,
    wanted: S,
    knownKeys: readonly string[],
  ): Shaped<z.output<S>> | null => {
    const found = texts.find((text) => text.file === file);
    return found ? shape(found, wanted, knownKeys) : null;
  };

  const shapeFiche = (text: SourceText) => shape(text, ficheShape, keys.fiche);
  const shapeIntent = (text: SourceText) => shape(text, intentShape, keys.intent);
  const fiches = new Map<string, ReturnType<typeof shapeFiche>>();
  const intents = new Map<string, ReturnType<typeof shapeIntent>>();
  const misnamed = neededFiles.map((file) => findMisnamed(file, texts));
  for (const text of texts) {
    if (namedFiles.includes(text.file) || misnamed.includes(text.file)) continue;
    if (text.file.startsWith('intents/')) intents.set(identify(text.file), shapeIntent(text));
    else fiches.set(identify(text.file), shapeFiche(text));
  }
  // What could not be read is there all the same: neither what names it nor its other half is wrong.
  for (const file of unread) {
    if (namedFiles.some((needed) => isSameFile(file, needed))) continue;
    for (const half of [fiches, intents]) if (!half.has(identify(file))) half.set(identify(file), null);
  }
  const files = {
    fiches,
    intents,
    lexicon: shapeNeeded(lexiconFile, lexiconShape, keys.lexicon),
    outOfScope: shapeNeeded(outOfScopeFile, outOfScopeShape, keys.outOfScope),
    messages: shapeNeeded(messagesFile, messagesShape, keys.messages),
    profile: shapeOptional(profileFile, profileShape, keys.profile),
    acts: shapeOptional(actsFile, actsShape, keys.acts),
    diagnostics: shapeOptional(diagnosticsFile, diagnosticsShape, keys.diagnostics),
    contexts: shapeOptional(contextsFile, contextsShape, keys.contexts),
  };
  return { files, problems };
}

function shapeText<S extends z.ZodType>(
  file: string,
  text: string,
  shape: S,
  knownKeys: readonly string[],
): Shaped<z.output<S>> | readonly Problem[] {
  const parsed = parseYamlFile(file, text);
  if (!('data' in parsed)) return parsed;
  const checked = checkShape(shape, parsed, knownKeys);
  return 'value' in checked ? { file: parsed, value: checked.value } : checked.problems;
}

function isSameFile(file: string, needed: string): boolean {
  return file.split('/')[0] === needed.split('/')[0] && identify(file) === identify(needed);
}

/** When a needed file is not there: the file of its folder that is nearly called so and has no other half. */
function findMisnamed(needed: string, texts: readonly SourceText[]): string | null {
  const files = texts.map(({ file }) => file);
  if (files.includes(needed)) return null;
  const [folder = ''] = needed.split('/');
  const alone = files.filter(
    (file) =>
      file.startsWith(`${folder}/`) &&
      !files.some((other) => !other.startsWith(`${folder}/`) && identify(other) === identify(file)),
  );
  const id = suggestName(identify(needed), alone.map(identify));
  return alone.find((file) => identify(file) === id) ?? null;
}
