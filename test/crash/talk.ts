import type { MatrixClient, MatrixEvent } from '../e2e/homeserver/matrix-client.ts';

/** One person who writes to the bot, and all they wrote, in order. */
export interface Talker {
  readonly client: MatrixClient;
  readonly room: string;
  readonly salon: boolean;
  readonly asked: string[];
}

const questions = [
  'mon vpn marche pas sur mon noemi',
  'comment me connecter au wifi avec mon noemi ?',
  "j'ai perdu ma carte agent",
  'comment chiffrer une clé usb ?',
  "c'est quoi tchap ?",
  'je veux accéder à nomade 2 depuis chez moi',
  'comment lancer une visio comu ?',
  "quel est le numéro du centre d'appel ?",
  'mon imprimante ne marche plus',
  'bonjour',
];

/** Writes a question every so often until told to stop; tries again, under the same transaction id, when it fails. */
export async function talk(
  talker: Talker,
  botUserId: string,
  random: () => number,
  isOver: () => boolean,
  longestPause: number,
): Promise<void> {
  const { client, room, salon, asked } = talker;
  while (!isOver()) {
    await new Promise((resolve) => setTimeout(resolve, random() * longestPause));
    if (isOver()) return;
    const text = questions[Math.floor(random() * questions.length)] ?? 'bonjour';
    const content = {
      msgtype: 'm.text',
      body: salon ? `Assistant télétravail: ${text}` : text,
      ...(salon ? { 'm.mentions': { user_ids: [botUserId] } } : {}),
    };
    const transaction = `talk-${asked.length}-${Math.floor(random() * 1e9)}`;
    const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/${transaction}`;
    for (;;) {
      try {
        asked.push(String((await client.call('PUT', path, content))['event_id']));
        break;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }
}

export interface Verdict {
  asked: number;
  answered: number;
  lost: number;
  doubled: number;
  disordered: number;
}

/** Compares what was asked in a room with what is answered there. `from`: index of the first question of this phase. */
export async function judge(talkers: readonly Talker[], botUserId: string): Promise<Verdict> {
  const verdict: Verdict = { asked: 0, answered: 0, lost: 0, doubled: 0, disordered: 0 };
  for (const talker of talkers) {
    const timeline = await readAll(talker.client, talker.room);
    const answers = timeline
      .filter((event) => event.sender === botUserId && event.type === 'm.room.message')
      .map(answeredBy)
      .filter((id) => id !== null);
    const times = new Map<string, number>();
    for (const id of answers) times.set(id, (times.get(id) ?? 0) + 1);
    for (const id of talker.asked) {
      const count = times.get(id) ?? 0;
      verdict.asked += 1;
      if (count >= 1) verdict.answered += 1;
      if (count === 0) verdict.lost += 1;
      if (count > 1) verdict.doubled += 1;
    }
    // In a salon each question opens a thread, hence a conversation, of its own: there is no order to keep.
    if (talker.salon) continue;
    const places = answers.map((id) => talker.asked.indexOf(id)).filter((place) => place >= 0);
    for (const [index, place] of places.entries()) {
      if (index > 0 && place < (places[index - 1] ?? 0)) verdict.disordered += 1;
    }
  }
  return verdict;
}

/** The question that a message of the bot answers. */
function answeredBy(event: MatrixEvent): string | null {
  const relation = event.content['m.relates_to'] as
    | { rel_type?: string; 'm.in_reply_to'?: { event_id?: string } }
    | undefined;
  if (relation?.rel_type === 'm.replace') return null;
  return relation?.['m.in_reply_to']?.event_id ?? null;
}

/** The whole timeline of a room, oldest first. */
async function readAll(client: MatrixClient, room: string): Promise<MatrixEvent[]> {
  const events: MatrixEvent[] = [];
  let from = '';
  for (;;) {
    const path = `/rooms/${encodeURIComponent(room)}/messages?dir=b&limit=500${from}`;
    const page = await client.call('GET', path);
    events.push(...(page['chunk'] as MatrixEvent[]));
    if (typeof page['end'] !== 'string') return events.reverse();
    from = `&from=${encodeURIComponent(page['end'])}`;
  }
}
