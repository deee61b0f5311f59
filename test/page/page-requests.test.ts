import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import type { PageAnswer } from '../../src/page/page-view.ts';
import { type Page, startPage } from '../../src/page/start-page.ts';
import { openStore } from '../../src/store/open-store.ts';

const brain = await loadBrain();
const store = openStore(':memory:');
const token = 'un-jeton-assez-long-pour-la-page';
let page: Page;
let guarded: Page;

beforeAll(async () => {
  const common = { brain: () => brain, root: '.', store, conversations: store, port: 0 };
  page = await startPage(common);
  guarded = await startPage({ ...common, token, publicNames: ['assistant.exemple.gouv.fr'] });
});
afterAll(async () => {
  await page.close();
  await guarded.close();
});

/** fetch cannot set Host; this can. */
function ask(
  base: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; body: string; headers: Record<string, string | string[] | undefined> }> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {} } = options;
    const request = httpRequest(new URL(path, base), { method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      );
    });
    request.on('error', reject);
    request.end(options.body);
  });
}

function say(text: string, conversation = 'conversation-de-test', headers: Record<string, string> = {}) {
  return ask(page.url, '/api/message', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ conversation, input: { type: 'text', text } }),
  });
}

describe('the page answers as on Tchap, and says why', () => {
  test('the reply, its reactions, the fiche and its source', async () => {
    const { status, body } = await say('mon vpn marche pas sur mon noemi');
    const answer = JSON.parse(body) as PageAnswer;
    expect(status).toBe(200);
    expect(answer.events[0]).toMatchObject({ type: 'message', html: expect.stringContaining('ResetVPN') });
    expect(answer.events.filter(({ type }) => type === 'reaction').length).toBeGreaterThan(0);
    expect(answer.why).toMatchObject({
      outcome: 'answer',
      fiche: { id: 'noemi-vpn', source: 'Aide VPN', file: 'knowledge/noemi-vpn.yaml' },
      reading: { words: expect.arrayContaining(['vpn']), products: ['NOEMI'] },
    });
    expect(answer.why?.sentence).toMatch(/jugée juste à [\d,]+ %, au-dessus du seuil de réponse/);
    expect(answer.why?.candidates[0]).toMatchObject({
      id: 'noemi-vpn',
      title: 'NOEMI : le VPN ne se connecte pas',
    });
  });

  test('the situation, the act, the likeliest targets and what decided between them, in words', async () => {
    const conversation = 'conversation-pourquoi';
    const told = JSON.parse((await say('j’ai un noemi', conversation)).body) as PageAnswer;
    expect(told.why).toMatchObject({ profile: 'votre poste : NOEMI', acts: ['dit-profil'] });
    await say('mon vpn marche pas', conversation);
    const { why } = JSON.parse((await say('elle est où l’icône bleue', conversation)).body) as PageAnswer;
    expect(why).toMatchObject({ profile: 'votre poste : NOEMI', move: expect.stringMatching(/^\p{Lu}/u) });
    expect(why?.targets.length).toBeLessThanOrEqual(3);
    const shares = why?.targets.map(({ share }) => share) ?? [];
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
    expect(why?.targets[0]?.title).toMatch(/^(?:fait : .+ › .+|fiche : .+|acte : .+)$/);
    expect(why?.evidence.length).toBeGreaterThan(0);
    expect(why?.evidence.length).toBeLessThanOrEqual(4);
    // No name of the code: every one has its French phrase.
    expect(why?.evidence.join('\n')).not.toMatch(/\b(?:act|fact|question|none): |\bscore\b/);
    const thanked = JSON.parse((await say('merci', conversation)).body) as PageAnswer;
    expect(thanked.why).toMatchObject({ acts: ['merci'], move: 'Répondre à une parole d’échange' });
    expect(JSON.stringify(store.conversations.read(`page:${conversation}`))).not.toMatch(/evidence|inFavour/);
  });

  test('only the page is given reasons', async () => {
    const { respond } = await import('../../src/conversation/respond.ts');
    const situation = { turnId: 't1', place: 'dm', now: 0, interactive: true, handoff: 'none' } as const;
    const input = { type: 'text', text: 'mon vpn marche pas' } as const;
    const plain = respond(null, input, situation, brain.content, brain.mind);
    expect(plain).not.toHaveProperty('reasons');
    const explained = respond(null, input, { ...situation, explains: true }, brain.content, brain.mind);
    expect(explained.reasons?.targets.length).toBeGreaterThan(0);
    expect({ ...explained, reasons: undefined }).toEqual({ ...plain, reasons: undefined });
  });

  test('a reaction is about the message that carries it', async () => {
    const conversation = 'conversation-reaction';
    const { body } = await say('comment chiffrer une clé usb avec bitlocker', conversation);
    const { turnId } = JSON.parse(body) as PageAnswer;
    const reaction = await ask(page.url, '/api/message', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ conversation, input: { type: 'reaction', key: '👍', turnId } }),
    });
    expect(reaction.status).toBe(200);
    expect((JSON.parse(reaction.body) as PageAnswer).why?.sentence).toContain('n’a pas été classé');
  });

  test('a refusal says that the message is foreign to the guide', async () => {
    const { body } = await say('mon imprimante n’imprime plus', 'conversation-refus');
    expect((JSON.parse(body) as PageAnswer).why).toMatchObject({ outcome: 'fallback', fiche: null });
  });
});

