import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HangingProxy {
  readonly url: string;
  /** Paths (not decoded, with their query) that get no answer from now on; null: all are answered. */
  hang(path: RegExp | null): void;
  close(): Promise<void>;
}

/** Stands between the bot and its homeserver; passes everything on, but for what hangs: that is taken and never answered. */
export async function startHangingProxy(target: string): Promise<HangingProxy> {
  let hanging: RegExp | null = null;
  const server = createServer((incoming, answer) => {
    if (hanging?.test(incoming.url ?? '')) return;
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const call = request(
      `${target}${incoming.url ?? '/'}`,
      { method: incoming.method, headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(answer);
      },
    );
    call.once('error', () => answer.destroy());
    incoming.pipe(call);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hang(path) {
      hanging = path;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
