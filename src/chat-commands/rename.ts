import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const rename = defineChatCommand({
  name: 'renommer',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.renommer',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number, rest }) => tickets.rename(number, rest),
});
