import type { Reply } from '../conversation/conversation.ts';
import { say } from '../conversation/rendering/say.ts';
import type { Content } from '../knowledge/content.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { Store } from '../store/open-store.ts';

/** What the commands on personal data ask of the desk, which stands in a room above this one. */
interface TicketRecords {
  countOf(agent: string): number;
  eraseOf(agent: string, now: number): readonly OutgoingMessage[];
}

interface Surroundings {
  readonly store: Store;
  readonly desk: TicketRecords | undefined;
  readonly content: Content;
  readonly now: number;
}

/**
 * `!mes-donnees` tells a person what is stored of them, `!oublier` erases it. The answer goes to the person alone.
 * null when the message is no such command.
 */
export function answerPersonalDataCommand(
  message: IncomingMessage,
  surroundings: Surroundings,
): { readonly replies: readonly Reply[]; readonly outgoing: readonly OutgoingMessage[] } | null {
  if (message.input.type !== 'text') return null;
  switch (message.input.text.trim().toLowerCase()) {
    case '!mes-donnees':
    case '!mes-données':
      return { replies: [toThePerson(describeData(message.sender, surroundings))], outgoing: [] };
    case '!oublier': {
      const outgoing = eraseData(message, surroundings);
      const text = say(surroundings.content, 'oubli-fait');
      return { replies: [toThePerson([{ type: 'paragraph', text }])], outgoing };
    }
    default:
      return null;
  }
}

function describeData(agent: string, { store, desk, content }: Surroundings): Reply['blocks'] {
  const events = store.journal.summaryOf(agent);
  const lines = [
    say(content, 'mes-donnees-evenements', {
      nombre: events.events,
      depuis: events.oldest === null ? '-' : formatDay(events.oldest),
    }),
    say(content, 'mes-donnees-textes', { nombre: events.withText }),
    say(content, 'mes-donnees-conversations', { nombre: store.conversations.countOf(agent) }),
    say(content, 'mes-donnees-questions', { nombre: store.feedback.countOf(agent) }),
    say(content, 'mes-donnees-demandes', { nombre: desk?.countOf(agent) ?? 0 }),
  ];
  return [
    { type: 'heading', text: say(content, 'mes-donnees-titre') },
    { type: 'bullets', items: lines.map((text) => ({ text })) },
    { type: 'paragraph', text: say(content, 'mes-donnees-effacer') },
  ];
}

/** All or nothing: bot.ts calls this inside its transaction. Returns the deletions to send. */
function eraseData(message: IncomingMessage, { store, desk, now }: Surroundings): readonly OutgoingMessage[] {
  // First: the desk finds in the outgoing table what to delete from the support salon.
  const outgoing = desk?.eraseOf(message.sender, now) ?? [];
  store.conversations.eraseOf(message.sender);
  store.feedback.eraseOf(message.sender);
  store.journal.eraseOf(message.sender, message.id);
  store.outgoing.eraseOf(message.sender);
  store.notices.eraseOf(message.sender);
  return outgoing;
}

function toThePerson(blocks: Reply['blocks']): Reply {
  return { blocks, reactions: [], to: 'dm', replaces: null };
}

function formatDay(milliseconds: number): string {
  return new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(
    milliseconds,
  );
}
