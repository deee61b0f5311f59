import type { SentenceId } from '../knowledge/sentence-catalogue.ts';
import type { Hands } from './capabilities.ts';
import type { Asker, ChatCommand, Who } from './chat-command.ts';
import { chatCommands } from './chat-commands.ts';
import { foldWord, readChatCommand } from './read-chat-command.ts';

/** Where messages come in: what may run there, and what it is handed. */
export interface Door {
  readonly when: readonly ChatCommand['when'][];
  readonly can: Hands;
  /** True where a misspelt command must not go any further: it is refused. False: a message like another. */
  readonly strict: boolean;
}

export type Found =
  /** A message like another, at this door. */
  | { readonly type: 'none' }
  | {
      readonly type: 'refused';
      readonly sentence: {
        readonly id: SentenceId;
        readonly values: Readonly<Record<string, string | number>>;
      };
    }
  | {
      readonly type: 'command';
      readonly command: ChatCommand;
      readonly run: () => void | Promise<void>;
    };

const byWord = new Map(
  chatCommands.flatMap((command) =>
    [command.name, ...command.synonyms].map((word) => [foldWord(word), command]),
  ),
);

/** The one gate: which command a text is, and whether this person may use it here, now and from this device. */
export function findChatCommand(text: string, asker: Asker, door: Door): Found {
  const written = readChatCommand(text);
  if (written === null) return { type: 'none' };
  const command = byWord.get(foldWord(written.word));
  const run =
    command && mayUse(command.who, asker) && door.when.includes(command.when)
      ? command.bind(written.rest, asker, door.can)
      : null;
  if (command === undefined || run === null) {
    if (!door.strict) return { type: 'none' };
    const values = { mot: written.word.slice(0, 30) };
    return { type: 'refused', sentence: { id: 'ticket.commande-inconnue', values } };
  }
  if (command.device === 'signed' && !asker.signedDevice) {
    const values = { commande: written.word };
    return { type: 'refused', sentence: { id: 'commande.appareil-non-verifie', values } };
  }
  return { type: 'command', command, run };
}

export function mayUse(who: Who, asker: Asker): boolean {
  switch (who) {
    case 'everybody':
      return true;
    case 'operators':
      return asker.isOperator;
    case 'administrators':
      return asker.isAdmin;
  }
}
