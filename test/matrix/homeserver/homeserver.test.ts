import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { countRateLimits, createHomeserver } from '../../../src/matrix/homeserver/homeserver.ts';
import { createMetrics } from '../../../src/operations/metrics.ts';

test('every answer 429 is counted, that of a proxy too, and still fails for the caller', async () => {
  const server = createServer((request, response) => {
    const limited = request.url?.includes('typing') || request.url?.includes('page');
    const html = request.url?.includes('page');
    response.writeHead(limited ? 429 : 200, { 'content-type': html ? 'text/html' : 'application/json' });
    response.end(
      html
        ? '<h1>Trop de requêtes</h1>'
        : JSON.stringify(limited ? { errcode: 'M_LIMIT_EXCEEDED', error: '' } : {}),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const metrics = createMetrics();
  const { port } = server.address() as AddressInfo;
  const homeserver = countRateLimits(createHomeserver(`http://127.0.0.1:${port}`, 'jeton'), metrics);
  await homeserver.call('GET', '/sync');
  await expect(homeserver.call('PUT', '/typing')).rejects.toThrow();
  await expect(homeserver.call('PUT', '/page')).rejects.toMatchObject({ statusCode: 429 });
  expect(metrics.valueOf('assistant_rate_limited_total')).toBe(2);
  server.closeAllConnections();
  server.close();
});
