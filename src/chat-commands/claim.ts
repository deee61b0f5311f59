import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const claim = defineChatCommand({
  name: 'prendre',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.prendre',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number }) => tickets.claim(number),
});
