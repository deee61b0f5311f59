import { DatabaseSync } from 'node:sqlite';
import { bodyOf, type Person, type Seen } from './people.ts';
import { answeredBy, type TicketRecord } from './play-ticket.ts';
import type { ServerEvent } from './small-homeserver.ts';

/** One promise that was not kept, and where. */
export interface Finding {
  readonly kind:
    | 'lost'
    | 'doubled'
    | 'out of order'
    | 'unreadable'
    | 'in clear'
    | 'strange room'
    | 'set aside'
    | 'given up'
    | 'not sent'
    | 'crash'
    | 'slow end'
    | 'stalled'
    | 'damaged file';
  readonly says: string;
}

/** Somebody's questions, in the order in which the homeserver had them. */
export interface Asked {
  readonly person: Person;
  readonly room: string;
  readonly place: 'direct' | 'salon';
  readonly questions: readonly ServerEvent[];
}

/** The rooms of the plan, as the homeserver has them. */
export interface Rooms {
  readonly all: readonly string[];
  isEncrypted(room: string): boolean;
  /** Events of the bot that are no state. */
  saidIn(room: string): Promise<readonly ServerEvent[]>;
}

export interface Scene {
  readonly rooms: Rooms;
  readonly asked: readonly Asked[];
  readonly ticket: {
    readonly record: TicketRecord;
    readonly agent: Person;
    readonly operator: Person;
  } | null;
  /** A room that the bot is in, and where nobody calls it. */
  readonly bystanders: string;
  /** Rooms where the plan had a message refused for good: what is missing there is no fault of the bot. */
  readonly excused: ReadonlySet<string>;
  /** The keys came late in this plan: people may rightly have been told that a message was unreadable. */
  readonly keysLate: boolean;
  /** The store's file, closed. */
  readonly storePath: string;
}

/** What is not as it should be, once all faults are over and everything is at rest. */
export async function judge(scene: Scene): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const asked of scene.asked) findings.push(...(await judgeTalk(asked, scene)));
  if (scene.ticket !== null) findings.push(...(await judgeTicket(scene.ticket, scene)));
  return [...findings, ...(await judgeRooms(scene)), ...(await judgeStore(scene))];
}

async function judgeTalk({ person, room, place, questions }: Asked, scene: Scene): Promise<Finding[]> {
  const findings: Finding[] = [];
  const seen = await person.read(room);
  const answers = seen
    .map(({ event }) => answeredBy(event))
    .filter((id) => id !== null && questions.some(({ event_id }) => event_id === id));
  for (const [index, { event_id }] of questions.entries()) {
    const count = answers.filter((id) => id === event_id).length;
    const where = `question ${index + 1} of ${person.userId} in ${room}`;
    if (count === 0 && !scene.excused.has(room)) findings.push({ kind: 'lost', says: where });
    if (count > 1 && !(scene.keysLate && saysUnreadable(seen, event_id)))
      findings.push({ kind: 'doubled', says: `${where}: ${count} answers` });
  }
  // In a salon each question opens a thread, hence a conversation, of its own: there is no order to keep.
  if (place === 'direct' && !scene.keysLate) {
    const places = answers.map((id) => questions.findIndex(({ event_id }) => event_id === id));
    if (places.some((one, index) => index > 0 && one < (places[index - 1] ?? 0)))
      findings.push({
        kind: 'out of order',
        says: `${room}: answers to questions ${places.map((one) => one + 1)}`,
      });
  }
  return [...findings, ...judgeSecrecy(seen, room, scene)];
}

function saysUnreadable(seen: readonly Seen[], question: string): boolean {
  return seen.some(
    (one) => answeredBy(one.event) === question && /arrive pas à déchiffrer/.test(bodyOf(one)),
  );
}

function judgeSecrecy(seen: readonly Seen[], room: string, { rooms }: Scene): Finding[] {
  if (!rooms.isEncrypted(room)) return [];
  const unreadable = seen.filter(({ content }) => content === null);
  const clear = seen.filter(({ event }) => event.type === 'm.room.message');
  return [
    ...unreadable.map(
      ({ event, reason }): Finding => ({
        kind: 'unreadable',
        says: `${event.event_id} in ${room}: ${reason}`,
      }),
    ),
    ...clear.map(({ event }): Finding => ({ kind: 'in clear', says: `${event.event_id} in ${room}` })),
  ];
}

