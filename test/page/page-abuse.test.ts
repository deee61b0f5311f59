import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';

const brain = await loadBrain();
const token = 'un-jeton-assez-long-pour-la-page';
let page: Page;

beforeAll(async () => {
  page = await startPage({ brain: () => brain, root: '.', store: openStore(':memory:'), port: 0, token });
});
afterAll(() => page.close());

const enter = (given: string): Promise<Response> =>
  fetch(new URL('/entrer', page.url), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ jeton: given }),
  });

test('guesses of the token are looked at some at a time, by form, header or cookie; whoever has entered is served meanwhile', async () => {
  const entered = await enter(token);
  expect(entered.status).toBe(303);
  const cookie = String(entered.headers.get('set-cookie')).split(';')[0] ?? '';
  const start = Date.now();
  const guess = (number: number): Promise<Response> => {
    if (number % 3 === 0) return enter(`une-proposition-de-jeton-${number}`);
    const headers: Record<string, string> =
      number % 3 === 1
        ? { authorization: `Bearer une-proposition-de-jeton-${number}` }
        : { cookie: `page-jeton=une-proposition-de-jeton-${number}` };
    return fetch(new URL('/api/fiches', page.url), { headers });
  };
  const statuses: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    const answers = await Promise.all(Array.from({ length: 60 }, (_, number) => guess(number)));
    statuses.push(...answers.map(({ status }) => status));
  }
  const looked = statuses.filter((status, index) => status === 401 && index % 3 !== 2).length;
  expect(looked).toBeLessThanOrEqual(10 + (Date.now() - start) / 1_000);
  expect(statuses.every((status) => status === 401 || status === 429)).toBe(true);
  // The right token is a guess as any other for now.
  expect((await enter(token)).status).toBe(429);
  expect((await fetch(new URL('/api/fiches', page.url), { headers: { cookie } })).status).toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  expect((await enter(token)).status).toBe(303);
}, 30_000);

test('the cookie cannot be made from a guess of the token', async () => {
  const cookie = String((await enter(token)).headers.get('set-cookie'));
  const other = await startPage({
    brain: () => brain,
    root: '.',
    store: openStore(':memory:'),
    port: 0,
    token,
  });
  const answer = await fetch(new URL('/entrer', other.url), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ jeton: token }),
  });
  expect(answer.headers.get('set-cookie')).not.toBe(cookie);
  await other.close();
});

test('connections that say nothing are counted, and closed: a visitor is served a moment later', async () => {
  const { hostname, port } = new URL(page.url);
  const sockets: Socket[] = [];
  let refused = 0;
  for (let number = 0; number < 400; number += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      refused += 1;
    });
    sockets.push(socket);
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(refused).toBeGreaterThanOrEqual(400 - 256);
  const limit = Date.now() + 20_000;
  let served = false;
  while (!served && Date.now() < limit) {
    served = await fetch(page.url).then(
      ({ status }) => status === 401,
      () => false,
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  expect(served).toBe(true);
  for (const socket of sockets) socket.destroy();
}, 40_000);
