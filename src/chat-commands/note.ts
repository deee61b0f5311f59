import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const note = defineChatCommand({
  name: 'note',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.note',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number, rest }) => tickets.note(number, rest),
});
