import { foldedWords } from '../../text/fold-text.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { questionsOfIntent } from '../reading/questions-of-intent.ts';
import type { YamlFile, YamlPath } from '../reading/yaml-file.ts';

export interface WrittenQuestion {
  /** The intent, or `hors-sujet`. */
  readonly owner: string;
  readonly file: YamlFile;
  readonly path: YamlPath;
  readonly text: string;
  /** Two questions that fold to the same text are the same question. */
  readonly folded: string;
}

/** Of a file read once: thousands of questions are folded, and whoever edits one fiche has them all checked at each key. */
const known = new WeakMap<object, readonly WrittenQuestion[]>();

/** Every question of intents/, those out of scope last, with its place. */
export function listQuestions({ intents, outOfScope }: ContentFiles): WrittenQuestion[] {
  const inScope = [...intents].flatMap(([owner, shaped]) =>
    shaped
      ? listOnce(shaped, owner, () =>
          questionsOfIntent(shaped.value).map(({ text, path }) => place(owner, shaped.file, path, text)),
        )
      : [],
  );
  const beyond = outOfScope
    ? listOnce(outOfScope, 'hors-sujet', () =>
        outOfScope.value.themes.flatMap((theme, themeIndex) =>
          theme.questions.map((text, index) =>
            place('hors-sujet', outOfScope.file, ['themes', themeIndex, 'questions', index], text),
          ),
        ),
      )
    : [];
  return [...inScope, ...beyond];
}

function listOnce(
  shaped: object,
  owner: string,
  list: () => readonly WrittenQuestion[],
): readonly WrittenQuestion[] {
  const found = known.get(shaped);
  // A file that was renamed has another owner.
  if (found?.[0]?.owner === owner) return found;
  const listed = list();
  known.set(shaped, listed);
  return listed;
}

function place(owner: string, file: YamlFile, path: YamlPath, text: string): WrittenQuestion {
  return { owner, file, path, text, folded: foldedWords(text).join(' ') };
}
