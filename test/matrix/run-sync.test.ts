import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { runSync } from '../../src/matrix/run-sync.ts';
import { createMetrics } from '../../src/metrics.ts';
import { openStore } from '../../src/store/open-store.ts';
import { botUserId, makeContext } from './make-context.ts';

test('the next batch is asked for once this one is stored and seen to', async () => {
  const stop = new AbortController();
  const store = openStore(':memory:');
  const happened: string[] = [];
  let batch = 0;
  await runSync({
    homeserver: {
      url: '',
      accessToken: '',
      call: async (_method, _path, query) => {
        happened.push(`asked from ${query?.['since'] ?? 'the start'}`);
        batch += 1;
        return { next_batch: `s${batch}` };
      },
    },
    store,
    botUserId,
    contextOf: () => makeContext(),
    encryption: null,
    log: createLog({ level: 'error', secret: 's', write: () => undefined }),
    metrics: createMetrics(),
    signal: stop.signal,
    onStored: async () => {
      happened.push(`stored ${store.settings.read('sync-token')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      happened.push('seen to');
      if (batch === 2) stop.abort();
    },
  });
  expect(happened).toEqual([
    'asked from the start',
    'stored s1',
    'seen to',
    'asked from s1',
    'stored s2',
    'seen to',
  ]);
});
