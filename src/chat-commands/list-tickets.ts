import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const listTickets = defineChatCommand({
  name: 'tickets',
  synonyms: ['demandes'],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.tickets',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets) => tickets.list(),
});