describe('the page is closed to others', () => {
  test('another Host is refused: another site may have been given this address (DNS rebinding)', async () => {
    expect((await ask(page.url, '/', { headers: { host: 'mechant.example' } })).status).toBe(421);
    expect((await ask(page.url, '/', { headers: { host: 'localhost:1234' } })).status).toBe(200);
    expect((await ask(guarded.url, '/', { headers: { host: 'assistant.exemple.gouv.fr' } })).status).toBe(
      401,
    );
  });

  test('another Origin is refused', async () => {
    expect((await say('bonjour', 'conversation-origine', { origin: 'https://mechant.example' })).status).toBe(
      403,
    );
    expect((await say('bonjour', 'conversation-origine', { origin: 'null' })).status).toBe(403);
    expect((await say('bonjour', 'conversation-origine', { 'sec-fetch-site': 'cross-site' })).status).toBe(
      403,
    );
    expect((await say('bonjour', 'conversation-origine', { origin: page.url.slice(0, -1) })).status).toBe(
      200,
    );
  });

  test('a form of another site cannot send a message', async () => {
    const form = { method: 'POST', headers: { 'content-type': 'text/plain' } };
    const body = JSON.stringify({
      conversation: 'conversation-forme',
      input: { type: 'text', text: 'bonjour' },
    });
    expect((await ask(page.url, '/api/message', { ...form, body })).status).toBe(400);
  });

  test('nothing is served but what the page needs', async () => {
    for (const path of [
      '/../package.json',
      '/page/../../../../package.json',
      '/dsfr/dsfr.js',
      '/page/tsconfig.json',
      '/.env',
    ]) {
      expect((await ask(page.url, path)).status).toBe(404);
    }
    expect((await ask(page.url, '/page/main.ts')).headers['content-type']).toContain('text/javascript');
  });

  test('no script nor style but its own, no frame, no other host', async () => {
    const { headers } = await ask(page.url, '/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('a malformed or huge message is refused', async () => {
    const post = (body: string) =>
      ask(page.url, '/api/message', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    expect((await post('{')).status).toBe(400);
    expect((await post('{"conversation":"abcdefgh","input":{"type":"arrival"}}')).status).toBe(400);
    expect(
      (
        await post(
          JSON.stringify({ conversation: 'abcdefgh', input: { type: 'text', text: 'a'.repeat(70_000) } }),
        )
      ).status,
    ).toBe(400);
  });

  test('beyond this machine a token is required before it even listens', async () => {
    const common = { brain: () => brain, root: '.', store: openStore(':memory:'), port: 0 };
    await expect(startPage({ ...common, host: '0.0.0.0' })).rejects.toThrow(
      'donnez-lui un jeton (PAGE_TOKEN)',
    );
    await expect(startPage({ ...common, token: 'court' })).rejects.toThrow('au moins 16 caractères');
  });

  test('with a token nothing is told without it; the form lets in whoever knows it', async () => {
    expect((await ask(guarded.url, '/api/figures')).status).toBe(401);
    expect((await ask(guarded.url, '/page/main.ts')).status).toBe(401);
    const first = await ask(guarded.url, '/');
    expect(first.status).toBe(401);
    expect(first.body).toContain('Jeton de la page');
    const enter = (jeton: string) =>
      ask(guarded.url, '/entrer', {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ jeton }).toString(),
      });
    const refused = await enter('un-autre-jeton-de-la-page');
    expect(refused.status).toBe(401);
    expect(refused.body).toContain('Ce jeton n’est pas le bon');
    const accepted = await enter(token);
    expect(accepted.status).toBe(303);
    const cookie = String(accepted.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(token);
    expect(
      (await ask(guarded.url, '/api/figures', { headers: { cookie: cookie.split(';')[0] ?? '' } })).status,
    ).toBe(200);
    expect(
      (await ask(guarded.url, '/api/figures', { headers: { authorization: `Bearer ${token}` } })).status,
    ).toBe(200);
  });
});

test('a port that is taken is said in French', async () => {
  const port = Number(new URL(page.url).port);
  const second = startPage({ brain: () => brain, root: '.', store: openStore(':memory:'), port });
  await expect(second).rejects.toThrow(`La page ne peut pas écouter sur le port ${port} : il est déjà pris.`);
});
