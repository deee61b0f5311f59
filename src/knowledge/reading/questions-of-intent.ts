import type { z } from 'zod';
import type { intentShape } from './file-shapes.ts';
import type { YamlPath } from './yaml-file.ts';

export interface IntentQuestion {
  readonly text: string;
  /** Null: of the house. */
  readonly writer: string | null;
  readonly path: YamlPath;
}

/** The questions of a file of intents/, the house's first, then writer after writer. */
export function questionsOfIntent({ questions, voix }: z.output<typeof intentShape>): IntentQuestion[] {
  return [
    ...questions.map((text, index) => ({ text, writer: null, path: ['questions', index] })),
    ...Object.entries(voix).flatMap(([writer, texts]) =>
      texts.map((text, index) => ({ text, writer, path: ['voix', writer, index] })),
    ),
  ];
}
