import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LabelledQuestion } from './labelled-question.ts';

const lineShape = z.strictObject({ text: z.string(), label: z.string().nullable() });
const fileShape = z.strictObject({
  questions: z.array(
    z.strictObject({
      texte: z.string(),
      fiche: z.string().nullable(),
      aussi: z.array(z.string()).default([]),
      style: z.string(),
    }),
  ),
});

/** One `{"text","label"}` a line. @throws Error that names the file and the line. */
export async function readJsonLines(file: string): Promise<LabelledQuestion[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    try {
      return [{ ...lineShape.parse(JSON.parse(line)), also: [], style: '' }];
    } catch (cause) {
      throw new Error(`${file}, ligne ${i + 1} : il faut {"text": "…", "label": "…" ou null}.`, { cause });
    }
  });
}

/** The set kept apart, test/questions.yaml. @throws Error that names the file. */
export async function readQuestionsFile(file: string): Promise<LabelledQuestion[]> {
  const text = await readFile(file, 'utf8');
  try {
    return fileShape
      .parse(parse(text))
      .questions.map(({ texte, fiche, aussi, style }) => ({ text: texte, label: fiche, also: aussi, style }));
  } catch (cause) {
    throw new Error(`${file} : ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
