import { addressOf, isUserId, type UserId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import { cutText } from '../text/cut-text.ts';
import { carryOut, type Occasion } from './carry-out.ts';
import { inviteAgent } from './rules/open-ticket.ts';
import type { Sentence } from './rules/ticket.ts';

const longestSubject = 200;

/**
 * `!ecrire`: an operator begins a conversation with somebody who may write to the bot. Returns the sentence that says why
 * not, or null when the agent is asked.
 */
export function inviteInWords(
  written: string,
  message: IncomingMessage,
  occasion: Occasion,
): Sentence | null {
  const { tools, box, now } = occasion;
  const named = readPerson(written, message);
  if (named === null) return { id: 'ticket.ecrire-qui', values: {} };
  const { agent, subject } = named;
  if (!tools.mayWriteTo(agent)) return { id: 'ticket.ecrire-refuse', values: { qui: { userId: agent } } };
  const known = tools.tickets.findOpenOf(agent);
  if (known !== null) {
    const values = { numero: known.ticket.number, qui: { userId: agent } };
    return { id: 'ticket.ecrire-deja', values };
  }
  const summary = [
    tools.say({ id: 'ticket.a-l-initiative', values: { qui: { userId: message.sender } } }),
    ...(subject === null
      ? []
      : [tools.say({ id: 'conseiller.invitation-sujet', values: { sujet: subject } })]),
  ];
  const number = tools.tickets.nextNumber();
  const change = inviteAgent({ number, agent, by: message.sender, subject, summary, now });
  const address = tools.store.rooms.findDirect(agent) ?? addressOf(agent);
  carryOut({ ticket: change.ticket, address, salon: box.salon, root: box.nextId() }, change, occasion);
  return null;
}

/** An id, or the one person mentioned; what follows is the subject. */
function readPerson(
  written: string,
  { mentions = [], sender }: IncomingMessage,
): { readonly agent: UserId; readonly subject: string | null } | null {
  const [first = '', ...rest] = written.split(/\s+/);
  if (isUserId(first)) return { agent: first, subject: clean(rest.join(' ')) };
  const [mentioned, ...others] = mentions.filter((person) => person !== sender);
  if (mentioned === undefined || others.length > 0) return null;
  // How the client has written the name is not known: the subject comes after a colon.
  return { agent: mentioned, subject: clean(/:\s+([\s\S]+)$/.exec(written)?.[1] ?? '') };
}

function clean(text: string): string | null {
  const subject = text
    .replace(/^:\s*/, '')
    .replace(/[*`«»<>]|\p{C}/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return subject === '' ? null : cutText(subject, longestSubject);
}
