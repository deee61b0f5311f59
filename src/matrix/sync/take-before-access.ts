import type { DeviceVerification } from '../../chat-commands/capabilities.ts';
import { findChatCommand } from '../../chat-commands/find-chat-command.ts';
import { say } from '../../conversation/rendering/say.ts';
import type { Content } from '../../knowledge/content.ts';
import type { UserId } from '../../messages/ids.ts';

export interface BeforeAccess {
  readonly isAdmin: (userId: UserId) => boolean;
  /** undefined while encryption is not open. */
  readonly verification: () => DeviceVerification | undefined;
}

/** Runs a chat command whatever the room and its access; false when the event is no such command. */
export function takeBeforeAccess(
  event: {
    readonly type: string;
    readonly sender: UserId;
    readonly content: Readonly<Record<string, unknown>>;
  },
  fromSignedDevice: boolean,
  { isAdmin, verification }: BeforeAccess,
  content: () => Content,
): boolean {
  const text = event.type === 'm.room.message' ? event.content['body'] : undefined;
  if (typeof text !== 'string') return false;
  const devices = verification();
  const asker = { isOperator: false, isAdmin: isAdmin(event.sender), signedDevice: fromSignedDevice };
  const found = findChatCommand(text, asker, {
    when: ['before-access'],
    strict: false,
    can: { verification: devices },
  });
  switch (found.type) {
    case 'none':
      return false;
    case 'refused':
      devices?.tell(say(content(), found.sentence.id, found.sentence.values));
      return true;
    case 'command':
      void found.run();
      return true;
  }
}
