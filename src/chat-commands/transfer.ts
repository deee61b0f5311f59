import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const transfer = defineChatCommand({
  name: 'transferer',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.transferer',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number, rest }) => tickets.transfer(number, rest),
});
