import { describeReload, type LiveBrain, type Reload } from '../brain/live-brain.ts';
import { composeForRoom, composeOutcome } from '../messages/compose.ts';
import type { RoomId, UserId } from '../messages/ids.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { Store } from '../store/open-store.ts';
import type { Program } from './capabilities.ts';

export interface AdministrationOptions {
  readonly live: Pick<LiveBrain, 'brain' | 'reload'>;
  readonly isAdmin: (userId: UserId) => boolean;
  /** Where changes of the files are told, or null: only in the log then. */
  readonly room: RoomId | null;
  readonly store: Store;
  /** Of the program, as in package.json. */
  readonly version: string;
  /** The machines of this account and their roles, in French; absent: there is one alone. */
  readonly describeMachines?: (() => string) | undefined;
  /** Do administrators verify devices by commands? */
  readonly verifiesDevices: boolean;
  readonly onOutgoing: () => void;
  /** Events that were set aside wait in the journal again. */
  readonly onRetry: () => void;
  /** A command failed after its turn: nobody awaits it. */
  readonly onFailure: (cause: unknown) => void;
  readonly clock?: () => number;
}

/** Who the administrators are, and what their commands use. */
export interface Administration
  extends Pick<AdministrationOptions, 'isAdmin' | 'verifiesDevices' | 'onRetry' | 'onFailure'> {
  readonly program: Omit<Program, 'answer'>;
  /** Once a turn is stored, says what came of the command in it. */
  answerLater(message: IncomingMessage, text: string): void;
  /** Says in the administrators' room what came of a change of the files. */
  tell(reload: Reload): void;
}

export function createAdministration(options: AdministrationOptions): Administration {
  const { live, room, store, version, describeMachines, onOutgoing } = options;
  const clock = options.clock ?? Date.now;

  function add(message: OutgoingMessage): void {
    store.outgoing.add(message, clock());
    onOutgoing();
  }

  return {
    isAdmin: options.isAdmin,
    verifiesDevices: options.verifiesDevices,
    onRetry: options.onRetry,
    onFailure: options.onFailure,
    program: { version, describeMachines, content: () => live.brain().content, reload: live.reload },
    answerLater: (message, text) => add(composeOutcome(message, text)),
    tell(reload) {
      if (room !== null) add(composeForRoom(room, describeReload(reload), { now: clock() }));
    },
  };
}
