import { defineChatCommand } from './chat-command.ts';
import { takeNumber } from './read-arguments.ts';
import { readDuration } from './read-duration.ts';

/** « 2 h » alone is a duration, not the demande n° 2. */
export const remind = defineChatCommand({
  name: 'rappel',
  synonyms: ['rappeler'],
  who: 'operators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.rappel',
  uses: 'tickets',
  parse: (rest) => (readDuration(rest) === null ? takeNumber(rest) : { number: null, rest }),
  run: (tickets, { number, rest }) =>
    tickets.remind(number, /^(?:annuler|non|stop)$/iu.test(rest) ? 'never' : readDuration(rest)),
});
