import { describeReload, type LiveBrain, type Reload } from '../brain/live-brain.ts';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import { composeForRoom, composeNotice, composeOutcome } from '../messages/compose.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { Store } from '../store/open-store.ts';

export interface AdminCommandsOptions {
  readonly live: Pick<LiveBrain, 'brain' | 'reload'>;
  readonly isAdmin: (userId: string) => boolean;
  /** Where changes of the files are told, or null: only in the log then. */
  readonly room: string | null;
  readonly store: Store;
  /** Of the program, as in package.json. */
  readonly version: string;
  readonly onOutgoing: () => void;
  readonly clock?: () => number;
}

export interface AdminCommands {
  /** Answers `!version` and `!recharger` from an administrator; null for anything else. */
  take(message: IncomingMessage): readonly OutgoingMessage[] | null;
  /** Says in the administrators' room what came of a change of the files. */
  tell(reload: Reload): void;
}

/** What administrators of the bot can ask of it, wherever it listens to them. */
export function createAdminCommands(options: AdminCommandsOptions): AdminCommands {
  const { live, isAdmin, room, store, onOutgoing } = options;
  const clock = options.clock ?? Date.now;

  function add(message: OutgoingMessage): void {
    store.outgoing.add(message, clock());
    onOutgoing();
  }

  /** The reading goes on after the message is handled: its outcome is a message of its own. */
  async function reloadFor(message: IncomingMessage): Promise<void> {
    let text: string;
    try {
      text = describeReload(await live.reload());
    } catch (error) {
      text = `Lecture impossible : ${error instanceof Error ? error.message : String(error)}`;
    }
    add(composeOutcome(message, text));
  }

  return {
    take(message) {
      if (message.input.type !== 'text' || !isAdmin(message.sender)) return null;
      const say = (text: string) => [composeNotice(message, [{ type: 'paragraph', text }], renderReply)];
      switch (message.input.text.trim().toLowerCase()) {
        case '!version': {
          const { content } = live.brain();
          return say(
            `Assistant ${options.version}, contenu ${content.version} : ${content.fiches.size} fiches, Node ${process.versions.node}.`,
          );
        }
        case '!recharger':
          void reloadFor(message);
          return say('Je relis les fichiers, je vous dis ce qu’il en est.');
        default:
          return null;
      }
    },
    tell(reload) {
      if (room !== null) add(composeForRoom(room, describeReload(reload), { now: clock() }));
    },
  };
}
