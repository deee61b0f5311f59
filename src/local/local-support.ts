import type { Desk } from '../bot/desk.ts';
import type { Brain } from '../brain/brain.ts';
import { renderReply } from '../conversation/rendering/render-reply.ts';
import type { OutgoingId, RoomId, UserId } from '../messages/ids.ts';
import type { Store } from '../store/open-store.ts';
import { createDesk } from '../tickets/create-desk.ts';
import type { SupportSettings } from '../tickets/load-support-settings.ts';

export interface LocalSupportOptions extends SupportSettings {
  /** The room that is the support salon. */
  readonly room: RoomId;
}

/** The support salon of a world without Matrix: whoever writes there is an operator. */
export interface LocalSupport {
  readonly room: RoomId;
  readonly desk: Desk;
  /** Makes an operator a member of the salon; call it before each message there. */
  enter(operator: UserId): void;
  /**
   * Thread of the ticket asked for, else of the only one that this operator holds. null: of none, the message is for the
   * whole salon.
   */
  findThread(operator: UserId, ticket: number | null): OutgoingId | null;
}

export function createLocalSupport(
  store: Store,
  brain: () => Brain,
  { room, ...settings }: LocalSupportOptions,
): LocalSupport {
  const { tickets } = store;
  store.rooms.update(room, { membership: 'join', stateKnown: true, crowded: true });
  return {
    room,
    desk: createDesk({
      store,
      content: () => brain().content,
      render: renderReply,
      supportRoom: room,
      ...settings,
    }),
    enter(operator) {
      if (store.rooms.readMember(room, operator)) return;
      store.rooms.setMember(room, { user: operator, membership: 'join', displayName: null });
    },
    findThread(operator, ticket) {
      if (ticket !== null) return tickets.find(ticket)?.root ?? null;
      const held = tickets
        .listOpen()
        .filter(({ ticket: { stage } }) => stage.status === 'held' && stage.by === operator);
      return held.length === 1 ? (held[0]?.root ?? null) : null;
    },
  };
}
