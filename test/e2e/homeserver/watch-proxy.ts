import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Passed {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface WatchProxy {
  readonly url: string;
  /** The requests to login and refresh, in order. */
  readonly sessions: readonly Passed[];
  /** Called for each request before the homeserver sees it, and again once it has answered, before the bot sees the answer. */
  onPass(watch: (path: string, moment: 'before' | 'answered') => Promise<void> | void): void;
  close(): Promise<void>;
}

/** Stands between the bot and its homeserver, and changes nothing: a test watches there, and ends the bot at a moment of its choice. */
export async function startWatchProxy(target: string): Promise<WatchProxy> {
  const sessions: Passed[] = [];
  let watch: (path: string, moment: 'before' | 'answered') => Promise<void> | void = () => undefined;
  const server = createServer((incoming, answer) => {
    void pass(incoming).then(
      ({ status, body }) => {
        answer.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length });
        answer.end(body);
      },
      () => answer.destroy(),
    );
  });

  async function pass(incoming: IncomingMessage): Promise<{ status: number; body: Buffer }> {
    const path = (incoming.url ?? '').split('?')[0] ?? '';
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    if (/\/(login|refresh)$/.test(path)) {
      sessions.push({ path, body: JSON.parse(sent.toString('utf8')) as Record<string, unknown> });
    }
    await watch(path, 'before');
    const { authorization } = incoming.headers;
    const given = await fetch(`${target}${incoming.url}`, {
      method: incoming.method ?? 'GET',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(sent.length > 0 ? { body: sent } : {}),
    });
    const body = Buffer.from(await given.arrayBuffer());
    await watch(path, 'answered');
    // A bot that was ended meanwhile leaves a connection that closes a moment later: its answer must not be taken as given.
    await sleep(0);
    return { status: given.status, body };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sessions,
    onPass(given) {
      watch = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
