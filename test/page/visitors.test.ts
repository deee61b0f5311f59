import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';

const brain = await loadBrain();
const store = openStore(':memory:');
const common = { brain: () => brain, root: '.', store, port: 0 };
const tokens = {
  anne: 'jeton-de-anne-assez-long',
  luc: 'jeton-de-luc-assez-long',
  all: 'jeton-commun-assez-long',
};
const at = Date.parse('2026-11-28T10:00:00Z');
let page: Page;

beforeAll(async () => {
  page = await startPage({
    ...common,
    clock: () => at,
    token: tokens.all,
    accounts: [
      { name: 'Anne Martin', role: 'editor', token: tokens.anne },
      { name: 'Luc', role: 'reader', token: tokens.luc },
    ],
  });
});
afterAll(() => page.close());

const ask = (path: string, headers: Record<string, string>, method = 'GET', base = page): Promise<Response> =>
  fetch(new URL(path, base.url), { method, headers, ...(method === 'POST' ? { body: '{}' } : {}) });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const json = { 'content-type': 'application/json' };

async function enter(jeton: string): Promise<string> {
  const answer = await fetch(new URL('/entrer', page.url), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ jeton }),
  });
  expect(answer.status).toBe(303);
  return String(answer.headers.get('set-cookie')).split(';')[0] ?? '';
}

describe('who may', () => {
  test('each token has its name and its role; the shared one only looks', async () => {
    const visitorOf = async (token: string) => (await ask('/api/visitor', bearer(token))).json();
    expect(await visitorOf(tokens.anne)).toEqual({ name: 'Anne Martin', role: 'editor' });
    expect(await visitorOf(tokens.luc)).toEqual({ name: 'Luc', role: 'reader' });
    expect(await visitorOf(tokens.all)).toEqual({ name: 'jeton commun', role: 'reader' });
    expect((await ask('/api/visitor', bearer('un-jeton-que-personne-na'))).status).toBe(401);
  });

  test('a reader changes nothing, whatever the address', async () => {
    const answer = await ask('/api/atelier/nimporte', { ...bearer(tokens.luc), ...json }, 'POST');
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('demandez un compte de rédacteur');
    expect((await ask('/api/atelier/nimporte', { ...bearer(tokens.anne), ...json }, 'POST')).status).toBe(
      404,
    );
  });

  test('with a cookie, what changes something says that it comes from the page', async () => {
    const cookie = await enter(tokens.anne);
    const post = (headers: Record<string, string>) =>
      ask('/api/atelier/nimporte', { cookie, ...headers }, 'POST').then(({ status }) => status);
    const origin = page.url.slice(0, -1);
    expect(await post({ ...json, origin })).toBe(404);
    expect(await post(json)).toBe(403);
    expect(await post({ ...json, origin: 'https://mechant.example' })).toBe(403);
    expect(await post({ 'content-type': 'text/plain', origin })).toBe(403);
  });

  test('entering is in the log, under the name', async () => {
    const cookie = await enter(tokens.luc);
    const entries = (await (await ask('/api/audit', { cookie })).json()) as unknown[];
    expect(entries[0]).toEqual({
      id: expect.any(Number),
      at,
      who: 'Luc',
      action: 'entered',
      object: null,
      undoable: false,
    });
  });

  test('an account is enough beyond this machine; without any token, whoever is on it edits', async () => {
    await expect(startPage({ ...common, host: '0.0.0.0' })).rejects.toThrow('des comptes (PAGE_ACCOUNTS)');
    const open = await startPage(common);
    expect(await (await ask('/api/visitor', {}, 'GET', open)).json()).toMatchObject({ role: 'editor' });
    await open.close();
    // A server in front of this one lets others in.
    const named = await startPage({ ...common, publicNames: ['assistant.exemple.gouv.fr'] });
    expect(await (await ask('/api/visitor', {}, 'GET', named)).json()).toMatchObject({ role: 'reader' });
    await named.close();
  });
});
