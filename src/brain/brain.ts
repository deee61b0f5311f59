import type { Content } from '../knowledge/content.ts';
import type { Mind } from '../understanding/understanding.ts';

/** What the bot knows at the moment; replaced as a whole when the files of knowledge/ and intents/ change. */
export interface Brain {
  readonly content: Content;
  readonly mind: Mind;
}
