import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

export const listReplies = defineChatCommand({
  name: 'reponses',
  synonyms: [],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.reponses',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets) => tickets.listReplies(),
});
