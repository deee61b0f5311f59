import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventId, RoomId, UserId } from '../../src/messages/ids.ts';
import { runsOf, timeOf } from '../property-runs.ts';
import { createSupportWorld, network, salon } from './support-world.ts';

const agents = ['@ana:ici', '@boris:ici', '@carla:ici'] as const;
/** Alice and Chloé are in the default salon, Dora in the other one, Bruno in both. */
const operators = ['@alice:ici', '@bruno:ici', '@chloe:ici', '@dora:ici'] as const;
const salons = [{ id: network, name: 'reseau', themes: ['tchap'], servers: [], profile: {} }];
const replies = new Map([['vpn', 'réponse prête pour {agent}']]);

type Action =
  | {
      readonly type:
        | 'ask'
        | 'agent-writes'
        | 'agent-tells-a-secret'
        | 'agent-asks-what-is-known'
        | 'agent-stops'
        | 'agent-leaves'
        | 'agent-returns';
      readonly agent: number;
    }
  | { readonly type: 'command'; readonly operator: number; readonly text: string; readonly away: boolean }
  | { readonly type: 'beside' | 'sends-proposal' | 'discards-proposal'; readonly operator: number }
  | { readonly type: 'claim' | 'tick'; readonly operator: number; readonly ticket: number }
  /** `holder`: whoever holds the ticket writes, whatever `operator` says. */
  | {
      readonly type: 'thread' | 'reply';
      readonly operator: number;
      readonly ticket: number;
      readonly holder: boolean;
    }
  | { readonly type: 'operator-leaves' | 'operator-returns'; readonly operator: number }
  | { readonly type: 'wait'; readonly minutes: number };

const agent = fc.nat({ max: agents.length - 1 });
const operator = fc.nat({ max: operators.length - 1 });
/** Counted back from the latest: those are the open ones, mostly. */
const ticket = fc.nat({ max: 3 });
const command = fc
  .integer({ min: 1, max: 5 })
  .chain((number) =>
    fc.constantFrom(
      `!prendre ${number}`,
      `!rendre ${number}`,
      `!clore ${number} note secrète`,
      `!note ${number} note secrète`,
      `!transferer ${number} @bruno:ici`,
      `!transferer ${number} @ana:ici`,
      `!transferer ${number} reseau`,
      `!transferer ${number} principal`,
      `!renommer ${number} note secrète`,
      `!priorite ${number} haute`,
      `!rappel ${number} 20 min`,
      `!r ${number} vpn`,
      '!ecrire @ana:ici note secrete',
      '!bilan',
      '!demandes',
      '!ntoe note secrète',
    ),
  );
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('ask' as const), agent }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('agent-writes' as const), agent }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('agent-tells-a-secret' as const, 'agent-asks-what-is-known' as const),
      agent,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('beside' as const, 'sends-proposal' as const, 'discards-proposal' as const),
      operator,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('agent-stops' as const, 'agent-leaves' as const, 'agent-returns' as const),
      agent,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('command' as const),
      operator,
      text: command,
      away: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('claim' as const), operator, ticket }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('tick' as const), operator, ticket }) },
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constantFrom('thread' as const, 'reply' as const),
      operator,
      ticket,
      holder: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('operator-leaves' as const, 'operator-returns' as const),
      operator,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('wait' as const), minutes: fc.nat({ max: 70 }) }) },
);

const anyDay = fc.array(action, { minLength: 10, maxLength: 80, size: 'max' });

/** What the ticket says of itself just before somebody writes: who must then see it, and nobody else. */
interface Expectation {
  readonly text: string;
  readonly to: string | null;
}

