import type { Account } from './start-synapse.ts';

/** An event as the client-server API gives it, at least these. */
export interface MatrixEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Record<string, unknown>;
  readonly [key: string]: unknown;
}

export interface MatrixClient {
  readonly account: Account;
  /** One authenticated call; `path` starts after /_matrix/client/v3. Rejects with the status and the errcode. */
  call(method: string, path: string, body?: object): Promise<Record<string, unknown>>;
  createRoom(options?: object): Promise<string>;
  /** A room made as Tchap makes a direct message, with the other person invited; unencrypted unless asked. */
  createDirectRoom(userId: string, options?: object): Promise<string>;
  join(roomId: string): Promise<void>;
  /** Sends a text, or a whole content; the event id. */
  send(roomId: string, content: string | object, type?: string): Promise<string>;
  react(roomId: string, eventId: string, key: string): Promise<string>;
  redact(roomId: string, eventId: string): Promise<string>;
  edit(roomId: string, eventId: string, text: string): Promise<string>;
  /** The timeline of a room, oldest first (at most 500 events). */
  readTimeline(roomId: string): Promise<MatrixEvent[]>;
  /** Resolves with the first timeline event that pleases, past ones included; rejects after `timeout` ms (30 s). */
  waitFor(roomId: string, wanted: (event: MatrixEvent) => boolean, timeout?: number): Promise<MatrixEvent>;
  /** Resolves once this user is a joined member. */
  waitForMember(roomId: string, userId: string, timeout?: number): Promise<void>;
}

/** A small client on fetch, without encryption: another party than the bot's own SDK. */
export function createMatrixClient(url: string, account: Account): MatrixClient {
  let count = 0;

  async function call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${url}/_matrix/client/v3${path}`, {
      method,
      headers: { Authorization: `Bearer ${account.accessToken}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  const room = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}`;
  const transaction = (): string => `t${process.pid}-${Date.now()}-${++count}`;

  async function createRoom(options: object = {}): Promise<string> {
    const made = await call('POST', '/createRoom', { preset: 'private_chat', ...options });
    return String(made['room_id']);
  }

  async function send(roomId: string, content: string | object, type = 'm.room.message'): Promise<string> {
    const body = typeof content === 'string' ? { msgtype: 'm.text', body: content } : content;
    const sent = await call('PUT', `${room(roomId)}/send/${type}/${transaction()}`, body);
    return String(sent['event_id']);
  }

  async function readTimeline(roomId: string): Promise<MatrixEvent[]> {
    const events: MatrixEvent[] = [];
    let from = '';
    while (events.length < 500) {
      const page = await call('GET', `${room(roomId)}/messages?dir=b&limit=100${from}`);
      events.push(...(page['chunk'] as MatrixEvent[]));
      if (typeof page['end'] !== 'string') break;
      from = `&from=${encodeURIComponent(page['end'])}`;
    }
    return events.reverse();
  }

  async function poll<T>(what: string, timeout: number, look: () => Promise<T | undefined>): Promise<T> {
    const limit = Date.now() + timeout;
    while (Date.now() < limit) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${account.name}: no ${what} after ${timeout} ms`);
  }

  return {
    account,
    call,
    createRoom,
    createDirectRoom: (userId, options = {}) =>
      createRoom({ preset: 'trusted_private_chat', is_direct: true, invite: [userId], ...options }),
    join: async (roomId) => {
      await call('POST', `/join/${encodeURIComponent(roomId)}`, {});
    },
    send,
    react: (roomId, eventId, key) =>
      send(roomId, { 'm.relates_to': { rel_type: 'm.annotation', event_id: eventId, key } }, 'm.reaction'),
    redact: async (roomId, eventId) => {
      const path = `${room(roomId)}/redact/${encodeURIComponent(eventId)}/${transaction()}`;
      return String((await call('PUT', path, {}))['event_id']);
    },
    edit: (roomId, eventId, text) =>
      send(roomId, {
        msgtype: 'm.text',
        body: `* ${text}`,
        'm.new_content': { msgtype: 'm.text', body: text },
        'm.relates_to': { rel_type: 'm.replace', event_id: eventId },
      }),
    readTimeline,
    waitFor: (roomId, wanted, timeout = 30_000) =>
      poll('such event', timeout, async () => (await readTimeline(roomId)).find(wanted)),
    waitForMember: async (roomId, userId, timeout = 30_000) => {
      await poll(`${userId} in the room`, timeout, async () => {
        const { joined } = await call('GET', `${room(roomId)}/joined_members`);
        return userId in (joined as object) ? true : undefined;
      });
    },
  };
}
