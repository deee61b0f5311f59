import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UserId } from '../../../src/messages/ids.ts';
import { isOpen, type Ticket } from '../../../src/store/ticket.ts';
import { applyTicketEvent } from '../../../src/tickets/rules/apply-ticket-event.ts';
import { inviteAgent, openTicket } from '../../../src/tickets/rules/open-ticket.ts';
import type { TicketEvent, TicketSituation } from '../../../src/tickets/rules/ticket.ts';
import { runsOf } from '../../property-runs.ts';

const minute = 60_000;

function situation(now: number): TicketSituation {
  return {
    now,
    delays: { claim: 15 * minute, idle: 60 * minute, close: 30 * minute },
    openTime: (from, to) => Math.max(0, to - from),
    place: 1,
  };
}

function newTicket(now = 0): Ticket {
  const opening = {
    number: 12,
    agent: '@agent:ici',
    fiche: 'noemi-vpn',
    step: 2,
    now,
    place: 1,
    reopens: null,
  } as const;
  return openTicket(opening).ticket;
}

function newInvitation(): Ticket {
  return inviteAgent({ number: 12, agent: '@agent:ici', by: '@a:ici', subject: 'le VPN', now: 0 }).ticket;
}

/** Plays events one minute apart; the last change and the effects of each. */
function play(events: readonly (TicketEvent | { readonly wait: number })[], start = newTicket()) {
  let now = 0;
  let ticket = start;
  const effects: string[][] = [];
  for (const event of events) {
    if ('wait' in event) {
      now += event.wait * minute;
      continue;
    }
    now += minute;
    const change = applyTicketEvent(ticket, event, situation(now));
    ticket = change.ticket;
    effects.push(change.effects.map((effect) => ('say' in effect ? effect.say.id : effect.type)));
  }
  return { ticket, effects, last: effects.at(-1) ?? [] };
}

const claim = (by: UserId): TicketEvent => ({ type: 'claim', by });
const close = (by: UserId, note: string | null = null): TicketEvent => ({ type: 'close', by, note });
const writes = (by: UserId): TicketEvent => ({ type: 'operator-writes', by });

