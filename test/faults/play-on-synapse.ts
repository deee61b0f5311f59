import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { projectRoot } from '../e2e/homeserver/python.ts';
import type { Synapse } from '../e2e/homeserver/start-synapse.ts';
import { hasWork } from './has-work.ts';
import { createInjector } from './injector.ts';
import { type Asked, type Finding, judge, type Scene } from './judge.ts';
import { isFinal, pointsOf, roomRefused } from './network.ts';
import type { Effect, Fault, Plan } from './plan.ts';
import { createTicketPlay } from './play-ticket.ts';
import { createRealTime } from './real-time.ts';
import type { ServerEvent } from './small-homeserver.ts';
import { startSpoilingProxy } from './spoiling-proxy.ts';
import { createSynapsePerson } from './synapse-person.ts';

export interface SynapseOutcome {
  readonly findings: readonly Finding[];
  readonly asked: number;
  readonly struck: number;
  readonly ends: readonly string[];
  readonly log: string;
}

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Milliseconds without anything new, nothing left in the store, that are taken for rest. */
const quiet = 6_000;
const longestRest = 150_000;

/**
 * A plan on a real Synapse: the bot is src/main.ts in a process of its own, its requests pass a proxy that spoils them, its
 * files and its library fail inside it. Everything that the plan needs is made for it: accounts, rooms, data folder.
 */
