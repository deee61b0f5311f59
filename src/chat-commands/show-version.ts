import { defineChatCommand } from './chat-command.ts';
import { takeNothing } from './read-arguments.ts';

export const showVersion = defineChatCommand({
  name: 'version',
  synonyms: [],
  who: 'administrators',
  when: 'in-turn',
  device: 'any',
  help: 'aide.version',
  uses: 'program',
  parse: takeNothing,
  run(program) {
    const { version, fiches } = program.content();
    const machines = program.describeMachines === undefined ? '' : ` ${program.describeMachines()}`;
    program.answer(
      `Assistant ${program.version}, contenu ${version} : ${fiches.size} fiches, Node ${process.versions.node}.${machines}`,
    );
  },
});
