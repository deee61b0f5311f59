import type { Lexicon } from '../knowledge/content.ts';
import type { ExampleIndex } from './classifiers/index-examples.ts';
import type { Outputs } from './classifiers/lay-outputs.ts';
import type { LinearModel } from './classifiers/linear-scorer.ts';
import type { WordCounts } from './classifiers/score-words.ts';
import type { VectorSpace } from './features/vector-space.ts';
import type { Thresholds } from './ranking/decide.ts';
import type { Vocabulary } from './reading/vocabulary.ts';

/** All that training leaves behind, as plain data: a worker trains and hands it over, `createMatcher` makes it work. */
export interface Model {
  /** Training questions, in the order of `examples.rows`; their intent is null for the class of what is out of scope. */
  readonly questions: readonly { readonly text: string; readonly intent: string | null }[];
  /** Ids by class; a class beyond them is that of what is out of scope. */
  readonly intents: readonly string[];
  readonly lexicon: Lexicon;
  readonly vocabulary: Vocabulary;
  readonly space: VectorSpace;
  readonly outputs: Outputs;
  readonly svm: LinearModel;
  readonly examples: ExampleIndex;
  /** Sentences of the fiches. */
  readonly sentences: ExampleIndex;
  readonly words: WordCounts;
  /** Weight of each kind of evidence. */
  readonly ranker: Float64Array;
  readonly thresholds: Thresholds;
}
