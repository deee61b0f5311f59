import type { z } from 'zod';
import type { actsShape, contextsShape, diagnosticsShape, profileShape } from './dialogue-shapes.ts';
import type { FicheFile, intentShape, lexiconShape, messagesShape, outOfScopeShape } from './file-shapes.ts';
import type { YamlFile } from './yaml-file.ts';

/** A file that parsed and has the right shape; the places of its values can still be found. */
export interface Shaped<T> {
  readonly file: YamlFile;
  readonly value: T;
}

/** The files by role; null for one that is missing or misshapen (its problems are already known). */
export interface ContentFiles {
  readonly fiches: ReadonlyMap<string, Shaped<FicheFile> | null>;
  readonly intents: ReadonlyMap<string, Shaped<z.output<typeof intentShape>> | null>;
  readonly lexicon: Shaped<z.output<typeof lexiconShape>> | null;
  readonly outOfScope: Shaped<z.output<typeof outOfScopeShape>> | null;
  readonly messages: Shaped<z.output<typeof messagesShape>> | null;
  /** What the conversation learns from; a ministry that starts has none of them. */
  readonly profile: Shaped<z.output<typeof profileShape>> | null;
  readonly acts: Shaped<z.output<typeof actsShape>> | null;
  readonly diagnostics: Shaped<z.output<typeof diagnosticsShape>> | null;
  readonly contexts: Shaped<z.output<typeof contextsShape>> | null;
}
