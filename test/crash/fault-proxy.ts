import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** What the proxy did, by kind of fault. */
export type FaultCounts = Record<Fault, number>;
type Fault = 'none' | 'cut-before' | 'cut-after' | 'cut-in-answer' | 'delay' | 'repeat' | '429' | '502';

export interface FaultProxy {
  readonly url: string;
  readonly counts: FaultCounts;
  close(): Promise<void>;
}

/**
 * Stands between the bot and its homeserver, and spoils a share of the calls: cuts the connection before the homeserver
 * sees the call, after it has acted, or in the middle of its answer; delays; sends the call twice; answers 429 or a 502
 * page in its place.
 * @param share of the calls that are spoilt, in [0, 1]
 */
export async function startFaultProxy(
  target: string,
  share: number,
  random: () => number,
): Promise<FaultProxy> {
  const counts: FaultCounts = {
    none: 0,
    'cut-before': 0,
    'cut-after': 0,
    'cut-in-answer': 0,
    delay: 0,
    repeat: 0,
    '429': 0,
    '502': 0,
  };
  const faults = (Object.keys(counts) as Fault[]).filter((fault) => fault !== 'none');
  const server = createServer((incoming, answer) => {
    const fault = random() < share ? (faults[Math.floor(random() * faults.length)] ?? 'none') : 'none';
    counts[fault] += 1;
    void spoil(fault, incoming, answer).catch(() => answer.destroy());
  });

  async function spoil(fault: Fault, incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    switch (fault) {
      case 'cut-before':
        incoming.socket.destroy();
        return;
      case '429':
        answer.writeHead(429, { 'content-type': 'application/json' });
        answer.end(
          JSON.stringify({ errcode: 'M_LIMIT_EXCEEDED', error: 'Too many requests', retry_after_ms: 300 }),
        );
        return;
      case '502':
        answer.writeHead(502, { 'content-type': 'text/html' });
        answer.end('<html><body><h1>502 Bad Gateway</h1></body></html>');
        return;
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, 200 + random() * 1_500));
        break;
      case 'repeat':
        await forward(target, incoming, body);
        break;
      default:
    }
    const given = await forward(target, incoming, body);
    if (fault === 'cut-after') {
      incoming.socket.destroy();
      return;
    }
    answer.writeHead(given.status, { 'content-type': given.type, 'content-length': given.body.length });
    if (fault === 'cut-in-answer') {
      answer.write(given.body.subarray(0, Math.floor(given.body.length / 2)), () =>
        incoming.socket.destroy(),
      );
      return;
    }
    answer.end(given.body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export function forward(
  target: string,
  incoming: IncomingMessage,
  body: Buffer,
): Promise<{ status: number; type: string; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const call = request(
      `${target}${incoming.url ?? '/'}`,
      { method: incoming.method, headers },
      (response) => {
        readBody(response).then(
          (answered) =>
            resolve({
              status: response.statusCode ?? 502,
              type: response.headers['content-type'] ?? 'application/json',
              body: answered,
            }),
          reject,
        );
      },
    );
    call.once('error', reject);
    call.end(body);
  });
}
