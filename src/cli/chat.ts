import { resolve } from 'node:path';
import { z } from 'zod';
import { loadBrain } from '../brain/load-brain.ts';
import { ContentError } from '../knowledge/load-content.ts';
import { answerJsonLines } from '../local/answer-json-lines.ts';
import { listReplies } from '../local/list-replies.ts';
import { createLocalWorld, type LocalGesture } from '../local/local-world.ts';
import { startTerminal } from '../local/terminal.ts';
import { type Address, isUserId, personOf, type RoomId, startsWith, type UserId } from '../messages/ids.ts';
import {
  loadSupportSettings,
  type SupportSettings,
  SupportSettingsError,
} from '../tickets/load-support-settings.ts';
import { readOptions } from './read-options.ts';

const help = `Une conversation avec l’assistant, sans Tchap.

  npm run --silent chat             dans le terminal
  npm run --silent chat -- --jsonl  lit des lignes sur l’entrée standard, toutes dans le même monde :
                                      {"from","room","kind":"dm"|"salon","mentioned":true|false,"text"}
                                    au lieu de "text" : {"reaction":"👍"}, {"edit":"nouveau texte"}, {"delete":true},
                                    {"media":"image"} ; ils portent sur le dernier échange de cette personne ici.
                                    Le salon "support" est celui des conseillers : qui y écrit en est un. Ce qu’il
                                    écrit, ou une réaction, va à la demande "ticket":1, sinon à la seule qu’il ait prise.
                                    --sans-conseillers : personne à qui passer la main.
                                    "at" (date ISO ou millisecondes) fixe l’heure, pour jouer une longue pause.
                                    écrit une ligne pour chacune :
                                      {"replies":[{"to":"room"|"support","text","html"}],"outcome","fiche"}

Code de sortie : 0, ou 1 quand les fiches sont fausses, 2 quand la commande est mal écrite.`;

const lineShape = z.object({
  from: z.string().min(1),
  room: z.string().min(1),
  kind: z.enum(['dm', 'salon']).default('dm'),
  mentioned: z.boolean().default(false),
  ticket: z.int().min(1).optional(),
  text: z.string().optional(),
  reaction: z.string().optional(),
  edit: z.string().optional(),
  delete: z.literal(true).optional(),
  media: z.enum(['image', 'file', 'audio', 'video', 'other']).optional(),
  arrival: z.literal(true).optional(),
  at: z
    .union([z.number(), z.iso.datetime({ offset: true }).transform((date) => Date.parse(date))])
    .optional(),
});

const supportRoom = toRoomId('support');

const { values } = readOptions(help, {
  jsonl: { type: 'boolean' },
  'sans-conseillers': { type: 'boolean' },
});
const brain = await loadBrain().catch((error: unknown) => {
  if (error instanceof ContentError) fail(error.message);
  throw error;
});

if (values.jsonl) {
  let setTime: number | null = null;
  const support = values['sans-conseillers']
    ? {}
    : { support: { ...(await readSupportSettings()), room: supportRoom } };
  const world = createLocalWorld({
    brain: () => brain,
    clock: () => setTime ?? Date.now(),
    ...support,
  });
  await answerJsonLines(async (line) => {
    const { at, gesture } = readGesture(line);
    setTime = at ?? setTime;
    const handled = await world.handle(gesture);
    if (!handled) return { replies: [], outcome: 'silence', fiche: null };
    const { replies, deleted } = listReplies(handled, ({ address }) => address === supportRoom);
    return {
      replies: replies.map(({ edit, room, ...reply }) => ({
        ...reply,
        ...(edit ? { edit } : {}),
        // An operator's words go to another room than the one where they were written.
        ...(room === gesture.room || room === supportRoom ? {} : { room: nameOf(room) }),
      })),
      ...(deleted > 0 ? { deleted } : {}),
      outcome: handled.turn?.outcome ?? 'silence',
      fiche: handled.turn?.fiche ?? null,
    };
  });
} else {
  await startTerminal(() => brain);
}

async function readSupportSettings(): Promise<SupportSettings> {
  try {
    return await loadSupportSettings(resolve(process.env['SUPPORT_FILE'] ?? 'conseillers.yaml'));
  } catch (error) {
    if (error instanceof SupportSettingsError) return fail(error.message);
    throw error;
  }
}

function readGesture(line: unknown): { at: number | undefined; gesture: LocalGesture } {
  const parsed = lineShape.safeParse(line);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => issue.path.join('.') || 'la ligne').join(', ');
    throw new Error(`Ligne mal formée, voyez : ${wrong}. La forme est dite par npm run chat -- --help.`);
  }
  const { from, room, kind, mentioned, at, ticket, ...rest } = parsed.data;
  const inThread = ticket === undefined ? {} : { ticket };
  return {
    at,
    gesture: { from: toUserId(from), room: toRoomId(room), kind, mentioned, ...inThread, act: readAct(rest) },
  };
}

/** People and rooms have any name here; further in, their ids have the form of Matrix's. */
function toRoomId(name: string): RoomId {
  return `!${name}`;
}

function toUserId(name: string): UserId {
  return isUserId(name) ? name : `@${name}`;
}

/** The name by which the lines know a room; of a person, behind `dm:`. */
function nameOf(address: Address): string {
  if (startsWith(address, '!')) return address.slice(1);
  const person = personOf(address);
  return `dm:${person.includes(':') ? person : person.slice(1)}`;
}

function readAct(
  line: Pick<z.output<typeof lineShape>, 'text' | 'reaction' | 'edit' | 'delete' | 'media' | 'arrival'>,
): LocalGesture['act'] {
  if (line.reaction !== undefined) return { type: 'reaction', key: line.reaction };
  if (line.edit !== undefined) return { type: 'edit', text: line.edit };
  if (line.delete) return { type: 'deletion' };
  if (line.media !== undefined) return { type: 'media', media: line.media };
  if (line.arrival) return { type: 'arrival' };
  if (line.text !== undefined) return { type: 'text', text: line.text };
  throw new Error('Il manque "text", "reaction", "edit", "delete" ou "media".');
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
