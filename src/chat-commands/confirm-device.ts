import { defineChatCommand } from './chat-command.ts';
import { takeCode } from './read-arguments.ts';

/**
 * SECURITY: a verification is what protects from the homeserver, so nothing counts that the homeserver could have written
 * in an administrator's name: only a device that they have signed, and the code of the log (admin-verification.ts).
 */
export const confirmDevice = defineChatCommand({
  name: 'verifier',
  synonyms: [],
  who: 'administrators',
  when: 'before-access',
  device: 'signed',
  help: 'aide.verifier',
  uses: 'verification',
  parse: takeCode,
  run: (verification, { code }) => verification.confirm(code),
});
