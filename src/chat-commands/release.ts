import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const release = defineChatCommand({
  name: 'rendre',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.rendre',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number }) => tickets.release(number),
});