describe('a ticket', () => {
  test('goes to the first who claims it; the second is told who has it', () => {
    const { ticket, last } = play([claim('@a:ici'), claim('@b:ici')]);
    expect(ticket.stage).toEqual({ status: 'held', by: '@a:ici' });
    expect(last).toEqual(['ticket.deja-pris']);
  });

  test('passes on what its holder writes, and nothing that a colleague writes in the thread', () => {
    const { effects } = play([claim('@a:ici'), writes('@a:ici'), writes('@b:ici'), writes('@b:ici')]);
    expect(effects.slice(1)).toEqual([['relay-to-agent'], ['ticket.non-transmis'], []]);
  });

  test('passes nothing on before somebody has claimed it, nor once it is closed', () => {
    expect(play([writes('@a:ici')]).last).toEqual(['ticket.a-prendre-d-abord']);
    expect(play([claim('@a:ici'), close('@a:ici'), writes('@a:ici')]).last).toEqual([
      'ticket.clos-non-transmis',
    ]);
  });

  test('is closed by its holder alone, and then the agent is asked whether it is solved', () => {
    expect(play([claim('@a:ici'), close('@b:ici')]).last).toEqual(['ticket.pas-a-vous']);
    const closed = play([claim('@a:ici'), close('@a:ici', 'la fiche ne dit rien du certificat')]);
    expect(closed.last).toEqual(['ask-satisfaction', 'refresh-ticket', 'ticket.clos', 'record-note']);
    expect(closed.ticket.stage).toMatchObject({ status: 'closed', satisfaction: 'asked' });
  });

  test('counts one answer to the question, even given after something else was said', () => {
    const solved: TicketEvent = { type: 'satisfaction', resolved: true };
    const { ticket, effects } = play([
      claim('@a:ici'),
      close('@a:ici'),
      { type: 'agent-moves-on' },
      solved,
      { type: 'satisfaction', resolved: false },
    ]);
    expect(ticket.stage).toMatchObject({ satisfaction: 'resolved' });
    expect(effects.at(-1)).toEqual([]);
  });

  test('comes back to the queue when its holder leaves the salon, and the agent is told', () => {
    const { ticket, last } = play([claim('@a:ici'), { type: 'operator-left', operator: '@a:ici' }]);
    expect(ticket.stage.status).toBe('waiting');
    expect(last).toEqual(['refresh-ticket', 'ticket.conseiller-parti', 'conseiller.retour-en-file']);
  });

  test('says so when the agent leaves, refuses what cannot be passed on, and goes on when they come back', () => {
    const { ticket, effects } = play([
      claim('@a:ici'),
      { type: 'agent-left' },
      writes('@a:ici'),
      { type: 'agent-writes' },
      writes('@a:ici'),
    ]);
    expect(effects.slice(1)).toEqual([
      ['refresh-ticket', 'ticket.agent-parti'],
      ['ticket.agent-absent'],
      ['refresh-ticket', 'ticket.agent-de-retour', 'relay-to-thread'],
      ['relay-to-agent'],
    ]);
    expect(ticket.agentPresent).toBe(true);
  });

  test('reminds the salon once when nobody claims it, and gives the agent the number to call', () => {
    const { effects } = play([
      { wait: 13 },
      { type: 'tick' },
      { wait: 5 },
      { type: 'tick' },
      { wait: 20 },
      { type: 'tick' },
    ]);
    expect(effects).toEqual([[], ['ticket.rappel', 'conseiller.attente'], []]);
  });

  test('is asked about when nobody writes, then closed', () => {
    const { ticket, effects } = play([
      claim('@a:ici'),
      { wait: 61 },
      { type: 'tick' },
      { wait: 10 },
      { type: 'tick' },
      { wait: 20 },
      { type: 'tick' },
    ]);
    expect(effects.slice(1)).toEqual([
      ['conseiller.toujours-la', 'ticket.toujours-la'],
      [],
      ['conseiller.sans-nouvelles', 'ask-satisfaction', 'refresh-ticket', 'ticket.sans-nouvelles'],
    ]);
    expect(ticket.stage).toMatchObject({ status: 'closed', reason: 'idle' });
  });

  test('stays with its holder when the agent, who owed an answer, says that they are still there', () => {
    const { ticket } = play([
      claim('@a:ici'),
      writes('@a:ici'),
      { wait: 61 },
      { type: 'tick' },
      { type: 'agent-writes' },
    ]);
    expect(ticket.stage).toEqual({ status: 'held', by: '@a:ici' });
  });

  test('goes to somebody else when its holder does not answer an agent who is still there', () => {
    const { ticket, last } = play([
      claim('@a:ici'),
      { type: 'agent-writes' },
      { wait: 61 },
      { type: 'tick' },
      { type: 'agent-writes' },
    ]);
    expect(ticket.stage.status).toBe('waiting');
    expect(last).toEqual([
      'relay-to-thread',
      'refresh-ticket',
      'ticket.sans-reponse',
      'conseiller.retour-en-file',
    ]);
  });

  test('never shows a note to the agent', () => {
    for (const events of [
      [],
      [claim('@a:ici')],
      [claim('@a:ici'), close('@a:ici')],
    ] satisfies TicketEvent[][]) {
      const { last } = play([...events, { type: 'note', by: '@b:ici', note: 'à voir' }]);
      expect(last).toEqual(['record-note', 'ticket.note-gardee']);
    }
  });
});