async function play(actions: readonly Action[]) {
  const world = createSupportWorld({ salons, replies, mayWriteTo: () => true });
  const expected: Expectation[] = [];
  /** How often the assistant's proposal must have been sent to each agent. */
  const proposed = new Map<string, number>();
  let count = 0;
  for (const step of actions) {
    switch (step.type) {
      case 'ask':
        await agentOf(step.agent).say('oui, un conseiller');
        break;
      case 'agent-writes': {
        const person = agents[step.agent] ?? agents[0];
        const text = `de ${person} ${++count}`;
        await agentOf(step.agent).say(text);
        // Before or after the departure of a holder is noticed: an open ticket is all that it takes.
        expected.push({ text, to: world.tickets.findOpenOf(person)?.salon ?? null });
        break;
      }
      case 'agent-tells-a-secret':
        await agentOf(step.agent).say(`mon mot de passe est Soleil!${++count}x`);
        break;
      case 'agent-asks-what-is-known':
        await agentOf(step.agent).say('et le wifi ?');
        break;
      case 'beside':
        await operatorOf(step.operator).say(`à côté ${++count}`);
        break;
      case 'sends-proposal':
      case 'discards-proposal': {
        const shown = world.log.findLast(
          ({ content }) => 'text' in content && content.text.includes('Proposition'),
        );
        if (shown === undefined) break;
        world.bot.passTime();
        world.deliver();
        const proposal = world.store.proposals.findByTurn(shown.turnId);
        const stored = proposal === null ? null : world.tickets.find(proposal.ticket);
        const person = operators[step.operator] ?? operators[0];
        const holds = stored?.ticket.stage.status === 'held' && stored.ticket.stage.by === person;
        const here = stored !== null && stored.salon === shown.address && isMember(person, stored.salon);
        if (
          step.type === 'sends-proposal' &&
          proposal?.status === 'open' &&
          holds &&
          here &&
          stored.ticket.agentPresent
        ) {
          const { agent } = stored.ticket;
          proposed.set(agent, (proposed.get(agent) ?? 0) + 1);
        }
        const key = step.type === 'sends-proposal' ? '📨' : '❌';
        await world.operator(person, roomOf(shown.address)).react(shown.event, key);
        break;
      }
      case 'agent-stops':
        await agentOf(step.agent).say('revenir à l’assistant');
        break;
      case 'agent-leaves':
        agentOf(step.agent).leave();
        break;
      case 'agent-returns':
        agentOf(step.agent).back();
        break;
      case 'command':
        await operatorOf(step.operator, step.away ? network : salon).say(step.text);
        break;
      case 'claim':
      case 'tick': {
        const root = rootOf(step.ticket);
        if (root === null) break;
        await operatorOf(step.operator, salonOf(step.ticket)).react(
          root,
          step.type === 'claim' ? '✋' : '✅',
        );
        break;
      }
      case 'thread':
      case 'reply': {
        if (rootOf(step.ticket) === null) break;
        // The desk settles departures first, as passTime does.
        world.bot.passTime();
        world.deliver();
        const stored = world.tickets.find(numberOf(step.ticket));
        const stage = stored?.ticket.stage;
        const holder = stage?.status === 'held' ? stage.by : null;
        const person = (step.holder ? holder : null) ?? operators[step.operator] ?? operators[0];
        const text = `pour ${numberOf(step.ticket)} ${++count}`;
        const root = rootOf(step.ticket) ?? '$none';
        const held = stored !== null && holder === person;
        const here = stored?.salon ?? salon;
        const reached =
          held && stored.ticket.agentPresent && !stored.ticket.awaitsConsent && isMember(person, here);
        expected.push({ text, to: reached ? world.direct(stored.ticket.agent) : null });
        await world
          .operator(person, here)
          .say(text, step.type === 'thread' ? root : null, step.type === 'reply' ? { inReplyTo: root } : {});
        break;
      }
      case 'operator-leaves':
        operatorOf(step.operator).leave();
        break;
      case 'operator-returns':
        world.membership(salon, operators[step.operator] ?? operators[0], 'join');
        break;
      case 'wait':
        await world.wait(step.minutes);
        break;
    }
    checkTickets();
  }
  return { world, expected, proposed };

  function numberOf(back: number): number {
    return world.tickets.nextNumber() - 1 - back;
  }
  function rootOf(back: number): EventId | null {
    return world.findRoot(numberOf(back));
  }
  function agentOf(index: number) {
    return world.agent(agents[index] ?? agents[0]);
  }
  function operatorOf(index: number, room: RoomId = salon) {
    return world.operator(operators[index] ?? operators[0], room);
  }
  function salonOf(back: number): RoomId {
    return world.tickets.find(numberOf(back))?.salon ?? salon;
  }
  function roomOf(address: string): RoomId {
    return address === network ? network : salon;
  }
  function isMember(person: UserId, room: RoomId): boolean {
    return world.store.rooms.readMember(room, person)?.membership === 'join';
  }
  function checkTickets(): void {
    const open = world.tickets.listOpen();
    expect(new Set(open.map(({ ticket }) => ticket.agent)).size).toBe(open.length);
    for (let number = 1; number < world.tickets.nextNumber(); number += 1) {
      expect(world.tickets.find(number)?.ticket.number).toBe(number);
    }
  }
}

