import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const listTickets = defineChatCommand({
  name: 'demandes',
  synonyms: ['tickets'],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.demandes',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets) => tickets.list(),
});
