import type { DeviceVerification } from '../../chat-commands/capabilities.ts';
import { type Found, findChatCommand } from '../../chat-commands/find-chat-command.ts';
import type { RoomId, UserId } from '../../messages/ids.ts';

export interface BeforeAccess {
  readonly isAdmin: (userId: UserId) => boolean;
  /** Where what `verification` tells is said too; null: in the log alone. */
  readonly adminRoom: RoomId | null;
  /** undefined while encryption is not open. */
  readonly verification: () => DeviceVerification | undefined;
}

/** The chat command in an event, whatever the room and its access; `none` when the event is no such command. */
export function takeBeforeAccess(
  event: {
    readonly type: string;
    readonly sender: UserId;
    readonly content: Readonly<Record<string, unknown>>;
  },
  fromSignedDevice: boolean,
  { isAdmin, verification }: BeforeAccess,
): Found {
  const text = event.type === 'm.room.message' ? event.content['body'] : undefined;
  if (typeof text !== 'string') return { type: 'none' };
  const asker = { isOperator: false, isAdmin: isAdmin(event.sender), signedDevice: fromSignedDevice };
  return findChatCommand(text, asker, {
    when: ['before-access'],
    strict: false,
    can: { verification: verification() },
  });
}