describe('whatever agents and operators do, in any order', () => {
  test(
    'every message reaches the one it is for, once, and nobody else',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyDay, async (actions) => {
          const { world, expected } = await play(actions);
          for (const { text, to } of expected) {
            const copies = world.log.filter(
              ({ content }) => content.type === 'message' && content.text.endsWith(`: ${text}`),
            );
            expect({ text, copies: copies.map(({ address }) => address) }).toEqual({
              text,
              copies: to === null ? [] : [to],
            });
          }
        }),
        runsOf(400),
      );
    },
    timeOf(120_000),
  );

  test(
    'a proposal is sent by its holder alone, once; secrets and asides go nowhere',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyDay, async (actions) => {
          const { world, proposed } = await play(actions);
          for (const person of agents) {
            const got = world.texts(world.direct(person));
            expect(got.filter((text) => /^Conseiller :\s+Voici le Wi-Fi/.test(text)).length).toBe(
              proposed.get(person) ?? 0,
            );
            expect(got.join('\n')).not.toMatch(/à côté \d|Proposition/);
            // The canned reply names whom it is for.
            const replied = got.filter((text) => text.includes('réponse prête'));
            expect(new Set(replied).size).toBeLessThanOrEqual(1);
            if (replied.length > 0) expect(replied[0]).toContain(`pour ${person.slice(1, -4)}`);
          }
          const operatorsRead = [...world.texts(salon), ...world.texts(network)].join('\n');
          expect(operatorsRead).not.toMatch(/Soleil!\d+x/);
        }),
        runsOf(250),
      );
    },
    timeOf(120_000),
  );

  test(
    'messages keep their order on the other side',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyDay, async (actions) => {
          const { world } = await play(actions);
          for (const room of [salon, network, ...agents.map(world.direct)]) {
            const numbers = world
              .texts(room)
              .map((text) => /^(?:Agent|Conseiller) : (?:de|pour) \S+ (\d+)$/.exec(text)?.[1])
              .filter((number) => number !== undefined)
              .map(Number);
            expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
          }
        }),
        runsOf(150),
      );
    },
    timeOf(120_000),
  );

  test(
    'no note and no command ever reaches an agent, and no id is used twice',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyDay, async (actions) => {
          const { world } = await play(actions);
          const toAgents = agents.flatMap((person) => world.texts(world.direct(person))).join('\n');
          expect(toAgents).not.toMatch(/note secrète|!prendre|!ntoe|!rappel|!bilan|Bilan du/);
          const ids = world.log.map(({ id }) => id);
          expect(new Set(ids).size).toBe(ids.length);
        }),
        runsOf(150),
      );
    },
    timeOf(120_000),
  );
});

test('killed before a message is stored, the desk does the same again, once', async () => {
  const world = createSupportWorld();
  const ana = world.agent('@ana:ici');
  await ana.say('oui, un conseiller');
  const alice = world.operator('@alice:ici');
  await alice.react(world.rootOf(1), '✋');
  const transaction = world.store.transaction;
  const sent: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    // Everything is written, and the process dies before the commit.
    const dies = round % 2 === 0;
    if (dies) {
      Object.assign(world.store, {
        transaction: (work: () => unknown) =>
          transaction(() => {
            work();
            throw new Error('killed');
          }),
      });
      await expect(ana.say(`perdu ${round}`)).rejects.toThrow('killed');
      Object.assign(world.store, { transaction });
    }
    await ana.say(`message ${round}`);
    sent.push(`Agent : message ${round}`);
  }
  const relayed = world.texts(salon).filter((text) => text.startsWith('Agent : '));
  expect(relayed).toEqual(sent);
});
