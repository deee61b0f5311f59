import { createMatrixClient, type MatrixClient } from '../test/e2e/homeserver/matrix-client.ts';
import type { Account, Synapse } from '../test/e2e/homeserver/start-synapse.ts';

/** People, each alone with the bot in a direct message; and a second device of the bot that sees what it says. */
export interface LoadWorld {
  /** Everybody asks again as soon as they are answered, for so many milliseconds. */
  askAsFastAsItTakes(milliseconds: number): Promise<LoadTimes>;
  /** So many questions a second, by people in turn, for so many milliseconds. Returns the times, to be put together. */
  askSteadily(perSecond: number, milliseconds: number): Promise<LoadTimes>;
  close(): Promise<void>;
}

export interface LoadTimes {
  readonly times: readonly number[];
  readonly asked: number;
  readonly milliseconds: number;
}

export interface LoadFigures {
  readonly answered: number;
  readonly unanswered: number;
  readonly perSecond: number;
  /** Milliseconds from the call that sends the question to the answer seen. */
  readonly median: number;
  readonly p99: number;
}

interface Person {
  readonly client: MatrixClient;
  readonly room: string;
}

const questions = [
  'mon vpn marche pas sur mon noemi',
  'comment me connecter au wifi avec mon noemi ?',
  "j'ai perdu ma carte agent",
  'comment chiffrer une clé usb ?',
  'je veux accéder à nomade 2 depuis chez moi',
  'comment lancer une visio comu ?',
];

export async function makeLoadWorld(
  synapse: Synapse,
  people: readonly Account[],
  bot: Account,
): Promise<LoadWorld> {
  const persons: Person[] = [];
  // A few at a time: Synapse is one process.
  for (let start = 0; start < people.length; start += 4) {
    const made = people.slice(start, start + 4).map(async (account): Promise<Person> => {
      const client = createMatrixClient(synapse.url, account);
      const room = await client.createDirectRoom(bot.userId);
      await client.waitForMember(room, bot.userId, 60_000);
      return { client, room };
    });
    persons.push(...(await Promise.all(made)));
  }
  const waiting = new Map<string, (at: number) => void>();
  const watcher = await startWatcher(synapse, bot, (room, at) => {
    waiting.get(room)?.(at);
    waiting.delete(room);
  });
  // What the bot says on its arrival is no answer.
  await pause(3_000);

  let turn = 0;

  async function ask(person: Person, index: number, times: number[]): Promise<void> {
    const begin = performance.now();
    const seen = new Promise<number>((resolve) => waiting.set(person.room, resolve));
    await person.client.send(person.room, questions[index % questions.length] ?? 'bonjour');
    const at = await Promise.race([seen, pause(60_000).then(() => null)]);
    if (at !== null) times.push(at - begin);
  }

  return {
    async askAsFastAsItTakes(milliseconds) {
      const times: number[] = [];
      let asked = 0;
      const begin = performance.now();
      const end = begin + milliseconds;
      await Promise.all(
        persons.map(async (person) => {
          while (performance.now() < end) await ask(person, asked++, times);
        }),
      );
      return { times, asked, milliseconds: performance.now() - begin };
    },
    async askSteadily(perSecond, milliseconds) {
      const times: number[] = [];
      const asking: Promise<void>[] = [];
      const begin = performance.now();
      const count = Math.floor((perSecond * milliseconds) / 1000);
      for (let index = 0; index < count; index += 1) {
        await pause(begin + (index * 1000) / perSecond - performance.now());
        const person = persons[turn++ % persons.length];
        if (person) asking.push(ask(person, index, times));
      }
      await Promise.all(asking);
      return { times, asked: count, milliseconds: performance.now() - begin };
    },
    close: watcher.stop,
  };
}

/** One long poll for all rooms: 500 of them would measure Synapse's patience. */
async function startWatcher(
  synapse: Synapse,
  bot: Account,
  onMessage: (room: string, at: number) => void,
): Promise<{ stop(): Promise<void> }> {
  const login = await fetch(`${synapse.url}/_matrix/client/v3/login`, {
    method: 'POST',
    body: JSON.stringify({
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: bot.userId },
      password: bot.password,
    }),
  });
  const { access_token: token } = (await login.json()) as { access_token: string };
  const stopping = new AbortController();
  const filter = JSON.stringify({
    presence: { not_types: ['*'] },
    room: {
      state: { not_types: ['*'] },
      ephemeral: { not_types: ['*'] },
      timeline: { types: ['m.room.message'], limit: 100 },
    },
  });
  let since: string | null = null;

  async function poll(): Promise<void> {
    const first = since === null;
    const query = new URLSearchParams({
      filter,
      timeout: first ? '0' : '30000',
      ...(since === null ? {} : { since }),
    });
    const answer = await fetch(`${synapse.url}/_matrix/client/v3/sync?${query}`, {
      headers: { Authorization: `Bearer ${token}` },
      signal: stopping.signal,
    });
    const batch = (await answer.json()) as {
      next_batch: string;
      rooms?: { join?: Record<string, { timeline?: { events?: { sender: string }[] } }> };
    };
    since = batch.next_batch;
    if (first) return;
    const at = performance.now();
    for (const [room, { timeline }] of Object.entries(batch.rooms?.join ?? {})) {
      for (const event of timeline?.events ?? []) if (event.sender === bot.userId) onMessage(room, at);
    }
  }

  await poll();
  const done = (async () => {
    while (!stopping.signal.aborted) await poll().catch(() => pause(100));
  })();
  return {
    async stop() {
      stopping.abort();
      await done;
    },
  };
}

/** Several stretches put together. */
export function toFigures(stretches: readonly LoadTimes[]): LoadFigures {
  const times = stretches.flatMap((stretch) => stretch.times).sort((a, b) => a - b);
  const asked = stretches.reduce((sum, stretch) => sum + stretch.asked, 0);
  const milliseconds = stretches.reduce((sum, stretch) => sum + stretch.milliseconds, 0);
  const at = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return {
    answered: times.length,
    unanswered: asked - times.length,
    perSecond: (times.length / milliseconds) * 1000,
    median: at(0.5),
    p99: at(0.99),
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)).unref());
}