async function judgeTicket(
  { record, agent, operator }: NonNullable<Scene['ticket']>,
  scene: Scene,
): Promise<Finding[]> {
  const { direct, salon } = record;
  const inDirect = await agent.read(direct);
  const inSalon = await operator.read(salon);
  const excused = scene.excused.has(direct) || scene.excused.has(salon);
  const findings: Finding[] = [];
  if (record.step !== 'over' && !excused)
    findings.push({ kind: 'lost', says: `the ticket stops at: ${record.step}` });
  const compare = (expected: readonly string[], seen: readonly Seen[], prefix: string): void => {
    const got = seen
      .map(bodyOf)
      .filter((body) => body.startsWith(prefix) && expected.some((text) => body === `${prefix}${text}`))
      .map((body) => body.slice(prefix.length));
    for (const text of expected) {
      const count = got.filter((one) => one === text).length;
      if (count === 0 && !excused) findings.push({ kind: 'lost', says: `relay of « ${text} »` });
      if (count > 1) findings.push({ kind: 'doubled', says: `relay of « ${text} »: ${count} times` });
    }
    const order = got.map((text) => expected.indexOf(text));
    if (order.some((one, index) => index > 0 && one < (order[index - 1] ?? 0)))
      findings.push({ kind: 'out of order', says: `relays ${got.join(' ')}` });
  };
  compare(record.fromOperator, inDirect, 'Conseiller : ');
  compare(record.fromAgent, inSalon, 'Agent : ');
  findings.push(...judgeProposal(record, inDirect, excused), ...judgeKept(record, inDirect, inSalon));
  findings.push(...judgeSecrecy(inDirect, direct, scene), ...judgeSecrecy(inSalon, salon, scene));
  return findings;
}

/** One reaction, one message. */
function judgeProposal({ proposal }: TicketRecord, seen: readonly Seen[], excused: boolean): Finding[] {
  if (proposal === null) return [];
  const says = `proposal of « ${proposal} »`;
  const count = seen.filter((one) => {
    const body = bodyOf(one);
    return body.startsWith('Conseiller :') && body.includes(proposal);
  }).length;
  if (count > 1) return [{ kind: 'doubled', says: `${says}: ${count} times` }];
  return count === 0 && !excused ? [{ kind: 'lost', says }] : [];
}

/** Neither side reads what was not meant for it; of its own words it has the original. */
function judgeKept({ kept }: TicketRecord, inDirect: readonly Seen[], inSalon: readonly Seen[]): Finding[] {
  const copied = [...inDirect, ...inSalon]
    .map(bodyOf)
    .filter((body) => /^(?:Agent|Conseiller) :/.test(body))
    .filter((body) => kept.some((text) => body.includes(text)));
  return copied.map((body): Finding => ({ kind: 'strange room', says: `passed on: ${body.slice(0, 60)}` }));
}

/** The bot speaks where it was asked, and nowhere else. */
async function judgeRooms({ rooms, asked, ticket, bystanders }: Scene): Promise<Finding[]> {
  const findings: Finding[] = [];
  const own = new Set([...asked.map(({ room }) => room), ticket?.record.direct, ticket?.record.salon]);
  for (const room of rooms.all) {
    const said = await rooms.saidIn(room);
    // On its arrival in a room the bot greets whoever invited it.
    const allowed = own.has(room) ? Number.POSITIVE_INFINITY : room === bystanders ? 1 : 0;
    if (said.length > allowed)
      findings.push({ kind: 'strange room', says: `${said.length} events of the bot in ${room}` });
  }
  return findings;
}

/** The store and the rooms tell the same story: each message once, none left, none given up. */
async function judgeStore({ rooms, storePath, excused, keysLate }: Scene): Promise<Finding[]> {
  const db = new DatabaseSync(storePath);
  const findings: Finding[] = [];
  const all = (sql: string): Record<string, unknown>[] => db.prepare(sql).all() as Record<string, unknown>[];
  try {
    const intact = all('PRAGMA integrity_check')[0]?.['integrity_check'];
    if (intact !== 'ok') findings.push({ kind: 'damaged file', says: String(intact) });
    const outgoing = all('SELECT id, kind, status, reason, event_id, address, room FROM outgoing');
    for (const row of outgoing) {
      const room = String(row['room'] ?? row['address']);
      const says = `${row['kind']} ${row['id']} to ${room}: ${row['reason'] ?? 'no reason'}`;
      if (row['status'] === 'waiting') findings.push({ kind: 'not sent', says });
      if ((row['status'] === 'failed' || row['status'] === 'cancelled') && !excused.has(room))
        findings.push({ kind: 'given up', says });
    }
    const known = new Set(outgoing.map((row) => row['event_id']));
    for (const room of rooms.all) {
      for (const { event_id, type } of await rooms.saidIn(room)) {
        // A second event of one message is in the room, and unknown to the store.
        if (!known.has(event_id)) findings.push({ kind: 'doubled', says: `${type} ${event_id} in ${room}` });
      }
    }
    for (const row of all(
      `SELECT event_id, room, status, reason FROM journal WHERE status NOT IN ('done', 'ignored')`,
    )) {
      const says = `${row['event_id']} in ${row['room']}: ${row['reason'] ?? 'no reason'}`;
      if (row['status'] === 'failed') findings.push({ kind: 'set aside', says });
      else if (row['status'] === 'waiting') findings.push({ kind: 'stalled', says });
      else if (!keysLate) findings.push({ kind: 'unreadable', says: `for the bot: ${says}` });
    }
  } finally {
    db.close();
  }
  return findings;
}
