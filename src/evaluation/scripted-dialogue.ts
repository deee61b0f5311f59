import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

/** What a reply may be, whatever its words; see judge-turn.ts. */
export const replyKinds = ['reponse', 'question', 'accueil', 'merci', 'humain', 'incompris'] as const;
export type ReplyKind = (typeof replyKinds)[number];

const pause = /^(?:(\d+) ?j(?:ours?)?)? ?(?:(\d+) ?h(?:eures?)?)? ?(?:(\d+) ?(?:min(?:utes?)?|mn)?)?$/;

const one = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const texts = one.default([]);

const turnShape = z
  .strictObject({
    agent: z.string().optional(),
    reaction: z.string().optional(),
    /** Time that passes before the message: « 50 min », « 3 h », « 1 j ». */
    apres: z.string().regex(pause, 'écrivez « 50 min », « 1 h 15 », « 3 h » ou « 2 j »').optional(),
    /** Each must be said; « a | b »: one of them is enough. */
    dit: texts,
    /** None may be said. */
    tait: texts,
    /** One of these fiches (or small intents) must be what the reply is about. */
    fiche: texts,
    /** The reply is of one of these kinds. */
    sorte: z
      .union([z.enum(replyKinds), z.array(z.enum(replyKinds))])
      .transform((value) => [value].flat())
      .default([]),
    /** Most characters of the reply. */
    longueur: z.number().int().positive().optional(),
  })
  .refine((turn) => (turn.agent === undefined) !== (turn.reaction === undefined), {
    message: 'donnez « agent » ou « reaction », l’un des deux',
  });

const fileShape = z.strictObject({
  dialogues: z.array(
    z.strictObject({
      nom: z.string(),
      cause: z.number().int().min(1).max(11),
      tours: z.array(turnShape).min(1),
    }),
  ),
});

export type ScriptedTurn = z.output<typeof turnShape>;
export interface ScriptedDialogue {
  readonly name: string;
  /** Cause of failure that it tries, 1 to 11; docs/measurements says which. */
  readonly cause: number;
  readonly turns: readonly ScriptedTurn[];
}

/** The scripted conversations of one file. @throws Error in French that names the file and the place. */
export async function readDialogues(file: string): Promise<ScriptedDialogue[]> {
  try {
    const { dialogues } = fileShape.parse(parse(await readFile(file, 'utf8')));
    return dialogues.map(({ nom, cause, tours }) => ({ name: nom, cause, turns: tours }));
  } catch (cause) {
    if (cause instanceof z.ZodError) {
      const lines = cause.issues.map(({ path, message }) => `  ${path.join('.')} : ${message}`);
      throw new Error(`${file} :\n${lines.join('\n')}`, { cause });
    }
    throw new Error(`${file} : ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Milliseconds of « 50 min », « 1 h 15 », « 3 h », « 2 j ». */
export function readPause(text: string): number {
  const [, days = '0', hours = '0', minutes = '0'] = pause.exec(text) ?? [];
  return (Number(days) * 24 * 60 + Number(hours) * 60 + Number(minutes)) * 60_000;
}
