import {
  createEncryption,
  type EncryptionOptions,
  type FullEncryption,
} from '../../src/encryption/create-encryption.ts';
import type { HomeserverCall, RawEvent, RoomFacts } from '../../src/encryption/encryption.ts';
import type { EncryptionError } from '../../src/encryption/encryption-error.ts';

/** The encryption module under the smallest sync loop there can be, for the tests that come before the bot's own. */
export interface SmallBot {
  readonly encryption: FullEncryption;
  readonly call: HomeserverCall;
  readonly errors: EncryptionError[];
  /** While true, to-device events (the keys) are kept back, as a slow server does; they come when it is false again. */
  holdKeys: boolean;
  readonly seen: { roomId: string; event: RawEvent; signed: boolean }[];
  readonly undecryptable: Map<string, { roomId: string; event: RawEvent; reason: string }>;
  send(roomId: string, content: object, type?: string): Promise<string>;
  say(roomId: string, body: string): Promise<string>;
  waitForBody(body: string, limit?: number): Promise<{ roomId: string; event: RawEvent; signed: boolean }>;
  stop(): Promise<void>;
}

export function createCall(url: string, token: string): HomeserverCall {
  return async (method, path, query, body) => {
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const answer = await fetch(`${url}${path}${search}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    });
    const text = await answer.text();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = text;
    }
    if (!answer.ok)
      throw Object.assign(new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`), {
        statusCode: answer.status,
        body: parsed,
      });
    return parsed;
  };
}

type Sync = {
  next_batch: string;
  to_device?: { events: object[] };
  device_lists?: { changed?: string[]; left?: string[] };
  device_one_time_keys_count?: Record<string, number>;
  device_unused_fallback_key_types?: string[];
  rooms?: { join?: Record<string, { timeline?: { events: RawEvent[] } }>; invite?: Record<string, unknown> };
};

export const quiet = { info: () => {}, warn: () => {}, error: () => {} };

export async function startSmallBot(
  url: string,
  account: { userId: string; deviceId: string; accessToken: string },
  options: Partial<EncryptionOptions> & Pick<EncryptionOptions, 'storePath'>,
): Promise<SmallBot> {
  const call = options.call ?? createCall(url, account.accessToken);
  const errors: EncryptionError[] = [];
  const room = (roomId: string) => `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}`;
  const encryption = await createEncryption({
    userId: account.userId,
    deviceId: account.deviceId,
    call,
    storeKey: 'une clé de test, longue et au hasard : 8f3b0c',
    policy: 'all',
    log: quiet,
    rooms: {
      async readRoom(roomId): Promise<RoomFacts> {
        const state = (await call('GET', `${room(roomId)}/state`)) as {
          type: string;
          state_key: string;
          content: Record<string, unknown>;
        }[];
        const members = (membership: string) =>
          state
            .filter((event) => event.type === 'm.room.member' && event.content['membership'] === membership)
            .map((event) => event.state_key);
        return {
          encryption: state.find((event) => event.type === 'm.room.encryption')?.content ?? null,
          joined: members('join'),
          invited: members('invite'),
          historyVisibility: (state.find((event) => event.type === 'm.room.history_visibility')?.content[
            'history_visibility'
          ] ?? 'shared') as RoomFacts['historyVisibility'],
        };
      },
    },
    onFatal: (error) => void errors.push(error),
    ...options,
  });
  const seen: SmallBot['seen'] = [];
  const undecryptable: SmallBot['undecryptable'] = new Map();
  let stopped = false;
  let count = 0;

  const take = async (roomId: string, event: RawEvent): Promise<void> => {
    const decryption = event.type === 'm.room.encrypted' ? await encryption.decrypt(roomId, event) : null;
    if (decryption === null || decryption.ok) {
      undecryptable.delete(event.event_id);
      const clear = decryption === null ? event : decryption.event;
      seen.push({ roomId, event: clear, signed: decryption?.senderDeviceSigned ?? false });
      const isVerification =
        clear.type.startsWith('m.key.verification.') ||
        clear.content['msgtype'] === 'm.key.verification.request';
      if (isVerification) await encryption.receiveVerificationEvent(roomId, clear);
    } else undecryptable.set(event.event_id, { roomId, event, reason: decryption.reason });
  };
  encryption.onRoomKeys((sessions) => {
    for (const { roomId, event } of [...undecryptable.values()]) {
      if (sessions.some((session) => session.sessionId === event.content['session_id']))
        void take(roomId, event);
    }
  });

  const held: object[] = [];
  const loop = async (): Promise<void> => {
    let since: string | undefined;
    while (!stopped) {
      const answer = (await call('GET', '/_matrix/client/v3/sync', {
        timeout: since === undefined ? '0' : '300',
        ...(since === undefined ? {} : { since }),
      })) as Sync;
      for (const roomId of Object.keys(answer.rooms?.invite ?? {}))
        await call('POST', `${room(roomId)}/join`);
      held.push(...(answer.to_device?.events ?? []));
      await encryption.receiveSync({
        toDevice: bot.holdKeys ? [] : held.splice(0),
        changed: answer.device_lists?.changed ?? [],
        left: answer.device_lists?.left ?? [],
        oneTimeKeyCounts: answer.device_one_time_keys_count ?? {},
        unusedFallbackKeyTypes: answer.device_unused_fallback_key_types,
      });
      await encryption.flush();
      for (const [roomId, joined] of Object.entries(answer.rooms?.join ?? {})) {
        for (const event of joined.timeline?.events ?? []) await take(roomId, event);
      }
      since = answer.next_batch;
    }
  };
  const running = Promise.resolve()
    .then(loop)
    .catch((error: unknown) => {
      if (!stopped && errors.length === 0) console.error('the small bot has stopped', error);
    });

  const send = async (roomId: string, content: object, type = 'm.room.message'): Promise<string> => {
    const event = await encryption.encrypt(roomId, type, content);
    count += 1;
    const path = `${room(roomId)}/send/${event.type}/t${process.pid}-${Date.now()}-${count}`;
    return ((await call('PUT', path, undefined, event.content)) as { event_id: string }).event_id;
  };
  const bot: SmallBot = {
    encryption,
    call,
    errors,
    holdKeys: false,
    seen,
    undecryptable,
    send,
    say: (roomId, body) => send(roomId, { msgtype: 'm.text', body }),
    async waitForBody(body, limit = 30_000) {
      const end = Date.now() + limit;
      while (Date.now() < end) {
        const found = seen.find(({ event }) => event.content['body'] === body);
        if (found !== undefined) return found;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      throw new Error(
        `the bot did not read « ${body} » (unreadable: ${[...undecryptable.values()].map(({ reason }) => reason)})`,
      );
    },
    async stop() {
      stopped = true;
      await running;
      await encryption.close();
    },
  };
  return bot;
}
