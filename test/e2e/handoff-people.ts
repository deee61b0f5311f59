import { encrypted, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { plainTypography } from '../text/plain-typography.ts';
import { createMatrixClient } from './homeserver/matrix-client.ts';
import type { Account, Synapse } from './homeserver/start-synapse.ts';

export interface Seen {
  readonly id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Record<string, unknown>;
}

/** Somebody with a Matrix client, encrypted or not. */
export interface Person {
  readonly account: Account;
  createRoom(options: object): Promise<string>;
  createDirectRoom(userId: string): Promise<string>;
  join(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  waitForMember(room: string, userId: string): Promise<void>;
  say(room: string, body: string, relation?: object): Promise<string>;
  send(room: string, content: object): Promise<string>;
  react(room: string, event: string, key: string): Promise<string>;
  edit(room: string, event: string, body: string): Promise<string>;
  redact(room: string, event: string): Promise<string>;
  read(room: string): Promise<readonly Seen[]>;
  /** The first event that pleases, past ones included; rejects after 30 s with what is there instead. */
  waitFor(room: string, what: string, wanted: (event: Seen) => boolean): Promise<Seen>;
  stop(): Promise<void>;
}

/** A client of this project's tests, without encryption. */
export async function createClearPerson(
  synapse: Synapse,
  name: string,
  displayName: string,
): Promise<Person> {
  const client = createMatrixClient(synapse.url, await synapse.createUser(name, { displayName }));
  const read = async (room: string): Promise<readonly Seen[]> =>
    (await client.readTimeline(room)).map((event) => ({ ...event, id: event.event_id }));
  return {
    account: client.account,
    createRoom: client.createRoom,
    createDirectRoom: (userId) => client.createDirectRoom(userId),
    join: client.join,
    leave: async (room) => {
      await client.call('POST', `/rooms/${encodeURIComponent(room)}/leave`, {});
    },
    waitForMember: (room, userId) => client.waitForMember(room, userId),
    say: (room, body, relation) => client.send(room, message(body, relation)),
    send: (room, content) => client.send(room, content),
    react: client.react,
    edit: client.edit,
    redact: client.redact,
    read,
    waitFor: (room, what, wanted) => waitFor(name, () => read(room), what, wanted),
    stop: async () => {},
  };
}

/** matrix-js-sdk, every room encrypted, devices that their owner has not signed left out. */
export async function createEncryptedPerson(
  synapse: Synapse,
  name: string,
  displayName: string,
): Promise<Person> {
  const account = await synapse.createUser(name, { displayName });
  const agent = await startJsSdkAgent(synapse.url, account, { isolation: 'signed' });
  const read = (room: string) => agent.run<Seen[]>('timeline', { room });
  const send = (room: string, content: object, type?: string) => agent.send(room, content, type);
  return {
    account,
    createRoom: (options) => agent.createRoom({ ...options, initial_state: [encrypted] }),
    createDirectRoom: (userId) => agent.createEncryptedDirectRoom(userId),
    join: async (room) => {
      await agent.run('join', { room });
    },
    leave: async (room) => {
      await agent.run('call', {
        method: 'POST',
        path: `/rooms/${encodeURIComponent(room)}/leave`,
        body: {},
      });
    },
    waitForMember: async (room, userId) => {
      await agent.run('waitForMember', { room, userId, membership: 'join' });
    },
    say: (room, body, relation) => send(room, message(body, relation)),
    send: (room, content) => send(room, content),
    react: (room, event, key) =>
      send(room, { 'm.relates_to': { rel_type: 'm.annotation', event_id: event, key } }, 'm.reaction'),
    edit: (room, event, body) =>
      send(room, {
        msgtype: 'm.text',
        body: `* ${body}`,
        'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: event },
      }),
    redact: (room, event) => agent.run('redact', { room, event }),
    read,
    waitFor: (room, what, wanted) => waitFor(name, () => read(room), what, wanted),
    stop: agent.stop,
  };
}

/** The text as a reader sees it: of an edit, the new one. */
export function bodyOf({ content }: Seen): string {
  const anew = content['m.new_content'] as { body?: unknown } | undefined;
  return plainTypography(String(anew?.body ?? content['body'] ?? ''));
}

export function threadOf({ content }: Seen): string | null {
  const relation = content['m.relates_to'] as { rel_type?: string; event_id?: string } | undefined;
  return relation?.rel_type === 'm.thread' ? (relation.event_id ?? null) : null;
}

function message(body: string, relation?: object): object {
  return { msgtype: 'm.text', body, ...(relation ? { 'm.relates_to': relation } : {}) };
}

async function waitFor(
  name: string,
  read: () => Promise<readonly Seen[]>,
  what: string,
  wanted: (event: Seen) => boolean,
): Promise<Seen> {
  const limit = Date.now() + 30_000;
  let seen: readonly Seen[] = [];
  while (Date.now() < limit) {
    seen = await read();
    const found = seen.find(wanted);
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const shown = seen.map((event) => `${event.sender} ${event.type} ${bodyOf(event).slice(0, 80)}`).join('\n');
  throw new Error(`${name}: no ${what} after 30 s, only\n${shown}`);
}
