import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createKeyDirectory } from '../encryption/key-directory.ts';

export interface SeenRequest {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
}

/** As much of a homeserver as one bot needs: login, sync, rooms, keys, account data. */
export interface FakeHomeserver {
  readonly url: string;
  readonly userId: string;
  readonly deviceId: string;
  /** Every request that came, in order. */
  readonly requests: readonly SeenRequest[];
  /** The `rooms` part that the next /sync gives. */
  giveRooms(rooms: object): void;
  close(): Promise<void>;
}

type Reply = { readonly status: number; readonly body: object };

export async function startFakeHomeserver(): Promise<FakeHomeserver> {
  const userId = '@assistant:faux.test';
  const deviceId = 'APPAREIL';
  const keys = createKeyDirectory().callAs(userId, deviceId);
  const accountData = new Map<string, object>();
  const requests: SeenRequest[] = [];
  const waiting: object[] = [];
  let syncs = 0;
  let events = 0;

  async function reply(method: string, path: string, body: object): Promise<Reply> {
    const at = path.replace('/_matrix/client/v3', '');
    if (at === '/login') return ok({ access_token: 'jeton', device_id: deviceId, user_id: userId });
    if (at === '/account/whoami') return ok({ user_id: userId, device_id: deviceId });
    if (at.startsWith('/profile/')) return ok({ displayname: 'Assistant' });
    if (at === '/sync') return ok(await sync());
    if (at.startsWith('/join/')) return ok({ room_id: decodeURIComponent(at.slice('/join/'.length)) });
    if (at === '/createRoom') return ok({ room_id: '!nouveau:faux.test' });
    if (/^\/rooms\/[^/]+\/(send|redact)\//.test(at)) {
      events += 1;
      return ok({ event_id: `$envoi${events}` });
    }
    if (/^\/rooms\/[^/]+\/(leave|typing|receipt)/.test(at)) return ok({});
    if (at.includes('/account_data/')) {
      if (method === 'PUT') accountData.set(at, body);
      const data = accountData.get(at);
      return data ? ok(data) : { status: 404, body: { errcode: 'M_NOT_FOUND', error: '' } };
    }
    if (at === '/room_keys/version') {
      if (method === 'POST') return ok({ version: '1' });
      return { status: 404, body: { errcode: 'M_NOT_FOUND', error: '' } };
    }
    return ok((await keys('POST', path, undefined, body)) as object);
  }

  async function sync(): Promise<object> {
    // A homeserver with nothing to say keeps its client waiting, the first time excepted.
    const end = Date.now() + (syncs === 0 ? 0 : 2_000);
    while (waiting.length === 0 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    syncs += 1;
    return { next_batch: `s${syncs}`, rooms: waiting.shift() ?? {} };
  }

  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const [path = ''] = (request.url ?? '').split('?');
      const method = request.method ?? '';
      requests.push({ method, path });
      void reply(method, path, text === '' ? {} : JSON.parse(text))
        .catch(
          (error: unknown): Reply => ({
            status: 404,
            body: { errcode: 'M_UNRECOGNIZED', error: `${error}` },
          }),
        )
        .then(({ status, body }) => {
          response.writeHead(status, { 'content-type': 'application/json' });
          response.end(JSON.stringify(body));
        });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    userId,
    deviceId,
    requests,
    giveRooms: (rooms) => void waiting.push(rooms),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function ok(body: object): Reply {
  return { status: 200, body };
}
