import { bodyOf, type Person } from './people.ts';
import type { ServerEvent } from './small-homeserver.ts';

/** What passed between an agent and an operator: what each must find on the other side, once and in this order. */
export interface TicketRecord {
  readonly direct: string;
  readonly salon: string;
  readonly questions: ServerEvent[];
  readonly fromAgent: string[];
  readonly fromOperator: string[];
  /** Words of a proposal that was sent by one reaction; null: none was. */
  proposal: string | null;
  /** What nobody on the other side may ever read. */
  readonly kept: string[];
  /** The last step begun; `over` when all were gone through. */
  step: string;
}

/** One step: somebody does something, then waits for what it brings. */
interface Step {
  readonly name: string;
  act(): Promise<void>;
  isDone(): Promise<boolean>;
}

/**
 * A ticket from the question to its end, each step begun when the one before has had its effect. `isDone` is asked again
 * every so often; `next` does one look, and resolves to false when the ticket is over.
 */
export function createTicketPlay(options: {
  readonly agent: Person;
  readonly operator: Person;
  readonly direct: string;
  readonly salon: string;
  readonly exchanges: number;
  readonly desk?: boolean | undefined;
}): { readonly record: TicketRecord; next(): Promise<boolean> } {
  const { agent, operator, direct, salon } = options;
  const record: TicketRecord = {
    direct,
    salon,
    questions: [],
    fromAgent: [],
    fromOperator: [],
    proposal: null,
    kept: [],
    step: 'not begun',
  };
  let root = '';

  async function findIn(reader: Person, room: string, wanted: RegExp): Promise<string | null> {
    const seen = await reader.read(room);
    return seen.find((one) => wanted.test(bodyOf(one)))?.event.event_id ?? null;
  }
  const ask = (text: string): Step => ({
    name: `« ${text} »`,
    async act() {
      record.questions.push(await agent.say(direct, text));
    },
    async isDone() {
      const asked = record.questions.at(-1)?.event_id;
      return (await agent.read(direct)).some(({ event }) => answeredBy(event) === asked);
    },
  });
  const inThread = () => ({
    'm.relates_to': {
      rel_type: 'm.thread',
      event_id: root,
      is_falling_back: true,
      'm.in_reply_to': { event_id: root },
    },
  });
  const exchange = (index: number): Step[] => [
    {
      name: `operator writes ${index}`,
      async act() {
        record.fromOperator.push(`conseil ${index}.`);
        await operator.say(salon, `conseil ${index}.`, inThread());
        // Sent before anything of it has arrived: the order must hold all the same.
        record.fromOperator.push(`suite ${index}.`);
        await operator.say(salon, `suite ${index}.`, inThread());
      },
      isDone: async () => (await findIn(agent, direct, new RegExp(`suite ${index}\\.`))) !== null,
    },
    {
      name: `agent writes ${index}`,
      async act() {
        record.fromAgent.push(`essai ${index}.`);
        await agent.say(direct, `essai ${index}.`);
        record.fromAgent.push(`effet ${index}.`);
        await agent.say(direct, `effet ${index}.`);
      },
      isDone: async () => (await findIn(operator, salon, new RegExp(`effet ${index}\\.`))) !== null,
    },
  ];
  /** Two shapes of what operators have at hand; each ends with what everybody sees of it. */
  const desk = (): Step[] => [
    {
      name: 'the agent asks what the assistant knows',
      act: async () => void (await agent.say(direct, 'comment chiffrer une clé usb ?')),
      isDone: async () => (await findIn(operator, salon, /^Proposition[\s\S]*BitLocker/)) !== null,
    },
    {
      name: 'the operator sends the proposal',
      async act() {
        const proposal = await findIn(operator, salon, /^Proposition[\s\S]*BitLocker/);
        record.proposal = 'BitLocker';
        await operator.react(salon, proposal ?? '', '📨');
      },
      isDone: async () => (await findIn(agent, direct, /^Conseiller :\s[\s\S]*BitLocker/)) !== null,
    },
    {
      name: 'the operator sends a canned reply',
      async act() {
        record.fromOperator.push('réponse prête.');
        await operator.say(salon, '!r prete', inThread());
      },
      isDone: async () => (await findIn(agent, direct, /réponse prête\./)) !== null,
    },
    {
      name: 'the operator writes beside the thread',
      async act() {
        record.kept.push('à côté du fil');
        await operator.say(salon, 'à côté du fil');
      },
      isDone: async () => (await findIn(operator, salon, /reste entre conseillers/)) !== null,
    },
    {
      name: 'the agent writes a secret',
      async act() {
        record.kept.push('Soleil!2024');
        await agent.say(direct, 'mon mot de passe est Soleil!2024');
      },
      isDone: async () => (await findIn(operator, salon, /message de l.agent n.est pas transmis/)) !== null,
    },
  ];
  const steps: Step[] = [
    ask('mon vpn marche pas sur mon noemi'),
    ask('je veux parler à quelqu’un'),
    {
      name: 'the agent agrees',
      act: async () => void record.questions.push(await agent.say(direct, 'oui')),
      async isDone() {
        root = (await findIn(operator, salon, /^Demande n° 1/)) ?? '';
        return root !== '';
      },
    },
    {
      name: 'an operator takes the ticket',
      act: async () => operator.react(salon, root, '✋'),
      isDone: async () => (await findIn(agent, direct, /conseiller a pris/)) !== null,
    },
    ...Array.from({ length: options.exchanges }, (_, index) => exchange(index + 1)).flat(),
    ...(options.desk === true ? desk() : []),
  ];
  let at = -1;

  return {
    record,
    async next() {
      const step = steps[at];
      if (step && !(await step.isDone())) return true;
      at += 1;
      const begun = steps[at];
      record.step = begun?.name ?? 'over';
      if (!begun) return false;
      await begun.act();
      return true;
    },
  };
}

/** The message that an event of the bot answers; null for what answers none, and for a new version of a message. */
export function answeredBy({ content }: Pick<ServerEvent, 'content'>): string | null {
  const relation = content['m.relates_to'] as
    | { rel_type?: string; 'm.in_reply_to'?: { event_id?: string } }
    | undefined;
  return relation?.rel_type === 'm.replace' ? null : (relation?.['m.in_reply_to']?.event_id ?? null);
}
