import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRecoveryKey } from '../../src/encryption/recovery-key.ts';
import { createRandom } from '../crash/random.ts';
import type { MatrixEvent } from '../e2e/homeserver/matrix-client.ts';
import type { Synapse } from '../e2e/homeserver/start-synapse.ts';
import { hasWork } from '../faults/has-work.ts';
import { type Asked, type Finding, judge } from '../faults/judge.ts';
import { answeredBy, createTicketPlay } from '../faults/play-ticket.ts';
import type { ServerEvent } from '../faults/small-homeserver.ts';
import { createSynapsePerson, type SynapsePerson } from '../faults/synapse-person.ts';
import { mountSmallDisk } from '../store/small-disk.ts';
import { runInstance } from './run-instance.ts';
import type { Postgres } from './start-postgres.ts';
import { startTcpProxy } from './start-tcp-proxy.ts';
import { type Member, strikeLeader, type Way } from './strike-leader.ts';

export interface TakeOver {
  readonly way: Way;
  /** Milliseconds from the blow to the answer to a question asked just after it. */
  readonly silence: number;
  /** Another machine leads than before. */
  readonly changed: boolean;
}

export interface RoundOutcome {
  readonly takeOvers: readonly TakeOver[];
  readonly findings: readonly Finding[];
  readonly asked: number;
  /** Where the logs of the instances are; null: the round was good, and they are gone. */
  readonly logs: string | null;
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
const questions = [
  'mon vpn marche pas sur mon noemi',
  "j'ai perdu ma carte agent",
  'comment chiffrer une clé usb ?',
  'comment lancer une visio comu ?',
  "quel est le numéro du centre d'appel ?",
] as const;
const longestAnswer = 60_000;

/**
 * One installation from nothing: some machines, people in clear and encrypted rooms who write all along, a ticket; one blow
 * after the other; then quiet, and the count.
 */
export async function playTakeOvers(options: {
  readonly synapse: Synapse;
  readonly postgres: Postgres;
  /** Of accounts and of the database; unlike any other of this run. */
  readonly name: string;
  readonly seed: number;
  readonly blows: readonly Way[];
  readonly machines: number;
  readonly keepLogs?: boolean;
  readonly write?: ((line: string) => void) | undefined;
}): Promise<RoundOutcome> {
  const { synapse, postgres, name, write = () => undefined } = options;
  const random = createRandom(options.seed);
  const folder = mkdtempSync(join(tmpdir(), 'relais-'));
  const account = await synapse.createUser(`assistant-${name}`, { displayName: 'Assistant télétravail' });
  const botUserId = account.userId;
  const database = new URL(postgres.createDatabase(`base_${name.replaceAll('-', '_')}`));
  const encryptedRooms = new Set<string>();

  async function open(person: SynapsePerson, encrypted: boolean, more: object): Promise<string> {
    if (encrypted) await person.openDevice();
    const algorithm = {
      algorithm: 'm.megolm.v1.aes-sha2',
      rotation_period_msgs: 3,
      rotation_period_ms: 604_800_000,
    };
    const room = await person.client.createRoom({
      preset: 'private_chat',
      invite: [botUserId],
      initial_state: encrypted ? [{ type: 'm.room.encryption', state_key: '', content: algorithm }] : [],
      ...more,
    });
    if (encrypted) encryptedRooms.add(room);
    return room;
  }
  const newPerson = (who: string): Promise<SynapsePerson> =>
    createSynapsePerson(synapse, `${who}-${name}`, botUserId);
  const direct = { preset: 'trusted_private_chat', is_direct: true };

  const asked: (Asked & { readonly person: SynapsePerson; readonly questions: ServerEvent[] })[] = [];
  for (const [index, encrypted] of [false, true, true].entries()) {
    const person = await newPerson(`agent${index}`);
    asked.push({ person, room: await open(person, encrypted, direct), place: 'direct', questions: [] });
  }
  const inSalon = await newPerson('salon');
  asked.push({
    person: inSalon,
    room: await open(inSalon, true, { name: 'Entraide' }),
    place: 'salon',
    questions: [],
  });
  const prober = await newPerson('sonde');
  const probes = {
    person: prober,
    room: await open(prober, false, direct),
    place: 'direct' as const,
    questions: [] as ServerEvent[],
  };
  const colleague = await newPerson('collegue');
  const bystanders = await open(colleague, false, { name: 'Bureau 214' });
  const agent = await newPerson('ana');
  const operator = await newPerson('alice');
  const ticketRoom = await open(agent, true, direct);
  const salon = await open(operator, true, { name: 'Conseillers' });
  const play = createTicketPlay({
    agent,
    operator,
    direct: ticketRoom,
    salon,
    exchanges: Math.ceil(options.blows.length / 2),
  });

  const supportFile = join(folder, 'support.yaml');
  writeFileSync(supportFile, 'delais: { prise-en-charge: 10000, sans-nouvelles: 10000, cloture: 10000 }\n');
  const recoveryKey = makeRecoveryKey();
  const members: Member[] = [];
  for (let index = 0; index < options.machines; index += 1) {
    const [toPostgres, toHomeserver] = [
      await startTcpProxy(postgres.port),
      await startTcpProxy(Number(new URL(synapse.url).port)),
    ];
    const url = new URL(database);
    url.port = String(toPostgres.port);
    const disk = mountSmallDisk(96);
    members.push({
      disk,
      postgres: toPostgres,
      homeserver: toHomeserver,
      instance: await runInstance({
        name: `machine ${index + 1}`,
        dataFolder: disk.mounted ? join(disk.path, 'donnees') : join(folder, `machine-${index + 1}`),
        logPath: join(folder, `machine-${index + 1}.log`),
        // Now and then the same machine is back at once; mostly it comes when the other has begun, as from a cold start.
        restartPause: () => (random() < 0.2 ? 300 : 3_000) + random() * 1_500,
        settings: {
          HOMESERVER_URL: `http://127.0.0.1:${toHomeserver.port}`,
          ACCESS_TOKEN: account.accessToken,
          STORE_KEY: 'une clé de test, longue et au hasard : 8f3b0c',
          RECOVERY_KEY: recoveryKey,
          STANDBY_URL: url.href,
          SUPPORT_ROOM: salon,
          SUPPORT_FILE: supportFile,
          SEND_RATE: '1000',
          FLOOD_PER_PERSON: '0',
          IDLE_MINUTES: '1440',
        },
      }),
    });
  }
  const findings: Finding[] = [];
  const takeOvers: TakeOver[] = [];
  let lastLeader = members[0];
  let over = false;
  try {
    for (const { person, room } of [...asked, probes])
      await person.client.waitForMember(room, botUserId, 60_000);
    await agent.client.waitForMember(ticketRoom, botUserId, 60_000);
    await operator.client.waitForMember(salon, botUserId, 60_000);
    await colleague.say(bystanders, 'on déjeune ?');
    const talking = asked.map(talk);
    const relayed = (async () => {
      while (await play.next()) await wait(300);
    })();
    relayed.catch(() => undefined);
    for (const way of options.blows) {
      await untilReady();
      await wait(random() * 1_500);
      takeOvers.push(await strike(way));
    }
    over = true;
    await Promise.all(talking);
    await Promise.race([relayed, wait(60_000)]);
    await rest();
  } catch (error) {
    findings.push({ kind: 'stalled', says: error instanceof Error ? error.message : String(error) });
  } finally {
    over = true;
    for (const { postgres: toPostgres, homeserver } of members) {
      toPostgres.mend();
      homeserver.mend();
    }
    lastLeader = (await findLeader()) ?? lastLeader;
    const first = lastLeader;
    // The others first: otherwise the last words of the leader would be another one's beginning.
    for (const member of members) if (member !== first) await member.instance.retire('SIGKILL');
    await first?.instance.retire();
    for (const { postgres: toPostgres, homeserver } of members) {
      await toPostgres.close();
      await homeserver.close();
    }
  }

  async function talk(one: (typeof asked)[number]): Promise<void> {
    while (!over) {
      await wait(800 + random() * 2_200);
      if (over) return;
      const text = questions[Math.floor(random() * questions.length)] ?? 'bonjour';
      const called = one.place === 'direct' ? {} : { 'm.mentions': { user_ids: [botUserId] } };
      one.questions.push(
        await one.person.say(
          one.room,
          one.place === 'direct' ? text : `Assistant télétravail : ${text}`,
          called,
        ),
      );
    }
  }

  async function findLeader(): Promise<Member | undefined> {
    const leading = await Promise.all(members.map(({ instance }) => instance.leads()));
    return members[leading.indexOf(true)];
  }

  async function untilSomebodyLeads(): Promise<Member> {
    for (const limit = Date.now() + longestAnswer; Date.now() < limit; await wait(100)) {
      const leader = await findLeader();
      if (leader !== undefined) return leader;
    }
    throw new Error('nobody leads for a minute');
  }

  /** One works, and all the others could take over. */
  async function untilReady(): Promise<void> {
    for (const limit = Date.now() + longestAnswer; Date.now() < limit; await wait(100)) {
      const ready = await Promise.all(members.map(({ instance }) => instance.isReady()));
      if (ready.every(Boolean) && (await findLeader()) !== undefined) {
        // A leader learns of its followers once a second.
        await wait(1_200);
        return;
      }
    }
    throw new Error('the machines are not all ready after a minute');
  }

  async function ask(): Promise<void> {
    const text = questions[probes.questions.length % questions.length] ?? 'bonjour';
    const question = await prober.say(probes.room, text);
    probes.questions.push(question);
    const path = `/rooms/${encodeURIComponent(probes.room)}/messages?dir=b&limit=8`;
    for (const limit = Date.now() + longestAnswer; Date.now() < limit; await wait(50)) {
      const page = await prober.client.call('GET', path);
      const events = page['chunk'] as MatrixEvent[];
      if (events.some((event) => event.sender === botUserId && answeredBy(event) === question.event_id))
        return;
    }
    throw new Error('no answer within a minute');
  }

  async function strike(way: Way): Promise<TakeOver> {
    const leader = await untilSomebodyLeads();
    const start = Date.now();
    const mend = strikeLeader(way, leader, { members, postgres, random });
    await ask();
    const silence = Date.now() - start;
    await mend();
    await wait(300);
    const next = await findLeader();
    write(
      `  ${new Date(start).toISOString().slice(14, 23)} ${way} : ${silence} ms${next === leader ? ' (la même machine)' : ''}`,
    );
    return { way, silence, changed: next !== leader };
  }

  async function rest(): Promise<void> {
    const countSaid = async (): Promise<number> => {
      let count = 0;
      for (const { person, room } of asked) count += (await person.read(room)).length;
      return count;
    };
    let last = -1;
    let since = Date.now();
    for (const limit = Date.now() + 90_000; Date.now() < limit; await wait(500)) {
      const now = await countSaid();
      if (now !== last) since = Date.now();
      last = now;
      const leader = await findLeader();
      if (Date.now() - since > 4_000 && leader !== undefined && !hasWork(leader.instance.dataFolder)) return;
    }
  }

  const readers = new Map<string, SynapsePerson>([
    ...[...asked, probes].map(({ person, room }): [string, SynapsePerson] => [room, person]),
    [bystanders, colleague],
    [ticketRoom, agent],
    [salon, operator],
  ]);
  // A round that was broken off says so: what it left half done is nobody's fault.
  if (findings.length === 0) {
    findings.push(
      ...(await judge({
        rooms: {
          all: [...readers.keys()],
          isEncrypted: (room) => encryptedRooms.has(room),
          saidIn: async (room) => ((await readers.get(room)?.read(room)) ?? []).map(({ event }) => event),
        },
        asked: [...asked, probes],
        ticket: { record: play.record, agent, operator },
        bystanders,
        excused: new Set(),
        keysLate: false,
        storePath: join(lastLeader?.instance.dataFolder ?? folder, 'assistant.db'),
      })),
    );
  }
  for (const { instance } of members) {
    const strange = instance.ends.filter(
      (end) =>
        !['SIGKILL', 'SIGTERM', '0', '6', ...(options.blows.includes('disk') ? ['5', '1'] : [])].includes(
          end,
        ),
    );
    for (const end of strange) findings.push({ kind: 'crash', says: `${instance.name} ended with ${end}` });
  }
  for (const { disk } of members) disk.remove();
  const kept = findings.length > 0 || options.keepLogs === true;
  if (!kept) rmSync(folder, { recursive: true, force: true });
  return {
    takeOvers,
    findings,
    asked: [...asked, probes].reduce((sum, one) => sum + one.questions.length, 0),
    logs: kept ? folder : null,
  };
}