export async function playOnSynapse(plan: Plan, synapse: Synapse, name: string): Promise<SynapseOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  const data = join(folder, 'donnees');
  mkdirSync(data);
  const notes = join(folder, 'pannes');
  writeFileSync(notes, '');
  const supportFile = join(folder, 'support.yaml');
  // Clocks jump in these plans: no ticket is closed for having been idle.
  writeFileSync(
    supportFile,
    'delais: { prise-en-charge: 10000, sans-nouvelles: 10000, cloture: 10000 }\nreponses: { prete: "réponse prête." }\n',
  );
  const inside = (fault: Fault): boolean =>
    fault.point.startsWith('sql:') || fault.point.startsWith('library:') || fault.effect.do === 'jump';
  const outer: Plan = {
    ...plan,
    faults: plan.faults.filter((fault) => !inside(fault) && fault.effect.do !== 'late-keys'),
  };
  const inner: Plan = { ...plan, faults: plan.faults.filter(inside) };
  const account = await synapse.createUser(`assistant-${name}`, { displayName: 'Assistant télétravail' });
  const botUserId = account.userId;
  const time = createRealTime();
  const excused = new Set<string>();
  const ends: string[] = [];
  let child: ChildProcess | null = null;
  /** The process of the moment has said that it is connected: what it was sent before is on its way into the store. */
  let connected = false;
  /** When the process tries again what it has said that it could not do, in milliseconds since 1970: no rest before that. */
  let triesAgainAt = 0;
  let pause = 300;
  let over = false;
  let retired = false;
  let log = '';

  function strike(effect: Effect): void {
    if (effect.do !== 'kill' && effect.do !== 'terminate') return;
    pause = effect.pause;
    child?.kill(effect.do === 'kill' ? 'SIGKILL' : 'SIGTERM');
  }
  const injector = createInjector(outer, time, strike);
  const proxy = await startSpoilingProxy(
    synapse.url,
    (path) => {
      const effect = injector.onRequest(pointsOf(path));
      const room = roomRefused(path);
      if (effect?.do === 'answer' && !effect.acted && isFinal(effect) && room !== null) excused.add(room);
      return effect;
    },
    strike,
  );

  // People and rooms come first: whoever has no device when the bot speaks cannot read it later.
  const invite = [botUserId];
  const open = async (
    person: Awaited<ReturnType<typeof createSynapsePerson>>,
    encrypted: boolean,
    more: object,
  ) => {
    if (encrypted) await person.openDevice();
    const algorithm = {
      algorithm: 'm.megolm.v1.aes-sha2',
      rotation_period_msgs: 3,
      rotation_period_ms: 604_800_000,
    };
    const state = encrypted ? [{ type: 'm.room.encryption', state_key: '', content: algorithm }] : [];
    const room = await person.client.createRoom({
      preset: 'private_chat',
      invite,
      initial_state: state,
      ...more,
    });
    if (encrypted) encryptedRooms.add(room);
    return room;
  };
  const encryptedRooms = new Set<string>();
  const direct = { preset: 'trusted_private_chat', is_direct: true };
  const asked: (Asked & { readonly questions: ServerEvent[] })[] = [];
  for (const [index, talker] of plan.talkers.entries()) {
    const person = await createSynapsePerson(synapse, `agent${index}-${name}`, botUserId);
    const room = await open(
      person,
      talker.encrypted,
      talker.room === 'direct' ? direct : { name: 'Entraide' },
    );
    asked.push({ person, room, place: talker.room, questions: [] });
  }
  const colleague = await createSynapsePerson(synapse, `collegue-${name}`, botUserId);
  const bystanders = await open(colleague, false, { name: 'Bureau 214' });
  let support: string | null = null;
  let ticket: (NonNullable<Scene['ticket']> & { readonly play: ReturnType<typeof createTicketPlay> }) | null =
    null;
  if (plan.ticket !== null) {
    const agent = await createSynapsePerson(synapse, `ana-${name}`, botUserId);
    const operator = await createSynapsePerson(synapse, `alice-${name}`, botUserId);
    const room = await open(agent, plan.ticket.encrypted, direct);
    support = await open(operator, plan.ticket.encrypted, { name: 'Conseillers' });
    const play = createTicketPlay({
      agent,
      operator,
      direct: room,
      salon: support,
      exchanges: plan.ticket.exchanges,
      desk: plan.ticket.desk,
    });
    ticket = { agent, operator, play, record: play.record };
  }

  function start(): void {
    if (retired) return;
    const preload = fileURLToPath(new URL('./fail-inside.ts', import.meta.url));
    const started = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', '--import', preload, 'src/main.ts'],
      {
        cwd: projectRoot,
        env: {
          PATH: process.env['PATH'] ?? '',
          DATA_DIR: data,
          HOMESERVER_URL: proxy.url,
          STORE_KEY: 'une clé de test, longue et au hasard : 8f3b0c',
          HEALTH_PORT: '0',
          SEND_RATE: '1000',
          FLOOD_PER_PERSON: '0',
          IDLE_MINUTES: '1440',
          SUPPORT_FILE: supportFile,
          FAULT_PLAN: JSON.stringify({ ...inner, faults: over ? [] : inner.faults }),
          FAULT_NOTES: notes,
          ...(plan.login === 'token'
            ? { ACCESS_TOKEN: account.accessToken }
            : { BOT_USER: botUserId, BOT_PASSWORD: account.password }),
          ...(support === null ? {} : { SUPPORT_ROOM: support }),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child = started;
    connected = false;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => {
        const text = chunk.toString('utf8');
        log += text;
        connected ||= child === started && text.includes('Connecté au serveur Matrix');
        for (const [, waits] of text.matchAll(/"attente_ms":(\d+)/g))
          triesAgainAt = Math.max(triesAgainAt, Date.now() + Number(waits));
      });
    started.once('exit', (code, signal) => {
      connected = false;
      ends.push(String(signal ?? code));
      log += `— fini : ${signal ?? code}\n`;
      setTimeout(start, pause);
      pause = 300;
    });
  }

  const isIn = async (person: (typeof asked)[number]['person'], room: string): Promise<boolean> => {
    const { client } = person as Awaited<ReturnType<typeof createSynapsePerson>>;
    const { joined } = await client.call('GET', `/rooms/${encodeURIComponent(room)}/joined_members`);
    return botUserId in (joined as object);
  };
  const until = async (done: () => Promise<boolean>, limit: number): Promise<boolean> => {
    for (const end = Date.now() + limit; Date.now() < end; await wait(250)) if (await done()) return true;
    return false;
  };

  const findings: Finding[] = [];
  try {
    start();
    const members: [(typeof asked)[number]['person'], string][] = [
      ...asked.map(({ person, room }): [typeof person, string] => [person, room]),
      [colleague, bystanders],
    ];
    if (ticket !== null && support !== null)
      members.push([ticket.agent, ticket.record.direct], [ticket.operator, support]);
    const allIn = async (): Promise<boolean> => {
      for (const [person, room] of members)
        if (!excused.has(room) && !(await isIn(person, room))) return false;
      return true;
    };
    if (!(await until(allIn, 60_000))) {
      injector.stop();
      if (!(await until(allIn, 90_000)))
        findings.push({ kind: 'stalled', says: 'the bot never came into its rooms' });
    }
    const talking = talk();
    const deadline = wait(60_000);
    await Promise.race([talking, deadline]);
    injector.stop();
    over = true;
    await Promise.race([talking, wait(90_000)]);
    await rest();
  } finally {
    retired = true;
    await new Promise<void>((resolve) => {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
      setTimeout(() => child?.kill('SIGKILL'), 12_000).unref();
    });
    await proxy.close();
  }

  async function talk(): Promise<void> {
    const people = asked.map(async (one, who) => {
      let at = 0;
      for (const line of plan.lines.filter((line) => line.who === who)) {
        await wait(line.at - at);
        at = line.at;
        const called = one.place === 'direct' ? {} : { 'm.mentions': { user_ids: [botUserId] } };
        const body = one.place === 'direct' ? line.text : `Assistant télétravail : ${line.text}`;
        one.questions.push(await one.person.say(one.room, body, called));
      }
    });
    const relayed = (async () => {
      while (ticket !== null && (await ticket.play.next())) await wait(300);
    })();
    await colleague.say(bystanders, 'on déjeune ?');
    await Promise.all([...people, relayed]);
  }

  async function countSaid(): Promise<number> {
    let count = 0;
    for (const { person, room } of asked) count += (await person.read(room)).length;
    return count;
  }

  async function rest(): Promise<void> {
    let last = -1;
    let since = Date.now();
    await until(async () => {
      const now = (await countSaid()) * 1000 + ends.length;
      if (now !== last || !connected || Date.now() < triesAgainAt) since = Date.now();
      last = now;
      return Date.now() - since > quiet && !hasWork(data);
    }, longestRest);
  }

  const readers = new Map([
    ...asked.map(({ person, room }) => [room, person] as const),
    [bystanders, colleague] as const,
    ...(ticket === null
      ? []
      : [[ticket.record.direct, ticket.agent] as const, [ticket.record.salon, ticket.operator] as const]),
  ]);
  findings.push(
    ...(await judge({
      rooms: {
        all: [...readers.keys()],
        isEncrypted: (room) => encryptedRooms.has(room),
        saidIn: async (room) => ((await readers.get(room)?.read(room)) ?? []).map(({ event }) => event),
      },
      asked,
      ticket,
      bystanders,
      excused,
      keysLate: false,
      storePath: join(data, 'assistant.db'),
    })),
  );
  const struck = injector.struck.length + readFileSync(notes, 'utf8').split('\n').length - 1;
  if (findings.length === 0) rmSync(folder, { recursive: true, force: true });
  return {
    findings,
    asked: asked.reduce((sum, { questions }) => sum + questions.length, 0),
    struck,
    ends,
    log,
  };
}
