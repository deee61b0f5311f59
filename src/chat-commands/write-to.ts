import { defineChatCommand } from './chat-command.ts';

/** Opens a conversation that an operator begins; the agent answers, or not. */
export const writeTo = defineChatCommand({
  name: 'ecrire',
  synonyms: ['contacter'],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.ecrire',
  uses: 'tickets',
  parse: (rest) => ({ rest }),
  run: (tickets, { rest }) => tickets.writeTo(rest),
});
