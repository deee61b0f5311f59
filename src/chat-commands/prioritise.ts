import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const prioritise = defineChatCommand({
  name: 'priorite',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.priorite',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number, rest }) => tickets.prioritise(number, rest),
});
