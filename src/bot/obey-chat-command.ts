import type { Capabilities } from '../chat-commands/capabilities.ts';
import type { Asker } from '../chat-commands/chat-command.ts';
import type { Administration } from '../chat-commands/create-administration.ts';
import { findChatCommand } from '../chat-commands/find-chat-command.ts';
import { listCommands } from '../chat-commands/list-commands.ts';
import { readChatCommand } from '../chat-commands/read-chat-command.ts';
import type { Block, Reply } from '../conversation/conversation.ts';
import { say } from '../conversation/rendering/say.ts';
import type { Content } from '../knowledge/content.ts';
import { composeNotice, composeReplies, type Render } from '../messages/compose.ts';
import type { IncomingMessage } from '../messages/incoming-message.ts';
import type { OutgoingMessage } from '../messages/outgoing-message.ts';
import type { Store } from '../store/open-store.ts';
import type { Desk } from './desk.ts';

interface Surroundings {
  readonly store: Store;
  readonly desk: Desk | undefined;
  readonly administration: Administration | undefined;
  readonly render: Render;
  readonly content: Content;
  readonly now: number;
}

interface Obeyed {
  readonly outgoing: readonly OutgoingMessage[];
  /** To call once the turn is stored; never rejects. */
  readonly afterTurn: (() => Promise<void>) | null;
}

/**
 * Runs a chat command inside the transaction of its turn; null when the message is none, or one of those that the desk
 * and the Matrix intake run.
 */
export function obeyChatCommand(message: IncomingMessage, surroundings: Surroundings): Obeyed | null {
  const { input } = message;
  if (input.type !== 'text' || readChatCommand(input.text) === null) return null;
  const { store, desk, administration, render, content, now } = surroundings;
  const outgoing: OutgoingMessage[] = [];
  /** `outgoing` is read when the turn is stored: whatever is said later needs a message of its own. */
  let turnIsOver = false;
  /** The command puts events back into the journal. */
  let retries = false;
  const standing = desk?.standingOf(message) ?? 'elsewhere';
  const asker: Asker = {
    isOperator: standing === 'operator',
    isAdmin: administration?.isAdmin(message.sender) ?? false,
    signedDevice: false,
  };
  const reply = (blocks: readonly Block[], to: Reply['to']): void => {
    const replies: readonly Reply[] = [{ blocks, reactions: [], to, replaces: null }];
    outgoing.push(...composeReplies(message, replies, render, store.rooms.findDirect(message.sender)));
  };
  const notify = (text: string): void => {
    outgoing.push(composeNotice(message, [{ type: 'paragraph', text }], render));
  };

  const found = findChatCommand(input.text, asker, {
    when: ['in-turn', 'after-turn'],
    strict: false,
    can: {
      // A stranger in the support salon gets no answer: people talk among themselves there.
      help: standing === 'stranger' ? undefined : { describe: describeCommands, answer: answerHelp },
      personalData: {
        agent: message.sender,
        turnId: message.id,
        now,
        content,
        store,
        tickets: desk,
        answerPrivately: (blocks) => reply(blocks, 'dm'),
        send: (messages) => outgoing.push(...messages),
      },
      program: administration && { ...administration.program, answer: answerOnProgram },
      failures: administration && {
        count: () => store.journal.countFailed() + store.outgoing.countSetAside(),
        list(limit) {
          // Whoever looks at the list is told of what is set aside later.
          store.notices.remove('', 'set-aside');
          const received = store.journal
            .listFailed(limit)
            .map((entry) => ({ ...entry, at: entry.receivedAt }));
          const refused = store.outgoing
            .listSetAside(limit)
            .map(({ address, reason, createdAt }) => ({ room: address, type: null, reason, at: createdAt }));
          return [...received, ...refused].toSorted((one, other) => other.at - one.at).slice(0, limit);
        },
        retry() {
          store.notices.remove('', 'set-aside');
          retries = true;
          return store.journal.retryFailed() + store.outgoing.retrySetAside();
        },
        answer: notify,
      },
    },
  });

  function describeCommands(): readonly Block[] {
    return listCommands(asker, content, (capability) => isInService(capability, surroundings));
  }

  function answerHelp(blocks: readonly Block[]): void {
    if (desk && asker.isOperator) outgoing.push(...desk.answerOperator(message, blocks, now));
    else reply(blocks, 'here');
  }

  function answerOnProgram(text: string): void {
    if (turnIsOver) administration?.answerLater(message, text);
    else notify(text);
  }

  switch (found.type) {
    case 'none':
      return null;
    case 'refused':
      notify(say(content, found.sentence.id, found.sentence.values));
      return { outgoing, afterTurn: null };
    case 'command': {
      const { command, run } = found;
      if (command.when !== 'after-turn') {
        void run();
        return { outgoing, afterTurn: retries ? async () => administration?.onRetry() : null };
      }
      notify(command.acknowledgement);
      return {
        outgoing,
        async afterTurn() {
          turnIsOver = true;
          try {
            await run();
          } catch (cause) {
            administration?.onFailure(cause);
          }
        },
      };
    }
  }
}

/** Help names no command that cannot run here. */
function isInService(capability: keyof Capabilities, { desk, administration }: Surroundings): boolean {
  switch (capability) {
    case 'help':
    case 'personalData':
      return true;
    case 'tickets':
      return desk !== undefined;
    case 'program':
    case 'failures':
      return administration !== undefined;
    case 'verification':
      return administration?.verifiesDevices ?? false;
  }
}