const people = ['@a:ici', '@b:ici', '@c:ici'] as const;
const operator = fc.constantFrom(...people);
const anyEvent: fc.Arbitrary<TicketEvent> = fc.oneof(
  fc.record({ type: fc.constant('claim' as const), by: operator }),
  fc.record({ type: fc.constant('release' as const), by: operator }),
  fc.record({ type: fc.constant('transfer' as const), by: operator, to: operator }),
  fc.record({
    type: fc.constant('close' as const),
    by: operator,
    note: fc.option(fc.string({ maxLength: 5 })),
  }),
  fc.record({ type: fc.constant('note' as const), by: operator, note: fc.string({ maxLength: 5 }) }),
  fc.record({
    type: fc.constantFrom('operator-writes' as const, 'operator-sends' as const),
    by: operator,
  }),
  fc.record({
    type: fc.constant('operator-writes-beside' as const),
    by: operator,
    thread: fc.constantFrom('le fil', null),
  }),
  fc.record({ type: fc.constant('agent-message-withheld' as const), warned: fc.boolean() }),
  fc.record({ type: fc.constant('operator-left' as const), operator }),
  fc.record({
    type: fc.constant('rename' as const),
    by: operator,
    title: fc.option(fc.string({ maxLength: 5 })),
  }),
  fc.record({
    type: fc.constant('prioritise' as const),
    by: operator,
    priority: fc.constantFrom('haute' as const, 'normale' as const, 'basse' as const),
  }),
  fc.record({
    type: fc.constant('remind' as const),
    by: operator,
    reminder: fc.option(fc.nat({ max: 300 }).map((at) => ({ at: at * minute, date: '28 novembre' }))),
  }),
  fc.record({ type: fc.constant('satisfaction' as const), resolved: fc.boolean() }),
  fc.constantFrom<TicketEvent>(
    { type: 'agent-writes' },
    { type: 'agent-deletes' },
    { type: 'agent-accepts' },
    { type: 'agent-declines' },
    { type: 'agent-ends' },
    { type: 'agent-left' },
    { type: 'agent-back' },
    { type: 'salon-lost' },
    { type: 'agent-moves-on' },
    { type: 'tick' },
  ),
);
const anySequence = fc.array(fc.tuple(anyEvent, fc.nat({ max: 90 })), { maxLength: 60 });

