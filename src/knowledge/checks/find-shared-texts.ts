import { foldText } from '../../text/fold-text.ts';
import type { YamlPath } from '../reading/yaml-file.ts';

/** A text with the name of what it stands for, and its place. */
export interface OwnedText {
  readonly owner: string;
  readonly path: YamlPath;
  readonly text: string;
}

/** Texts that stand, but for case, accents and signs, under another owner before: that owner with each. */
export function findSharedTexts<T extends OwnedText>(
  texts: readonly T[],
): { readonly shared: T; readonly first: T }[] {
  const known = new Map<string, T>();
  return texts.flatMap((shared) => {
    // Nothing but signs, 👍 or « ? », folds to nothing: such a text is compared as it is.
    const folded = foldText(shared.text) || shared.text.trim();
    const first = known.get(folded);
    if (first === undefined) known.set(folded, shared);
    return first === undefined || first.owner === shared.owner ? [] : [{ shared, first }];
  });
}
