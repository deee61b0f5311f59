import './answer-disk-at-once.ts';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Brain } from '../../src/brain/brain.ts';
import { createRandom } from '../crash/random.ts';
import { type BotLife, createBotLife, type End } from './bot-life.ts';
import { createInjector, type Injector } from './injector.ts';
import { type Asked, type Finding, judge } from './judge.ts';
import { installLibraryFaults, type LibraryWatch } from './library-faults.ts';
import { createNetwork, roomRefused } from './network.ts';
import { createPerson, isEncrypted } from './people.ts';
import type { Effect, Fault, Plan } from './plan.ts';
import { type BugName, plantBug } from './plant-bug.ts';
import { createTicketPlay } from './play-ticket.ts';
import { seedRandomness } from './seed-randomness.ts';
import { createSmallHomeserver, type ServerEvent } from './small-homeserver.ts';
import { installSqliteFaults, type SqliteWatch } from './sqlite-faults.ts';
import { installVirtualTime, type VirtualTime } from './virtual-time.ts';

export interface Outcome {
  readonly findings: readonly Finding[];
  readonly struck: readonly Fault[];
  readonly ends: readonly End[];
  readonly asked: number;
  /** How often the bot was at each point. */
  readonly visits: Readonly<Record<string, number>>;
  /** What the bot logged, and what happened to it. */
  readonly log: readonly string[];
  /** Virtual milliseconds. */
  readonly lasted: number;
}

export interface PlayOptions {
  readonly bug?: BugName | undefined;
}

