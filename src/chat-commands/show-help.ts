import { defineChatCommand } from './chat-command.ts';

export const showHelp = defineChatCommand({
  name: 'aide',
  synonyms: [],
  who: 'everybody',
  when: 'in-turn',
  device: 'any',
  help: 'aide.aide',
  uses: 'help',
  // « !aide mon vpn est coupé » is a question; in the support salon nobody asks the bot any.
  parse: (rest, { isOperator }) => (rest === '' || isOperator ? {} : null),
  run: (help) => help.answer(help.describe()),
});
