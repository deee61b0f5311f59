import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';

/** Sends a canned reply to the agent. */
export const reply = defineChatCommand({
  name: 'r',
  synonyms: ['repondre', 'reponse'],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.r',
  uses: 'tickets',
  parse: takeNumber,
  run: (tickets, { number, rest }) => tickets.reply(number, rest),
});
