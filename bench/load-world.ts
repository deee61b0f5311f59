import { setTimeout as pause } from 'node:timers/promises';
import { createMatrixClient, type MatrixClient } from '../test/e2e/homeserver/matrix-client.ts';
import type { Synapse } from '../test/e2e/homeserver/start-synapse.ts';
import type { LoadTimes } from './load-figures.ts';
import type { LoadTemplate } from './load-template.ts';
import { startWatcher } from './start-watcher.ts';

/** People, each alone with the bot in a direct message; and a second device of the bot that sees what it says. */
export interface LoadWorld {
  /** Everybody asks again as soon as they are answered, for so many milliseconds; then the last answers are awaited. */
  askAsFastAsItTakes(milliseconds: number): Promise<LoadTimes>;
  /** So many questions a second, by people in turn, for so many milliseconds. */
  askSteadily(perSecond: number, milliseconds: number): Promise<LoadTimes>;
  /** So many people ask once, all together. */
  warmUp(people: number): Promise<void>;
  close(): Promise<void>;
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

/** A question without an answer after that long is counted as unanswered: longer than any queue of the bench. */
const patience = 240_000;

export async function makeLoadWorld(synapse: Synapse, template: LoadTemplate): Promise<LoadWorld> {
  const persons = template.people.map(
    ({ account, room }): Person => ({ client: createMatrixClient(synapse.url, account), room }),
  );
  const waiting = new Map<string, (at: number) => void>();
  const watcher = await startWatcher(synapse, template.bot, (room, at) => {
    waiting.get(room)?.(at);
    waiting.delete(room);
  });
  let turn = 0;

  /** Milliseconds from the call that sends the question to the answer seen; null when none came. */
  async function ask(person: Person, index: number): Promise<number | null> {
    const begin = performance.now();
    const seen = new Promise<number>((resolve) => waiting.set(person.room, resolve));
    await person.client.send(person.room, questions[index % questions.length] ?? 'bonjour');
    const at = await Promise.race([seen, pause(patience, null, { ref: false })]);
    return at === null ? null : at - begin;
  }

  return {
    async askAsFastAsItTakes(milliseconds) {
      const times: (number | null)[] = [];
      const begin = performance.now();
      const end = begin + milliseconds;
      await Promise.all(
        persons.map(async (person) => {
          while (performance.now() < end) times.push(await ask(person, times.length));
        }),
      );
      // Over the whole time, last answers included: the first of 500 questions asked at once take a minute.
      const answered = times.filter((time) => time !== null).length;
      return { times, perSecond: (answered / (performance.now() - begin)) * 1000 };
    },
    async askSteadily(perSecond, milliseconds) {
      const asking: Promise<number | null>[] = [];
      const begin = performance.now();
      const count = Math.floor((perSecond * milliseconds) / 1000);
      for (let index = 0; index < count; index += 1) {
        await pause(Math.max(0, begin + (index * 1000) / perSecond - performance.now()));
        const person = persons[turn++ % persons.length];
        if (person) asking.push(ask(person, index));
      }
      await pause(Math.max(0, begin + milliseconds - performance.now()));
      const times = await Promise.all(asking);
      return { times, perSecond: (count / (performance.now() - begin)) * 1000 };
    },
    async warmUp(people) {
      await Promise.all(persons.slice(0, people).map(ask));
    },
    close: watcher.stop,
  };
}
