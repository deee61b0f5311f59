import { afterAll, beforeAll, expect, test } from 'vitest';
import { bodyOf, createClearPerson, type Person, type Seen } from './handoff-people.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

const agents = ['ana', 'boris'] as const;
const kills = 6;
const messages = 30;

let synapse: Synapse;
let bot: BotProcess;
let operators: readonly Person[];
let people: readonly Person[];
let salon: string;

beforeAll(async () => {
  synapse = await startSynapse();
  const account = await synapse.createUser('assistant');
  operators = [
    await createClearPerson(synapse, 'alice', 'Alice'),
    await createClearPerson(synapse, 'bruno', 'Bruno'),
  ];
  people = await Promise.all(agents.map((name) => createClearPerson(synapse, name, name)));
  const [first, second] = operators;
  if (!first || !second) throw new Error('no operators');
  salon = await first.createRoom({ invite: [account.userId, second.account.userId] });
  await second.join(salon);
  bot = await startBot(synapse, { account, settings: { SUPPORT_ROOM: salon } });
  await first.waitForMember(salon, account.userId);
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

const fromBot = (event: Seen): boolean => event.sender === bot.account.userId;
const saying = (text: string) => (event: Seen) => fromBot(event) && bodyOf(event).includes(text);

test('killed at random moments of claim, relay and close, every message is relayed once, in order', async () => {
  const desks = await Promise.all(people.map((person, index) => open(person, index)));
  let talking = true;
  const talks = desks.map(async ({ agent, dm, operator, root }, index) => {
    const thread = { rel_type: 'm.thread', event_id: root };
    for (let number = 1; number <= messages; number += 1) {
      await agent.say(dm, `agent ${index} dit ${number}`);
      await operator.say(salon, `conseiller ${index} dit ${number}`, thread);
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    await operator.say(salon, '!clore la fiche est à compléter', thread);
  });
  let killed = 0;
  const killing = (async () => {
    for (let kill = 0; kill < kills && talking; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 1_500));
      await bot.stop('SIGKILL');
      killed += 1;
      await bot.start();
    }
  })();
  await Promise.all(talks);
  talking = false;
  await killing;
  expect(killed).toBeGreaterThanOrEqual(3);

  for (const [index, { agent, dm }] of desks.entries()) {
    await agent.waitFor(dm, 'end', saying('Le problème est-il résolu ?'));
    const [operator] = operators;
    await operator?.waitFor(salon, 'end', saying(`agent ${index} dit ${messages}`));
    const heard = (await agent.read(dm)).filter(fromBot).map(bodyOf);
    const numbers = Array.from({ length: messages }, (_, number) => number + 1);
    expect(heard.filter((text) => text.startsWith('Conseiller :'))).toEqual(
      numbers.map((number) => `Conseiller : conseiller ${index} dit ${number}`),
    );
    expect(heard.filter((text) => text.includes('Un conseiller a pris'))).toHaveLength(1);
    expect(heard.filter((text) => text.includes('Le problème est-il résolu ?'))).toHaveLength(1);
    const seen = (await operator?.read(salon))?.filter(fromBot).map(bodyOf) ?? [];
    expect(seen.filter((text) => text.startsWith(`Agent : agent ${index}`))).toEqual(
      numbers.map((number) => `Agent : agent ${index} dit ${number}`),
    );
  }
}, 300_000);

/** Asks, consents, and is claimed, without waiting for the claim to be told: the kills begin. */
async function open(agent: Person, index: number) {
  const operator = operators[index];
  if (!operator) throw new Error('no operator');
  const dm = await agent.createDirectRoom(bot.account.userId);
  await agent.waitForMember(dm, bot.account.userId);
  await agent.say(dm, 'je veux parler à quelqu’un');
  await agent.waitFor(dm, 'consent', saying("d'accord"));
  await agent.say(dm, 'oui');
  const ticket = await operator.waitFor(salon, 'ticket', (event) =>
    saying(`(${agent.account.userId})`)(event),
  );
  await operator.react(salon, ticket.id, '✋');
  return { agent, dm, operator, root: ticket.id };
}
