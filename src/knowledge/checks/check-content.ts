import type { Problem } from '../problem.ts';
import type { ContentFiles } from '../reading/content-files.ts';
import { checkDialogue } from './check-dialogue.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkPairs } from './check-pairs.ts';
import { checkProfile } from './check-profile.ts';
import { checkReferences } from './check-references.ts';
import { checkSentences } from './check-sentences.ts';
import { checkSlots } from './check-slots.ts';

/** What no single file can tell: errors, any of which stops the start. */
export function checkContent(files: ContentFiles): Problem[] {
  return [
    ...checkPairs(files),
    ...checkReferences(files),
    ...checkSlots(files),
    ...checkProfile(files),
    ...checkDialogue(files),
    ...checkSentences(files),
    ...checkDuplicates(files),
  ];
}
