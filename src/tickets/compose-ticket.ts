import type { Block, HandoffRequest } from '../conversation/conversation.ts';
import type { Address } from '../messages/ids.ts';
import type { Ticket } from '../store/ticket.ts';
import { escapeHtml } from '../text/escape-html.ts';
import { frenchTypography } from '../text/french-typography.ts';
import { composeRelay, costOf, type RelayPart } from './compose-relay.ts';
import type { DeskTools } from './desk-tools.ts';
import type { Sentence } from './rules/ticket.ts';

/** Bytes of the exchange in its event, which is never edited: see compose-relay.ts. */
const largestExchange = 36_000;

/** The message of the support salon whose thread is the conversation: what is asked, how far it went, by whom, who has it. */
export function composeTicket(ticket: Ticket, agentRoom: Address | '', tools: DeskTools): RelayPart {
  const { say } = tools;
  const { number, stage } = ticket;
  const lines = [
    ...(ticket.priority === 'normale' || stage.status === 'closed'
      ? []
      : [say({ id: `ticket.ligne-priorite-${ticket.priority}`, values: {} })]),
    ...(ticket.summary ?? []),
    say({
      id: 'ticket.agent',
      values: { nom: `${tools.nameOf(ticket.agent, agentRoom)} (${ticket.agent.replace(/[*`]/g, '')})` },
    }),
    ...(ticket.summary === undefined ? [describeFiche(ticket, tools)] : []),
    describeState(ticket, tools),
    ...(ticket.reminder === null || stage.status === 'closed'
      ? []
      : [
          say({
            id: 'ticket.ligne-rappel',
            values: { date: tools.dateOf(ticket.reminder.at), qui: { userId: ticket.reminder.by } },
          }),
        ]),
    ...(ticket.agentPresent || stage.status === 'closed'
      ? []
      : [say({ id: 'ticket.etat-agent-absent', values: {} })]),
  ];
  const blocks: Block[] = [
    {
      type: 'heading',
      text:
        ticket.title === null
          ? say({ id: 'ticket.titre', values: { numero: number } })
          : say({ id: 'ticket.titre-nomme', values: { numero: number, titre: ticket.title } }),
    },
    { type: 'bullets', items: lines.map((text) => ({ text })) },
    ...(stage.status === 'waiting'
      ? [{ type: 'note', text: say({ id: 'ticket.comment', values: { numero: number } }) } as const]
      : []),
  ];
  const { body, html } = tools.render({ blocks });
  return { text: body, html };
}

/** All that is known of a ticket without a summary: one opened by a version that wrote none. */
function describeFiche({ fiche, step }: Ticket, { say, content }: DeskTools): string {
  const title = fiche === null ? undefined : content.fiches.get(fiche)?.title;
  if (title === undefined) return say({ id: 'ticket.sans-fiche', values: {} });
  return step === null
    ? say({ id: 'ticket.fiche', values: { titre: title } })
    : say({ id: 'ticket.fiche-etape', values: { titre: title, etape: step } });
}

/** Since when: of a demande that nobody holds, since it came into the queue. */
function describeState({ stage, openedAt, awaitsConsent }: Ticket, { say, dateOf }: DeskTools): string {
  switch (stage.status) {
    case 'waiting':
      return say({ id: 'ticket.etat-attente', values: { date: dateOf(stage.since) } });
    case 'held':
      return say({
        id: awaitsConsent ? 'ticket.etat-invitation' : 'ticket.etat-pris',
        values: { qui: { userId: stage.by }, date: dateOf(openedAt) },
      });
    case 'closed':
      return say({ id: 'ticket.etat-clos', values: { date: dateOf(stage.at) } });
  }
}

/** The exchange with the bot, folded: first message of the thread. The end of a long one, which is what matters. */
export function composeExchange(transcript: HandoffRequest['transcript'], tools: DeskTools): RelayPart {
  if (transcript.length === 0) {
    const { body, html } = tools.render({
      blocks: [{ type: 'paragraph', text: tools.say({ id: 'ticket.echange-vide', values: {} }) }],
    });
    return { text: body, html };
  }
  // Not rendered as sentences are: what people typed stands beside it.
  const say = (sentence: Sentence): string => frenchTypography(tools.say(sentence));
  const speaker = {
    agent: say({ id: 'ticket.prefixe-agent', values: {} }),
    bot: say({ id: 'ticket.prefixe-assistant', values: {} }),
  };
  const kept: RelayPart[] = [];
  let size = 0;
  for (const { from, text } of transcript.toReversed()) {
    // The prefix and its tags stand beside each text.
    size += costOf(text) + 200;
    if (size > largestExchange) break;
    kept.unshift(...composeRelay(speaker[from], text));
  }
  const title = say({ id: 'ticket.echange', values: { nombre: transcript.length } });
  const cut = kept.length < transcript.length ? [say({ id: 'ticket.echange-coupe', values: {} })] : [];
  return {
    text: [title, ...cut, ...kept.map(({ text }) => text)].join('\n'),
    html: `<details><summary>${escapeHtml(title)}</summary>${cut.map((text) => `<p>${escapeHtml(text)}</p>`).join('')}${kept.map(({ html }) => html).join('')}</details>`,
  };
}

/** `!demandes`. */
export function composeQueue(now: readonly Ticket[], tools: DeskTools): Block[] {
  const { say } = tools;
  if (now.length === 0) return [{ type: 'paragraph', text: say({ id: 'ticket.liste-vide', values: {} }) }];
  const items = now.map((ticket) => {
    const common = {
      numero: ticket.number,
      nom: [tools.nameOf(ticket.agent, tools.tickets.find(ticket.number)?.address), ticket.title]
        .filter((name) => name !== null)
        .join(', '),
      date: tools.dateOf(ticket.openedAt),
    };
    const urgency =
      ticket.priority === 'normale' ? '' : say({ id: `ticket.marque-${ticket.priority}`, values: {} });
    return {
      text:
        urgency +
        (ticket.stage.status === 'held'
          ? say({ id: 'ticket.ligne-pris', values: { ...common, qui: { userId: ticket.stage.by } } })
          : say({ id: 'ticket.ligne-attente', values: common })),
    };
  });
  return [
    { type: 'paragraph', text: say({ id: 'ticket.liste', values: { nombre: now.length } }) },
    { type: 'bullets', items },
  ];
}
