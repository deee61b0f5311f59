import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { LabelledQuestion } from './labelled-question.ts';

const lineShape = z.strictObject({ text: z.string(), label: z.string().nullable() });

/** One `{"text","label"}` a line. @throws Error that names the file and the line. */
export async function readJsonLines(file: string): Promise<LabelledQuestion[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [{ ...lineShape.parse(JSON.parse(line)), also: [], style: '', near: false }];
    } catch (cause) {
      throw new Error(`${file}, ligne ${i + 1} : il faut {"text": "…", "label": "…" ou null}.`, { cause });
    }
  });
}
