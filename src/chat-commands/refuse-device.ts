import { defineChatCommand } from './chat-command.ts';
import { takeCode } from './read-arguments.ts';

export const refuseDevice = defineChatCommand({
  name: 'refuser',
  synonyms: [],
  who: 'administrators',
  when: 'before-access',
  device: 'signed',
  help: 'aide.refuser',
  uses: 'verification',
  parse: takeCode,
  run: (verification, { code }) => verification.refuse(code),
});
