import type { Desk } from '../bot/desk.ts';
import type { Reply } from '../conversation/conversation.ts';
import { sayAtEdge } from '../conversation/rendering/say-at-edge.ts';
import type { Content } from '../knowledge/content.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { Store } from '../store/open-store.ts';
import type { OutgoingMessage } from '../store/outgoing-table.ts';

interface Surroundings {
  readonly store: Store;
  readonly desk: Desk | undefined;
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
      return { replies: [toThePerson(describeData(message.person, surroundings))], outgoing: [] };
    case '!oublier': {
      const outgoing = eraseData(message, surroundings);
      const text = sayAtEdge(surroundings.content, 'oubli-fait');
      return { replies: [toThePerson([{ type: 'paragraph', text }])], outgoing };
    }
    default:
      return null;
  }
}

function describeData(person: string, { store, desk, content }: Surroundings): Reply['blocks'] {
  const events = store.journal.summaryOf(person);
  const lines = [
    sayAtEdge(content, 'mes-donnees-evenements', {
      nombre: events.events,
      depuis: events.oldest === null ? '-' : formatDay(events.oldest),
    }),
    sayAtEdge(content, 'mes-donnees-textes', { nombre: events.withText }),
    sayAtEdge(content, 'mes-donnees-conversations', { nombre: store.conversations.countOf(person) }),
    sayAtEdge(content, 'mes-donnees-questions', { nombre: store.feedback.countOf(person) }),
    sayAtEdge(content, 'mes-donnees-demandes', { nombre: desk?.countOf(person) ?? 0 }),
  ];
  return [
    { type: 'heading', text: sayAtEdge(content, 'mes-donnees-titre') },
    { type: 'bullets', items: lines.map((text) => ({ text })) },
    { type: 'paragraph', text: sayAtEdge(content, 'mes-donnees-effacer') },
  ];
}

/** All or nothing: bot.ts calls this inside its transaction. Returns the deletions to send. */
function eraseData(message: IncomingMessage, { store, desk, now }: Surroundings): readonly OutgoingMessage[] {
  // First: the desk finds in the outgoing table what to delete from the support salon.
  const outgoing = desk?.eraseOf(message.person, now) ?? [];
  store.conversations.eraseOf(message.person);
  store.feedback.eraseOf(message.person);
  store.journal.eraseOf(message.person, message.id);
  store.outgoing.eraseOf(message.person);
  store.notices.eraseOf(message.person);
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
