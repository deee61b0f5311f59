import type { RawEvent } from '../../src/encryption/encryption.ts';
import { createMatrixClient, type MatrixClient } from '../e2e/homeserver/matrix-client.ts';
import type { Account, Synapse } from '../e2e/homeserver/start-synapse.ts';
import { createKeyDirectory, type KeyDirectory } from '../encryption/key-directory.ts';
import { type MachinePeer, startMachinePeer } from '../encryption/machine-peer.ts';
import { createCall } from '../encryption/small-bot.ts';
import type { Person } from './people.ts';
import type { ServerEvent } from './small-homeserver.ts';

/** A person on a real homeserver, with one device on the real crypto library. */
export interface SynapsePerson extends Person {
  readonly account: Account;
  readonly client: MatrixClient;
}

/** @param botUserId whose messages `read` gives */
export async function createSynapsePerson(
  synapse: Synapse,
  name: string,
  botUserId: string,
): Promise<SynapsePerson> {
  const account = await synapse.createUser(name);
  const client = createMatrixClient(synapse.url, account);
  const directory = createRemoteDirectory(synapse.url, account);
  const readable = new Map<string, Readonly<Record<string, unknown>>>();
  const reasons = new Map<string, string>();
  const encrypted = new Map<string, boolean>();
  let peer: Promise<MachinePeer> | null = null;

  function openDevice(): Promise<MachinePeer> {
    peer ??= (async () => {
      const opened = await startMachinePeer(directory, account.userId, account.deviceId);
      await opened.publishIdentity();
      return opened;
    })();
    return peer;
  }

  async function pump(): Promise<MachinePeer> {
    const device = await openDevice();
    await directory.fetchInbox();
    await device.pump();
    return device;
  }

  async function isEncrypted(room: string): Promise<boolean> {
    const known = encrypted.get(room);
    if (known !== undefined) return known;
    const path = `/rooms/${encodeURIComponent(room)}/state/m.room.encryption/`;
    const found = await client.call('GET', path).then(
      () => true,
      () => false,
    );
    encrypted.set(room, found);
    return found;
  }

  async function readMembers(room: string): Promise<string[]> {
    const { joined } = await client.call('GET', `/rooms/${encodeURIComponent(room)}/joined_members`);
    return Object.keys(joined as object);
  }

  const asSent = (id: string, content: object): ServerEvent => ({
    event_id: id,
    type: 'm.room.message',
    sender: account.userId,
    origin_server_ts: Date.now(),
    content: content as Record<string, unknown>,
    at: 0,
  });

  return {
    account,
    client,
    userId: account.userId,
    openDevice,
    async say(room, text, more = {}) {
      const content = { msgtype: 'm.text', body: text, ...more };
      if (!(await isEncrypted(room))) return asSent(await client.send(room, content), content);
      const members = await readMembers(room);
      for (const member of members) directory.devices.set(member, new Map());
      const device = await pump();
      const sealed = await device.say(room, content, members);
      const relation = (more as Record<string, unknown>)['m.relates_to'];
      const shown = relation === undefined ? sealed.content : { ...sealed.content, 'm.relates_to': relation };
      return asSent(await client.send(room, shown, 'm.room.encrypted'), shown);
    },
    async react(room, event, key) {
      await client.react(room, event, key);
    },
    async read(room) {
      const timeline = await client.readTimeline(room);
      const said = timeline.filter((event) => event.sender === botUserId && event['state_key'] === undefined);
      const unread = said.filter(
        ({ type, event_id }) => type === 'm.room.encrypted' && !readable.has(event_id),
      );
      const device = unread.length > 0 ? await pump() : null;
      for (const event of unread) {
        const decryption = await device?.decrypt(room, { ...event, room_id: room } as RawEvent);
        if (!decryption) continue;
        reasons.set(event.event_id, decryption.ok ? '' : decryption.reason);
        if (decryption.ok) readable.set(event.event_id, decryption.event.content);
      }
      return said.map((event) => ({
        event: { ...event, at: 0 },
        reason: reasons.get(event.event_id) ?? '',
        content: event.type === 'm.room.encrypted' ? (readable.get(event.event_id) ?? null) : event.content,
      }));
    },
  };
}

/** The real homeserver in the shape that machine-peer.ts asks for. */
function createRemoteDirectory(
  url: string,
  account: Account,
): KeyDirectory & { fetchInbox(): Promise<void> } {
  const call = createCall(url, account.accessToken);
  const inbox: object[] = [];
  let since: string | undefined;
  const filter = JSON.stringify({ room: { rooms: [] }, presence: { not_types: ['*'] } });
  return {
    ...createKeyDirectory(),
    callAs: () => call,
    takeInbox: () => inbox.splice(0),
    async fetchInbox() {
      for (;;) {
        const answer = (await call('GET', '/_matrix/client/v3/sync', {
          filter,
          timeout: '0',
          ...(since === undefined ? {} : { since }),
        })) as { next_batch: string; to_device?: { events?: object[] } };
        since = answer.next_batch;
        const events = answer.to_device?.events ?? [];
        inbox.push(...events);
        if (events.length === 0) return;
      }
    },
  };
}
