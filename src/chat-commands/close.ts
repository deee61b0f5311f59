import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

/** What follows the number is a note, for the editors of the fiches. */
export const close = defineChatCommand({
  name: 'clore',
  synonyms: ['fermer'],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.clore',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number, rest }) => tickets.close(number, rest === '' ? null : rest),
});
