import { say } from '../conversation/rendering/say.ts';
import { defineChatCommand } from './chat-command.ts';
import { takeNothing } from './read-arguments.ts';

/** Erases what is kept of the person who asks. */
export const eraseData = defineChatCommand({
  name: 'oublier',
  synonyms: [],
  who: 'everybody',
  when: 'in-turn',
  device: 'any',
  help: 'aide.oublier',
  uses: 'personalData',
  parse: takeNothing,
  run({ agent, turnId, now, store, tickets, content, answerPrivately, send }) {
    // The desk comes first: it finds in the outgoing table what to delete from the support salon.
    const deletions = tickets?.eraseOf(agent, now) ?? [];
    store.conversations.eraseOf(agent);
    store.feedback.eraseOf(agent);
    store.journal.eraseOf(agent, now, turnId);
    store.outgoing.eraseOf(agent, now);
    store.notices.eraseOf(agent);
    store.rooms.eraseOf(agent);
    // The confirmation names the person as well, until it is sent.
    store.notices.claim(agent, 'forget', now);
    answerPrivately([{ type: 'paragraph', text: say(content, 'oubli-fait') }]);
    send(deletions);
  },
});
