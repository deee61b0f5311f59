import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Brain } from '../brain/brain.ts';
import { isEventId } from '../messages/ids.ts';
import type { Store } from '../store/open-store.ts';
import type { TicketFigures } from '../store/ticket-figures.ts';
import { cookieOf, type GuardOptions, guardRequest, judgeToken } from './guard-request.ts';
import type { ListFiches } from './list-fiches.ts';
import type { ReadPageMessage } from './page-conversation.ts';
import { pageShell, tokenForm } from './page-shell.ts';
import type { PageAnswer } from './page-view.ts';
import { readFigures } from './read-figures.ts';
import type { ServedFiles } from './served-files.ts';

export interface PageAnswerer {
  readonly guard: GuardOptions;
  readonly files: ServedFiles;
  readonly converse: (message: ReadPageMessage) => Promise<PageAnswer>;
  readonly listFiches: ListFiches;
  readonly brain: () => Brain;
  readonly root: string;
  readonly store: Store;
  readonly tickets?: (since: number, now: number) => TicketFigures;
  readonly clock: () => number;
}

/** Bytes: no Matrix event is longer, so a longer body is refused before it is read whole. */
const longestBody = 65_536;

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

const turnId = z.string().min(1).max(100);
/** The page makes the turns of what somebody writes there (page-conversation.ts). */
const ownTurnId = turnId.refine(isEventId);
const text = z.string().min(1).max(20_000);
const messageShape = z.strictObject({
  conversation: z.string().regex(/^[\w-]{8,64}$/),
  input: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('text'), text }),
    z.strictObject({
      type: z.literal('reaction'),
      key: z.string().min(1).max(40),
      turnId: turnId.nullable(),
    }),
    z.strictObject({ type: z.literal('edit'), text, turnId: ownTurnId }),
    z.strictObject({ type: z.literal('deletion'), turnId: ownTurnId }),
  ]),
});

export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  answerer: PageAnswerer,
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const url = URL.parse(request.url ?? '/', 'http://page');
  if (!url) return send(response, 400, 'text/plain', 'Adresse illisible.');
  const route = `${request.method === 'HEAD' ? 'GET' : request.method} ${url.pathname}`;
  const address = request.socket.remoteAddress ?? '';
  switch (guardRequest(request.headers, address, answerer.guard)) {
    case 'other-host':
      return send(response, 421, 'text/plain', 'Cette page ne répond pas sous ce nom (PAGE_NAMES).');
    case 'other-origin':
      return send(response, 403, 'text/plain', 'Cette demande vient d’un autre site : elle est refusée.');
    case 'no-token':
      return answerWithoutToken(route, request, response, answerer);
    case 'too-many-guesses':
      return sendTooMany(response);
    case 'allowed':
      return answerAllowed(route, url, request, response, answerer);
  }
}

async function answerAllowed(
  route: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  answerer: PageAnswerer,
): Promise<void> {
  const { brain, root, store, tickets, clock } = answerer;
  switch (route) {
    case 'GET /':
      return send(response, 200, 'text/html', pageShell());
    case 'POST /api/message': {
      const message = await readMessage(request);
      if (!message) return send(response, 400, 'text/plain', 'Message mal formé.');
      return sendJson(response, await answerer.converse(message));
    }
    case 'GET /api/fiches':
      return sendJson(response, await answerer.listFiches(brain().content, root, clock()));
    case 'GET /api/figures': {
      const days = Math.min(90, Math.max(1, Math.trunc(Number(url.searchParams.get('days'))) || 30));
      const now = clock();
      const waiting = tickets?.(now - days * 86_400_000, now) ?? null;
      return sendJson(response, readFigures(store, brain().content, { days, now }, waiting));
    }
    default: {
      const file = route.startsWith('GET ') ? answerer.files.get(url.pathname) : undefined;
      if (!file) return send(response, 404, 'text/plain', 'Il n’y a rien à cette adresse.');
      return sendFile(response, file());
    }
  }
}

/** A visitor without the token gets the form that asks for it, its style sheets, and what comes of sending it. */
async function answerWithoutToken(
  route: string,
  request: IncomingMessage,
  response: ServerResponse,
  { guard, files }: PageAnswerer,
): Promise<void> {
  const file = /^GET (\/dsfr\/.*\.(?:css|woff2|svg)|\/page\/page\.css)$/.exec(route)?.[1];
  const served = file === undefined ? undefined : files.get(file);
  if (served) return sendFile(response, served());
  if (route === 'GET /') return send(response, 401, 'text/html', tokenForm(false));
  if (route === 'POST /entrer' && guard.token !== null) {
    const given = new URLSearchParams((await readBody(request)) ?? '').get('jeton') ?? '';
    switch (judgeToken(given, guard.token, request.socket.remoteAddress ?? '', guard.guesses)) {
      case 'allowed': {
        const cookie = cookieOf(guard.token, guard.cookieKey);
        response.setHeader('set-cookie', `${cookie}; Path=/; HttpOnly; SameSite=Strict`);
        response.setHeader('location', '/');
        return send(response, 303, 'text/plain', '');
      }
      case 'no-token':
        return send(response, 401, 'text/html', tokenForm(true));
      case 'too-many-guesses':
        return sendTooMany(response);
    }
  }
  return send(response, 401, 'text/plain', 'Un jeton est demandé.');
}

function sendTooMany(response: ServerResponse): void {
  response.setHeader('retry-after', '5');
  send(response, 429, 'text/plain', 'Trop d’essais de jeton : attendez quelques secondes, puis recommencez.');
}

async function readMessage(request: IncomingMessage): Promise<ReadPageMessage | null> {
  // CSRF: a browser does not send this type to another site without asking it first (CORS), and this page never agrees.
  if (!request.headers['content-type']?.startsWith('application/json')) return null;
  const body = await readBody(request);
  if (body === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  const parsed = messageShape.safeParse(value);
  return parsed.success ? parsed.data : null;
}

/** The body as text; null when it is longer than `longestBody`. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function sendJson(response: ServerResponse, value: unknown): void {
  send(response, 200, 'application/json', JSON.stringify(value));
}

function sendFile(response: ServerResponse, { type, body }: { type: string; body: Buffer }): void {
  response.writeHead(200, {
    'content-type': type,
    'cache-control': 'no-cache',
    'content-length': body.length,
  });
  response.end(body);
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
  response.end(body);
}
