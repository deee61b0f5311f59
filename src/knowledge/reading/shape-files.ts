import type { z } from 'zod';
import { type Problem, problemOfFile } from '../problem.ts';
import { checkShape } from './check-shape.ts';
import type { ContentFiles, Shaped } from './content-files.ts';
import { ficheShape, intentShape, lexiconShape, messagesShape, outOfScopeShape } from './file-shapes.ts';
import type { SourceText } from './read-folders.ts';
import { parseYamlFile } from './yaml-file.ts';

/** The keys that exist in each kind of file, to suggest one for a mistyped key. */
const keys = {
  intent: ['questions', 'voix'],
  outOfScope: ['themes', 'titre', 'voix', 'questions'],
  messages: ['contacts', 'themes', 'textes'],
  lexicon: ['produits', 'autres-produits', 'abreviations', 'synonymes', 'nom', 'ecritures'],
  fiche: [
    ...Object.keys(ficheShape.shape),
    ...'texte points branches si mots alors vers choix id demandes reponse date'.split(' '),
  ],
} as const;

/** The files without which nothing starts. */
const lexiconFile = 'intents/lexique.yaml';
const outOfScopeFile = 'intents/hors-sujet.yaml';
const messagesFile = 'knowledge/messages.yaml';

/** Parses each file and holds it against the shape that its name calls for. */
export function shapeFiles(texts: readonly SourceText[]): {
  readonly files: ContentFiles;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const shape = <S extends z.ZodType>(
    { file, text }: SourceText,
    shape: S,
    knownKeys: readonly string[],
  ): Shaped<z.output<S>> | null => {
    const parsed = parseYamlFile(file, text);
    if (!('data' in parsed)) {
      problems.push(...parsed);
      return null;
    }
    const checked = checkShape(shape, parsed, knownKeys);
    if ('value' in checked) return { file: parsed, value: checked.value };
    problems.push(...checked.problems);
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
    problems.push(
      problemOfFile(file, {
        code: 'missing-file',
        message: 'ce fichier manque',
        remedy: 'Reprenez ce fichier dans une copie du projet : sans lui, rien ne démarre.',
      }),
    );
    return null;
  };

  const fiches = new Map<string, ReturnType<typeof shapeFiche>>();
  const intents = new Map<string, ReturnType<typeof shapeIntent>>();
  const shapeFiche = (text: SourceText) => shape(text, ficheShape, keys.fiche);
  const shapeIntent = (text: SourceText) => shape(text, intentShape, keys.intent);
  for (const text of texts) {
    if ([lexiconFile, outOfScopeFile, messagesFile].includes(text.file)) continue;
    const id = text.file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
    if (text.file.startsWith('intents/')) intents.set(id, shapeIntent(text));
    else fiches.set(id, shapeFiche(text));
  }
  const files = {
    fiches,
    intents,
    lexicon: shapeNeeded(lexiconFile, lexiconShape, keys.lexicon),
    outOfScope: shapeNeeded(outOfScopeFile, outOfScopeShape, keys.outOfScope),
    messages: shapeNeeded(messagesFile, messagesShape, keys.messages),
  };
  return { files, problems };
}
