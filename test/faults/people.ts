import type { RawEvent } from '../../src/encryption/encryption.ts';
import { type MachinePeer, startMachinePeer } from '../encryption/machine-peer.ts';
import { plainTypography } from '../text/plain-typography.ts';
import type { ServerEvent, SmallHomeserver } from './small-homeserver.ts';

/** Somebody on this homeserver, with a device of their own. */
export interface Person {
  readonly userId: string;
  /** Makes the device that encrypted rooms need; done by itself when it is missing. */
  openDevice(): Promise<unknown>;
  /** Writes into a room, encrypted where the room is. */
  say(room: string, text: string, more?: object): Promise<ServerEvent>;
  react(room: string, event: string, key: string): Promise<void>;
  /** What the bot has said in a room, as this person's client shows it. */
  read(room: string): Promise<readonly Seen[]>;
}

export interface Seen {
  readonly event: ServerEvent;
  /** null: the person's client cannot decrypt it. */
  readonly content: Readonly<Record<string, unknown>> | null;
  /** Why not. */
  readonly reason: string;
}

/** The text of a message, its spaces and apostrophes as on a keyboard; empty where it cannot be read. */
export function bodyOf({ content }: Pick<Seen, 'content'>): string {
  return plainTypography(String(content?.['body'] ?? ''));
}

export function isEncrypted(server: SmallHomeserver, room: string): boolean {
  return server.rooms.get(room)?.state.has('m.room.encryption|') ?? false;
}

export function createPerson(server: SmallHomeserver, name: string): Person {
  const userId = `@${name}:agent.interieur.test`;
  let peer: Promise<MachinePeer> | null = null;
  const reasons = new Map<string, string>();
  const readable = new Map<string, Readonly<Record<string, unknown>>>();

  function openDevice(): Promise<MachinePeer> {
    peer ??= (async () => {
      const opened = await startMachinePeer(server.directory, userId, `TELEPHONE-${name}`);
      await opened.publishIdentity();
      server.noteDevices(userId);
      return opened;
    })();
    return peer;
  }

  function membersOf(room: string): string[] {
    return [...(server.rooms.get(room)?.state.values() ?? [])]
      .filter(({ type, content }) => type === 'm.room.member' && content['membership'] !== 'leave')
      .map(({ state_key }) => state_key ?? '');
  }

  return {
    userId,
    openDevice,
    async say(room, text, more = {}) {
      const content = { msgtype: 'm.text', body: text, ...more };
      if (!isEncrypted(server, room))
        return server.append(room, { type: 'm.room.message', sender: userId, content });
      const device = await openDevice();
      await device.pump();
      const sealed = await device.say(room, content, membersOf(room));
      const relation = (more as Record<string, unknown>)['m.relates_to'];
      const shown = relation === undefined ? sealed.content : { ...sealed.content, 'm.relates_to': relation };
      return server.append(room, { type: sealed.type, sender: userId, content: shown });
    },
    async react(room, event, key) {
      const relation = { rel_type: 'm.annotation', event_id: event, key };
      server.append(room, { type: 'm.reaction', sender: userId, content: { 'm.relates_to': relation } });
    },
    async read(room) {
      const said = server.saidIn(room);
      const unread = said.filter(
        ({ type, event_id }) => type === 'm.room.encrypted' && !readable.has(event_id),
      );
      if (unread.length > 0) {
        const device = await openDevice();
        await device.pump();
        for (const event of unread) {
          const decryption = await device.decrypt(room, { ...event, room_id: room } as RawEvent);
          reasons.set(event.event_id, decryption.ok ? '' : decryption.reason);
          if (decryption.ok) readable.set(event.event_id, decryption.event.content);
        }
      }
      return said.map((event) => ({
        event,
        reason: reasons.get(event.event_id) ?? '',
        content: event.type === 'm.room.encrypted' ? (readable.get(event.event_id) ?? null) : event.content,
      }));
    },
  };
}
