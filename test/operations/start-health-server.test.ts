import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMetrics } from '../../src/operations/metrics.ts';
import { type HealthServer, startHealthServer } from '../../src/operations/start-health-server.ts';

let server: HealthServer;
let problems: readonly string[] = [];

beforeAll(async () => {
  server = await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    metrics: createMetrics(),
    readProblems: async () => problems,
  });
});

afterAll(() => server.close());

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);

/** Bytes as they are: fetch would mend the address. Resolves with the first line of the answer. */
function sendRaw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
    socket.on('error', reject);
  });
}

test('is ready when nothing is wrong, and says what is', async () => {
  expect((await get('/readyz')).status).toBe(200);
  problems = ['pas de synchronisation récente avec le serveur Matrix'];
  const answer = await get('/readyz?verbose=1');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ pret: false, problemes: problems });
  problems = [];
});

test.each(['//', '///x', '/%', 'http://[', '*'])(
  'an address made to break it (%s) breaks nothing',
  async (path) => {
    const line = await sendRaw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(line).toMatch(/^HTTP\/1\.1 4\d\d/);
    expect((await get('/healthz')).status).toBe(200);
  },
);
