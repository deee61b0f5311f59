import { createKeyDirectory, type KeyDirectory } from '../encryption/key-directory.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface ServerEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Readonly<Record<string, unknown>>;
  readonly state_key?: string;
  readonly redacts?: string;
  /** Its place in the homeserver's stream. */
  readonly at: number;
  readonly transaction?: string;
}

export interface ServerRoom {
  readonly id: string;
  readonly timeline: ServerEvent[];
  /** By type and state key. */
  readonly state: Map<string, ServerEvent>;
}

export interface ServerRequest {
  readonly method: string;
  /** After /_matrix/client/v3, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
  readonly token: string;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const botUserId = '@assistant:agent.interieur.test';

const ok = (body: unknown): Answer => ({ status: 200, body });
const refuse = (status: number, errcode: string, error = ''): Answer => ({
  status,
  body: { errcode, error },
});
const part = (text: string | undefined): string => decodeURIComponent(text ?? '');

/**
 * A homeserver in memory for one bot and the people it talks to: one stream of events, transactions done once for a
 * device, to-device events kept until the next /sync says that they came, limited timelines.
 */
export function createSmallHomeserver(time: VirtualTime, newest: number) {
  const directory: KeyDirectory = createKeyDirectory();
  const rooms = new Map<string, ServerRoom>();
  const accountData = new Map<string, unknown>();
  const transactions = new Map<string, unknown>();
  const toDevice: { readonly at: number; readonly event: object }[] = [];
  /** People whose devices have changed, and when. */
  const changed: { readonly at: number; readonly user: string }[] = [];
  let backup: { version: string; algorithm: unknown; auth_data: unknown } | null = null;
  let stream = 0;
  let devices = 0;
  let deviceId = '';
  let waiting: (() => void)[] = [];
  let keysHeldUntil = 0;

  function wake(): void {
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  }

  function append(
    roomId: string,
    event: Pick<ServerEvent, 'type' | 'sender' | 'content'> & Partial<ServerEvent>,
  ): ServerEvent {
    const room = rooms.get(roomId);
    if (!room) throw new Error(`no room ${roomId}`);
    stream += 1;
    const full = { ...event, event_id: `$${stream}`, origin_server_ts: time.serverNow, at: stream };
    room.timeline.push(full);
    if (full.state_key !== undefined) room.state.set(`${full.type}|${full.state_key}`, full);
    wake();
    return full;
  }

  function membership(room: ServerRoom, user: string): unknown {
    return room.state.get(`m.room.member|${user}`)?.content['membership'];
  }

  function setMember(room: string, user: string, membership: string, sender = user, more: object = {}): void {
    const content = { membership, displayname: user.slice(1, user.indexOf(':')), ...more };
    append(room, { type: 'm.room.member', sender, state_key: user, content });
  }

  function createRoom(
    creator: string,
    options: {
      readonly name?: string;
      readonly encrypted?: boolean;
      readonly direct?: boolean;
      readonly invite: readonly string[];
    },
  ): string {
    const id = `!${rooms.size + 1}:agent.interieur.test`;
    rooms.set(id, { id, timeline: [], state: new Map() });
    const set = (type: string, content: Record<string, unknown>): void =>
      void append(id, { type, sender: creator, state_key: '', content });
    set('m.room.create', { room_version: '10' });
    setMember(id, creator, 'join');
    set('m.room.power_levels', { users: { [creator]: 100 } });
    set('m.room.history_visibility', { history_visibility: 'invited' });
    set('m.room.join_rules', { join_rule: 'invite' });
    if (options.name !== undefined) set('m.room.name', { name: options.name });
    if (options.encrypted) {
      // The key changes every third message, so that kills fall on key shares too.
      set('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_msgs: 3 });
    }
    for (const user of options.invite)
      setMember(id, user, 'invite', creator, options.direct ? { is_direct: true } : {});
    return id;
  }

  function noteDevices(user: string): void {
    stream += 1;
    changed.push({ at: stream, user });
    wake();
  }

  /** What waits for the bot's device in the directory comes into its stream. */
  function collectToDevice(): void {
    if (time.now < keysHeldUntil) return;
    for (const event of directory.takeInbox(botUserId, deviceId)) {
      stream += 1;
      toDevice.push({ at: stream, event });
    }
  }

  const asClient = (event: ServerEvent): object => {
    const { at: _at, transaction, ...shown } = event;
    const own = transaction === undefined ? {} : { transaction_id: transaction };
    return { ...shown, unsigned: { age: time.serverNow - event.origin_server_ts, ...own } };
  };

  function readJoined(room: ServerRoom, since: number, joinedAt: number): object | null {
    const first = joinedAt > since;
    const fresh = room.timeline.filter(({ at }) => at > since || first);
    if (fresh.length === 0) return null;
    const shown = fresh.slice(-newest);
    const start = shown[0]?.at ?? 0;
    const limited = shown.length < fresh.length;
    const before = room.timeline.filter(({ at }) => at < start && (first || at > since));
    const state = new Map<string, ServerEvent>();
    for (const event of before) {
      if (event.state_key !== undefined) state.set(`${event.type}|${event.state_key}`, event);
    }
    return {
      timeline: { events: shown.map(asClient), limited, prev_batch: `t${start}` },
      state: { events: [...state.values()].map(asClient) },
    };
  }

  function readNews(since: number, isFirst: boolean): { readonly news: boolean; readonly answer: object } {
    collectToDevice();
    const join: Record<string, object> = {};
    const invite: Record<string, object> = {};
    const leave: Record<string, object> = {};
    for (const room of rooms.values()) {
      const own = room.state.get(`m.room.member|${botUserId}`);
      switch (own?.content['membership']) {
        case 'join': {
          const news = readJoined(room, since, own.at);
          if (news) join[room.id] = news;
          break;
        }
        case 'invite':
          if (own.at > since)
            invite[room.id] = { invite_state: { events: [...room.state.values()].map(asClient) } };
          break;
        case 'leave':
          if (own.at > since && !isFirst) leave[room.id] = { timeline: { events: [asClient(own)] } };
          break;
        default:
      }
    }
    const keys = toDevice.filter(({ at }) => at > since);
    const lists = [...new Set(changed.filter(({ at }) => at > since).map(({ user }) => user))];
    const answer = {
      next_batch: `s${stream}`,
      rooms: { join, invite, leave },
      to_device: { events: keys.map(({ event }) => event) },
      device_lists: { changed: lists, left: [] },
      device_one_time_keys_count: { signed_curve25519: directory.countOneTimeKeys(botUserId, deviceId) },
      device_unused_fallback_key_types: ['signed_curve25519'],
    };
    const touched = [join, invite, leave].some((part) => Object.keys(part).length > 0);
    return { news: touched || keys.length > 0 || lists.length > 0, answer };
  }

  async function sync({ query, signal }: ServerRequest): Promise<Answer> {
    const token = query.get('since');
    const since = token === null ? 0 : Number(token.slice(1));
    // What the token stands for has come: the homeserver need not keep its keys any longer.
    for (let at = toDevice.length - 1; at >= 0; at -= 1) {
      if ((toDevice[at]?.at ?? 0) <= since) toDevice.splice(at, 1);
    }
    const end = time.now + Number(query.get('timeout') ?? 0);
    for (;;) {
      const { news, answer } = readNews(since, token === null);
      if (news || token === null || time.now >= end || signal?.aborted) return ok(answer);
      await new Promise<void>((resolve) => {
        const callOff = time.at(end - time.now, resolve);
        waiting.push(() => {
          callOff();
          resolve();
        });
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  function readMessages(room: ServerRoom, query: URLSearchParams): Answer {
    const from = Number((query.get('from') ?? 't999999999').slice(1));
    const to = Number((query.get('to') ?? 't0').slice(1));
    const limit = Number(query.get('limit') ?? 10);
    const events = room.timeline.filter(({ at }) => at < from && at > to).reverse();
    const shown = events.slice(0, limit);
    const end = shown.length < events.length ? { end: `t${shown.at(-1)?.at}` } : {};
    return ok({ chunk: shown.map(asClient), start: `t${from}`, ...end });
  }

  function inRoom(room: ServerRoom, [action, ...rest]: string[], request: ServerRequest): Answer {
    const { method, path, query, body } = request;
    if (membership(room, botUserId) !== 'join' && action !== 'leave')
      return refuse(403, 'M_FORBIDDEN', 'You are not in the room');
    switch (action) {
      case 'send':
      case 'redact': {
        const transaction = part(rest[1]);
        const known = transactions.get(`${deviceId} ${path}`);
        if (known !== undefined) return ok(known);
        const event =
          action === 'send'
            ? { type: part(rest[0]), content: body }
            : { type: 'm.room.redaction', redacts: part(rest[0]), content: {} };
        const { event_id } = append(room.id, { ...event, sender: botUserId, transaction });
        transactions.set(`${deviceId} ${path}`, { event_id });
        return ok({ event_id });
      }
      case 'state': {
        if (rest.length === 0) return ok([...room.state.values()].map(asClient));
        const event = room.state.get(`${part(rest[0])}|${part(rest[1])}`);
        if (!event) return refuse(404, 'M_NOT_FOUND', 'Event not found.');
        return ok(query.get('format') === 'event' ? asClient(event) : event.content);
      }
      case 'messages':
        return readMessages(room, query);
      case 'leave':
        if (method === 'POST' && membership(room, botUserId) !== 'leave')
          setMember(room.id, botUserId, 'leave');
        return ok({});
      default:
        return ok({});
    }
  }

  function join(roomId: string): Answer {
    const room = rooms.get(roomId);
    if (!room) return refuse(404, 'M_NOT_FOUND');
    const own = membership(room, botUserId);
    if (own !== 'invite' && own !== 'join') return refuse(403, 'M_FORBIDDEN');
    if (own === 'invite') {
      const invited = room.state.get(`m.room.member|${botUserId}`)?.content['is_direct'];
      setMember(roomId, botUserId, 'join', botUserId, invited === true ? { is_direct: true } : {});
    }
    return ok({ room_id: roomId });
  }

  async function onKeys(request: ServerRequest): Promise<Answer> {
    const { method, path, body } = request;
    const sent = path.startsWith('/sendToDevice/');
    const id = `${deviceId} ${path}`;
    if (sent && transactions.has(id)) return ok({});
    try {
      const given = (await directory.callAs(botUserId, deviceId)(
        method as 'POST',
        path,
        undefined,
        body,
      )) as object;
      if (sent) transactions.set(id, {});
      if (/device_signing|signatures|keys\/upload/.test(path) && 'device_keys' in body)
        noteDevices(botUserId);
      return ok(given);
    } catch (error) {
      const known = error as { statusCode?: number; body?: unknown };
      if (known.statusCode === undefined) throw error;
      return { status: known.statusCode, body: known.body };
    }
  }

  function onBackup({ method, path, body }: ServerRequest): Answer {
    if (path === '/room_keys/keys') return ok({ etag: '1', count: 1 });
    if (path !== '/room_keys/version') return refuse(404, 'M_NOT_FOUND');
    if (method === 'GET')
      return backup === null ? refuse(404, 'M_NOT_FOUND') : ok({ ...backup, etag: '1', count: 1 });
    const version = String(Number(backup?.version ?? 0) + 1);
    backup = { version, algorithm: body['algorithm'], auth_data: body['auth_data'] };
    return ok({ version });
  }

  function onAccountData({ method, path, body }: ServerRequest): Answer {
    if (method === 'PUT') {
      accountData.set(path, structuredClone(body));
      return ok({});
    }
    const data = accountData.get(path);
    return data === undefined ? refuse(404, 'M_NOT_FOUND', 'Account data not found') : ok(data);
  }

  return {
    botUserId,
    directory,
    rooms,
    append,
    createRoom,
    setMember,
    membership: (room: string, user: string): unknown => {
      const known = rooms.get(room);
      return known && membership(known, user);
    },
    noteDevices,
    /** Keys for the bot stay where they are for so long, as on a slow server. */
    holdKeys(milliseconds: number): void {
      keysHeldUntil = Math.max(keysHeldUntil, time.now + milliseconds);
      time.at(milliseconds, wake);
    },
    wake,
    get deviceId() {
      return deviceId;
    },
    /** Events of the bot in a room, in order. */
    saidIn: (room: string): readonly ServerEvent[] =>
      (rooms.get(room)?.timeline ?? []).filter(
        ({ sender, state_key }) => sender === botUserId && state_key === undefined,
      ),
    /** A session as made elsewhere, for a bot that is given its token. */
    openSession(): string {
      devices += 1;
      deviceId = `APPAREIL${devices}`;
      return `jeton-${deviceId}`;
    },
    async answer(request: ServerRequest): Promise<Answer> {
      const { method, path, body, token } = request;
      if (path === '/login') {
        devices += 1;
        const wanted = body['device_id'];
        deviceId = typeof wanted === 'string' ? wanted : `APPAREIL${devices}`;
        return ok({ access_token: `jeton-${deviceId}`, device_id: deviceId, user_id: botUserId });
      }
      if (token !== `jeton-${deviceId}`) return refuse(401, 'M_UNKNOWN_TOKEN', 'Unknown token');
      if (path === '/account/whoami') return ok({ user_id: botUserId, device_id: deviceId });
      if (path.startsWith('/profile/')) return ok({ displayname: 'Assistant télétravail' });
      if (path === '/sync') return sync(request);
      if (path.startsWith('/join/')) return join(part(path.slice('/join/'.length)));
      if (path === '/createRoom') {
        const invite = body['invite'] as string[];
        return ok({ room_id: createRoom(botUserId, { invite, direct: true, encrypted: true }) });
      }
      if (path.startsWith('/room_keys/')) return onBackup(request);
      if (path.includes('/account_data/')) return onAccountData(request);
      if (path.startsWith('/keys/') || path.startsWith('/sendToDevice/')) return onKeys(request);
      if (path.startsWith('/rooms/')) {
        const [, , id, ...rest] = path.split('/');
        const room = rooms.get(part(id));
        return room ? inRoom(room, rest, request) : refuse(403, 'M_FORBIDDEN', 'Unknown room');
      }
      return refuse(404, 'M_UNRECOGNIZED', `${method} ${path}`);
    },
  };
}

export type SmallHomeserver = ReturnType<typeof createSmallHomeserver>;