const minute = 60_000;
/** Milliseconds that the plan's talk may take, and the rest after it. */
const longestTalk = 60 * minute;
const longestRest = 60 * minute;
/** Nothing new for so long, with nothing left in the store, is rest: longer than a call of the library may hang. */
const quiet = 200_000;
/** A process that cannot go on ends in so many milliseconds: until then nobody is served. */
const longestAgony = 15_000;
const dataRoot = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** The process's clocks, files, network and library, in the hands of one plan after the other. */
export function createPlayer(brain: Brain): (plan: Plan, options?: PlayOptions) => Promise<Outcome> {
  let stage: {
    readonly sql: SqliteWatch;
    readonly library: LibraryWatch;
    uncaught(error: unknown): void;
  } | null = null;
  const time = installVirtualTime((error) => stage?.uncaught(error));
  const seed = seedRandomness();
  const files = installSqliteFaults(() => stage?.sql ?? null);
  installLibraryFaults(() => stage?.library ?? null);
  // What is left of an ended process stumbles over closed files: it is not listened to.
  process.on('unhandledRejection', (error) => stage?.uncaught(error));
  process.on('uncaughtException', (error) => stage?.uncaught(error));

  return async (plan, { bug } = {}) => {
    time.reset();
    seed(plan.seed);
    const log: string[] = [];
    const findings: Finding[] = [];
    const random = createRandom(plan.seed + 1);
    const server = createSmallHomeserver(time, 10);
    const folder = mkdtempSync(join(dataRoot, 'plan-'));
    const injector: Injector = createInjector(plan, time, (effect) => onEffect(effect));
    const excused = new Set<string>();
    const rooms = openRooms();
    const planted = bug === undefined ? null : plantBug(bug, time);
    const life: BotLife = createBotLife({
      time,
      brain,
      folder,
      settings: {
        STORE_KEY: 'une clé de test, longue et au hasard : 8f3b0c',
        ...(plan.login === 'token'
          ? { ACCESS_TOKEN: server.openSession() }
          : { BOT_USER: 'assistant', BOT_PASSWORD: 'mot de passe' }),
        SEND_RATE: '20',
        FLOOD_PER_PERSON: '0',
        ...(rooms.support === null ? {} : { SUPPORT_ROOM: rooms.support }),
      },
      closeFiles: files.closeAll,
      spoilStore: planted?.spoilStore,
      write: (line) => void log.push(line),
    });
    const carry = createNetwork({
      time,
      server,
      injector,
      random,
      callerOf: life.callerOf,
      onRequest: ({ method, path }, effect) => trace(effect, `${method} ${path}`),
      onFinalRefusal(path) {
        const room = roomRefused(path);
        if (room !== null) excused.add(room);
      },
    });
    globalThis.fetch = planted?.spoilFetch?.(carry) ?? carry;
    stage = {
      sql: {
        onStatement(path, sql) {
          const before = injector.struck.length;
          const effect = injector.onSql(path.endsWith('assistant.db') ? 'sql:store' : 'sql:keys');
          if (injector.struck.length > before) trace(effect, sql.replace(/\s+/g, ' ').slice(0, 80));
          return effect;
        },
        onEffect,
      },
      library: {
        onCall(points) {
          const effect = injector.onLibrary(points);
          if (effect !== null) trace(effect, points.at(-1) ?? '');
          return effect;
        },
        onEffect,
        onPanic(error) {
          for (const tell of process.listeners('uncaughtExceptionMonitor')) tell(error, 'uncaughtException');
          life.crash('panic');
        },
      },
      uncaught(error) {
        if (life.current === null || life.current.ended) return;
        const says = error instanceof Error ? (error.stack ?? error.message) : String(error);
        findings.push({ kind: 'crash', says });
        life.crash('uncaught exception');
      },
    };

    function trace(effect: Effect | null, where: string): void {
      log.push(
        `${effect === null ? '  ' : '⚡'} ${Math.round(time.now)} ms ${where}${effect === null ? '' : ` ${JSON.stringify(effect)}`}`,
      );
    }

    function onEffect(effect: Effect): void {
      switch (effect.do) {
        case 'kill':
          life.current?.end(effect.pause);
          break;
        case 'terminate':
          life.current?.terminate(effect.pause);
          break;
        case 'jump':
          time.jump(effect.ms);
          break;
        default:
      }
    }

    function openRooms() {
      const talkers = plan.talkers.map((talker, index) => {
        const person = createPerson(server, `agent${index}`);
        const direct = talker.room === 'direct';
        const room = server.createRoom(person.userId, {
          encrypted: talker.encrypted,
          direct,
          invite: direct ? [server.botUserId] : [server.botUserId, '@collegue:agent.interieur.test'],
          ...(direct ? {} : { name: 'Entraide' }),
        });
        return { person, room, direct };
      });
      const colleague = createPerson(server, 'collegue');
      const bystanders = server.createRoom(colleague.userId, {
        name: 'Bureau 214',
        invite: [server.botUserId, '@voisin:agent.interieur.test'],
      });
      const agent = createPerson(server, 'ana');
      const operator = createPerson(server, 'alice');
      const encrypted = plan.ticket?.encrypted ?? false;
      const direct =
        plan.ticket &&
        server.createRoom(agent.userId, { encrypted, direct: true, invite: [server.botUserId] });
      const support =
        plan.ticket &&
        server.createRoom(operator.userId, { encrypted, name: 'Conseillers', invite: [server.botUserId] });
      return { talkers, colleague, bystanders, agent, operator, direct, support };
    }

    const play =
      rooms.direct !== null && rooms.support !== null && plan.ticket !== null
        ? createTicketPlay({
            ...rooms,
            direct: rooms.direct,
            salon: rooms.support,
            exchanges: plan.ticket.exchanges,
            desk: plan.ticket.desk,
          })
        : null;
    const asked: (Asked & { readonly questions: ServerEvent[] })[] = rooms.talkers.map(
      ({ person, room, direct }) => ({ person, room, place: direct ? 'direct' : 'salon', questions: [] }),
    );
    let busy = 0;
    let spoken = 0;
    let ticketOver = play === null;
    /** People act one after the other: their devices are in this process, and so are their requests. */
    let turn: Promise<void> = Promise.resolve();
    const act = (work: () => Promise<void>): void => {
      busy += 1;
      turn = turn.then(work).finally(() => {
        busy -= 1;
      });
      turn.catch((error: unknown) => void failures.push(error));
    };
    const failures: unknown[] = [];

    function write(who: number, text: string): void {
      const one = asked[who];
      if (!one) return;
      act(async () => {
        const called = one.place === 'direct' ? {} : { 'm.mentions': { user_ids: [server.botUserId] } };
        const body = one.place === 'direct' ? text : `Assistant télétravail : ${text}`;
        const delay = injector.keyDelay();
        if (delay > 0) server.holdKeys(delay);
        one.questions.push(await one.person.say(one.room, body, called));
        spoken += 1;
      });
    }

    function begin(): void {
      for (const { at, who, text } of plan.lines) time.at(at + 1, () => write(who, text));
      // Talk that is none of the bot's business, and longer than a timeline.
      for (let at = 500; at < 30_000; at += 1_500)
        time.at(at, () =>
          act(async () => void (await rooms.colleague.say(rooms.bystanders, 'on déjeune ?'))),
        );
      if (play !== null) lookAtTicket();
    }
    function lookAtTicket(): void {
      time.at(700, () =>
        act(async () => {
          ticketOver = !(await play?.next());
          if (!ticketOver) lookAtTicket();
        }),
      );
    }
    const wanted = [...server.rooms.keys()];
    const isIn = (room: string): boolean =>
      server.membership(room, server.botUserId) === 'join' || excused.has(room);
    let begun = false;
    /** People begin to write once the bot is in their rooms, and has a device that they can write to. */
    function lookForBot(): void {
      const device = server.directory.devices.get(server.botUserId)?.get(server.deviceId);
      if (device !== undefined && wanted.every(isIn)) {
        begun = true;
        begin();
      } else time.at(300, lookForBot);
    }

    try {
      // Whoever has no device when the bot speaks cannot read it later.
      for (const { person, room } of rooms.talkers) if (isEncrypted(server, room)) await person.openDevice();
      for (const person of plan.ticket?.encrypted ? [rooms.agent, rooms.operator] : [])
        await person.openDevice();
      life.start();
      lookForBot();
      const isSaid = (): boolean => begun && spoken === plan.lines.length && busy === 0 && ticketOver;
      // A ticket that stops for a fault goes on when the faults are over.
      await time.run(isSaid, longestTalk / 2);
      injector.stop();
      if (life.current === null) await time.run(() => life.current !== null, 2 * minute);
      await time.run(isSaid, longestTalk);
      if (!begun) findings.push({ kind: 'stalled', says: 'the bot never came into its rooms' });
      await rest(time, server, life);
      life.retire();
      await time.settle();
      stage = null;
      for (const error of failures) throw error;
      for (const { why, agony } of life.ends) {
        if ((agony ?? 0) > longestAgony) findings.push({ kind: 'slow end', says: `${why}: ${agony} ms` });
      }
      findings.push(
        ...(await judge({
          rooms: {
            all: [...server.rooms.keys()],
            isEncrypted: (room) => isEncrypted(server, room),
            saidIn: async (room) => server.saidIn(room),
          },
          asked,
          ticket: play && { record: play.record, agent: rooms.agent, operator: rooms.operator },
          bystanders: rooms.bystanders,
          excused,
          keysLate: injector.struck.some(({ effect }) => effect.do === 'late-keys'),
          storePath: join(life.data, 'assistant.db'),
        })),
      );
    } finally {
      stage = null;
      files.closeAll();
      rmSync(folder, { recursive: true, force: true });
    }
    return {
      findings,
      struck: injector.struck,
      ends: life.ends,
      asked: spoken,
      visits: Object.fromEntries(injector.counts),
      log,
      lasted: time.now,
    };
  };
}

/** Waits until nothing has happened for a while, or for as long as that may take. */
async function rest(
  time: VirtualTime,
  server: ReturnType<typeof createSmallHomeserver>,
  life: BotLife,
): Promise<void> {
  const count = (): number =>
    [...server.rooms.keys()].reduce((sum, room) => sum + server.saidIn(room).length, 0) + life.lives;
  let last = count();
  let since = time.now;
  await time.run(() => {
    const now = count();
    if (now !== last || life.current === null) {
      last = now;
      since = time.now;
    }
    return time.now - since > quiet && !life.hasWork();
  }, longestRest);
}