describe('whatever happens to a ticket', () => {
  /** Plays a random life and looks at every step. */
  function checkEachStep(
    look: (
      before: Ticket,
      event: TicketEvent,
      after: Ticket,
      effects: ReturnType<typeof applyTicketEvent>['effects'],
    ) => void,
  ) {
    fc.assert(
      fc.property(anySequence, fc.boolean(), (sequence, invited) => {
        let now = 0;
        let ticket = invited ? newInvitation() : newTicket();
        for (const [event, minutes] of sequence) {
          now += minutes * minute;
          const change = applyTicketEvent(ticket, event, situation(now));
          look(ticket, event, change.ticket, change.effects);
          ticket = change.ticket;
        }
      }),
      runsOf(2_000),
    );
  }

  test('it changes hands only by claim, transfer, release, departure, silence or end, and by the right person', () => {
    checkEachStep((before, event, after) => {
      const from = before.stage.status === 'held' ? before.stage.by : null;
      const to = after.stage.status === 'held' ? after.stage.by : null;
      if (from === to) return;
      if (to !== null) {
        if (from === null) expect(event).toEqual({ type: 'claim', by: to });
        else expect(event).toMatchObject({ type: 'transfer', by: from, to });
        expect(before.stage.status).not.toBe('closed');
      } else if (event.type === 'release' || event.type === 'close') expect(event.by).toBe(from);
      else if (event.type === 'operator-left') expect(event.operator).toBe(from);
      else {
        const declined = ['agent-declines', 'agent-left'];
        const others = [
          ...(before.awaitsConsent ? declined : []),
          'agent-writes',
          'agent-message-withheld',
          'agent-ends',
          'tick',
          'salon-lost',
        ];
        expect(others).toContain(event.type);
      }
    });
  });

  test('it is passed on only by whoever holds it, and only to an agent who is there', () => {
    checkEachStep((before, event, _after, effects) => {
      if (effects.some(({ type }) => type === 'relay-to-agent')) {
        expect(before.stage).toEqual({
          status: 'held',
          by: event.type === 'operator-writes' || event.type === 'operator-sends' ? event.by : null,
        });
        expect(before.agentPresent).toBe(true);
        expect(before.awaitsConsent).toBe(false);
      }
      if (event.type === 'agent-writes' && isOpen(before)) {
        expect(effects.filter(({ type }) => type === 'relay-to-thread')).toHaveLength(1);
      }
    });
  });

  test('it is never lost: closed once and for all, by somebody who may, and the agent always learns it', () => {
    checkEachStep((before, event, after, effects) => {
      const kept = { number: 12, agent: '@agent:ici', fiche: before.fiche, openedAt: before.openedAt };
      expect({ ...after, stage: null, told: null }).toMatchObject(kept);
      if (!isOpen(before)) expect(isOpen(after)).toBe(false);
      if (isOpen(before) && !isOpen(after)) {
        const declined = ['agent-declines', 'agent-left', 'operator-left'];
        const closing = ['close', 'agent-ends', 'tick', 'salon-lost'];
        expect([...closing, ...(before.awaitsConsent ? declined : [])]).toContain(event.type);
        expect(effects.some(({ type }) => type === 'tell-agent' || type === 'ask-satisfaction')).toBe(true);
      }
      if (before.stage.status === 'held' && after.stage.status === 'waiting') {
        expect(effects.some(({ type }) => type === 'tell-agent')).toBe(true);
      }
    });
  });

  test('a message with a secret is passed on to nobody, and both sides know it', () => {
    checkEachStep((before, event, _after, effects) => {
      if (event.type !== 'agent-message-withheld') return;
      expect(effects.filter(({ type }) => type.startsWith('relay'))).toEqual([]);
      if (!isOpen(before)) return;
      const said = effects.flatMap((effect) => ('say' in effect ? [effect.say.id] : []));
      expect(said).toContain('ticket.secret-retenu');
      expect(said.includes('conseiller.secret-non-transmis')).toBe(!event.warned);
    });
  });

  test('the holder alone is told of what they write beside the thread, once while they hold it', () => {
    checkEachStep((before, event, after, effects) => {
      if (event.type !== 'operator-writes-beside') return;
      const holds = before.stage.status === 'held' && before.stage.by === event.by;
      const due = holds && !before.told.includes(event.by);
      expect(effects.length).toBe(due && event.thread !== null ? 1 : 0);
      expect(after.told.includes(event.by)).toBe(due || before.told.includes(event.by));
    });
  });

  test('a conversation that an operator begins passes nothing on, and asks nothing, before the agent has answered', () => {
    checkEachStep((before, event, after, effects) => {
      if (!before.awaitsConsent) {
        expect(after.awaitsConsent).toBe(false);
        return;
      }
      const answered = ['agent-accepts', 'agent-writes', 'agent-message-withheld'];
      if (!answered.includes(event.type)) {
        expect(effects.filter(({ type }) => type.startsWith('relay'))).toEqual([]);
      }
      expect(effects.filter(({ type }) => type === 'ask-satisfaction')).toEqual([]);
      expect(after.stage.status).not.toBe('waiting');
    });
  });

  test('what operators do for themselves never reaches the agent, and changes nobody’s hands', () => {
    checkEachStep((before, event, after, effects) => {
      if (!['rename', 'prioritise', 'remind'].includes(event.type)) return;
      expect(after.stage).toEqual(before.stage);
      expect(effects.map(({ type }) => type)).not.toContain('tell-agent');
      expect(effects.length).toBeGreaterThan(0);
    });
  });

  test('a reminder comes once, when it is due, and nothing is closed for want of news before', () => {
    checkEachStep((before, event, after, effects) => {
      if (event.type !== 'tick' || before.reminder === null || !isOpen(before)) return;
      const said = effects.flatMap((effect) => ('say' in effect ? [effect.say.id] : []));
      if (said.includes('ticket.rappel-venu')) expect(after.reminder).toBeNull();
      else if (before.askedAt === null && !before.awaitsConsent) expect(isOpen(after)).toBe(true);
    });
  });

  test('every command of an operator gets an answer', () => {
    checkEachStep((_before, event, _after, effects) => {
      if (['claim', 'release', 'transfer', 'close', 'note', 'operator-sends'].includes(event.type)) {
        expect(effects.length).toBeGreaterThan(0);
      }
    });
  });
});
