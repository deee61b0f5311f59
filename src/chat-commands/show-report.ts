import { defineChatCommand } from './chat-command.ts';
import { takeNothing } from './read-arguments.ts';

export const showReport = defineChatCommand({
  name: 'bilan',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.bilan',
  uses: 'tickets',
  parse: takeNothing,
  run: (tickets) => tickets.report(),
});
