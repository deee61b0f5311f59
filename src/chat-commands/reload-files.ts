import { describeReload } from '../brain/live-brain.ts';
import { defineChatCommand } from './chat-command.ts';
import { takeNothing } from './read-arguments.ts';

/** Reading the files takes seconds: it goes on after the turn, and its outcome is a message of its own. */
export const reloadFiles = defineChatCommand({
  name: 'recharger',
  synonyms: [],
  who: 'administrators',
  when: 'after-turn',
  acknowledgement: 'Je relis les fichiers, je vous dis ce qu’il en est.',
  device: 'any',
  help: 'aide.recharger',
  uses: 'program',
  parse: takeNothing,
  async run(program) {
    const outcome = await program
      .reload()
      .then(describeReload, (error: unknown) => `Lecture impossible : ${describeCause(error)}`);
    program.answer(outcome);
  },
});

function describeCause(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
