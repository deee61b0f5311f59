import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { z } from 'zod';
import type { Brain } from '../brain/brain.ts';
import { isEventId } from '../messages/ids.ts';
import type { Store } from '../store/open-store.ts';
import type { TicketFigures } from '../store/ticket-figures.ts';
import { comesFromPage, cookieOf, type GuardOptions, guardRequest, judgeToken } from './guard-request.ts';
import { type CheckFiles, listFiches } from './list-fiches.ts';
import type { ReadPageMessage } from './page-conversation.ts';
import { isJson, type PageEnv, readJson } from './page-env.ts';
import { pageShell, tokenForm } from './page-shell.ts';
import type { PageAnswer } from './page-view.ts';
import { readFigures } from './read-figures.ts';
import type { ServedFile, ServedFiles } from './served-files.ts';
import type { FicheWorkshop } from './workshop/fiche-workshop.ts';
import { addTodoRoutes } from './workshop/todo-routes.ts';
import type { TodoWorkshop } from './workshop/todo-workshop.ts';
import { addFicheRoutes } from './workshop/workshop-routes.ts';

export interface PageAppOptions {
  readonly guard: GuardOptions;
  readonly files: ServedFiles;
  readonly converse: (message: ReadPageMessage) => Promise<PageAnswer>;
  readonly checkFiles: CheckFiles;
  readonly brain: () => Brain;
  readonly store: Store;
  readonly tickets?: (since: number, now: number) => TicketFigures;
  readonly clock: () => number;
  readonly onError: (error: unknown) => void;
  readonly fiches: FicheWorkshop;
  readonly todo: TodoWorkshop;
}

/** Bytes: no Matrix event is longer, so a longer message is refused before it is read whole. */
const longestMessage = 65_536;

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
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

/** Every address of the page. What changes something is under /api/atelier: editors alone, and from this page alone. */
export function createPageApp(options: PageAppOptions): Hono<PageEnv> {
  const { guard, files, brain, store, tickets, clock } = options;
  const app = new Hono<PageEnv>();

  app.onError((error, context) => {
    options.onError(error);
    return context.text('Une erreur est survenue : regardez le journal de l’assistant.', 500);
  });
  app.notFound((context) => context.text('Il n’y a rien à cette adresse.', 404));

  app.use(async (context, next) => {
    const verdict = guardRequest(context.env.incoming.headers, addressOf(context), guard);
    for (const [name, value] of Object.entries(headers)) context.header(name, value);
    switch (verdict.type) {
      case 'other-host':
        return context.text('Cette page ne répond pas sous ce nom (PAGE_NAMES).', 421);
      case 'other-origin':
        return context.text('Cette demande vient d’un autre site : elle est refusée.', 403);
      case 'no-token':
        return answerWithoutToken(context, options);
      case 'too-many-guesses':
        return tooMany(context);
      case 'allowed':
        context.set('visitor', verdict.visitor);
        return next();
    }
  });

  app.get('/', (context) => context.html(pageShell()));
  app.post(
    '/api/message',
    bodyLimit({ maxSize: longestMessage, onError: (context) => malformed(context) }),
    async (context) => {
      const message = await readJson(context, messageShape);
      return message ? context.json(await options.converse(message)) : malformed(context);
    },
  );
  app.get('/api/visitor', (context) => context.json(context.var.visitor));
  app.get('/api/fiches', (context) => context.json(listFiches(brain().content)));
  app.get('/api/problems', async (context) => context.json(await options.checkFiles()));
  app.get('/api/figures', (context) => {
    const days = Math.min(90, Math.max(1, Math.trunc(Number(context.req.query('days'))) || 30));
    const now = clock();
    const waiting = tickets?.(now - days * 86_400_000, now) ?? null;
    return context.json(readFigures(store, brain().content, { days, now }, waiting));
  });
  app.get('/api/audit', (context) => context.json(store.audit.read(200)));

  app.use('/api/atelier/*', async (context, next) => {
    if (context.var.visitor.role !== 'editor')
      return context.text(
        'Vous pouvez lire cette page, pas la modifier : demandez un compte de rédacteur.',
        403,
      );
    // CSRF: a browser does not send JSON to another site without asking it first (CORS), and this page never agrees.
    if (!isJson(context) || !comesFromPage(context.env.incoming.headers))
      return context.text('Cette demande ne vient pas de la page : elle est refusée.', 403);
    return next();
  });

  addTodoRoutes(app, options.todo);
  addFicheRoutes(app, options.fiches, () => brain().content);

  app.get('*', (context) => {
    const file = files.get(context.req.path);
    return file ? sendFile(context, file()) : context.notFound();
  });
  return app;
}

function malformed(context: Context): Response {
  return context.text('Message mal formé.', 400);
}

/** A visitor without the token gets the form that asks for it, its style sheets, and what comes of sending it. */
async function answerWithoutToken(
  context: Context<PageEnv>,
  { guard, files, store, clock }: PageAppOptions,
): Promise<Response> {
  const { method, path } = context.req;
  if (method === 'GET' && /^(?:\/dsfr\/.*\.(?:css|woff2|svg)|\/page\/(?:page|workshop)\.css)$/.test(path)) {
    const file = files.get(path);
    if (file) return sendFile(context, file());
  }
  if (method === 'GET' && path === '/') return context.html(tokenForm(false), 401);
  if (method !== 'POST' || path !== '/entrer') return context.text('Un jeton est demandé.', 401);
  const given = new URLSearchParams((await readShort(context)) ?? '').get('jeton') ?? '';
  const verdict = judgeToken(given, addressOf(context), guard);
  switch (verdict.type) {
    case 'allowed': {
      store.audit.record({ at: clock(), who: verdict.visitor.name, action: 'entered', object: null });
      context.header('set-cookie', `${cookieOf(given, guard.cookieKey)}; Path=/; HttpOnly; SameSite=Strict`);
      return context.redirect('/', 303);
    }
    case 'no-token':
      return context.html(tokenForm(true), 401);
    case 'too-many-guesses':
      return tooMany(context);
  }
}

/** The body as text; null when it is longer than any form of ours: nothing more of it is read. */
async function readShort(context: Context<PageEnv>): Promise<string | null> {
  const decoder = new TextDecoder();
  let body = '';
  for await (const chunk of context.env.incoming as AsyncIterable<Buffer>) {
    body += decoder.decode(chunk, { stream: true });
    if (body.length > longestMessage) return null;
  }
  return body;
}

function tooMany(context: Context): Response {
  context.header('retry-after', '5');
  return context.text('Trop d’essais de jeton : attendez quelques secondes, puis recommencez.', 429);
}

function sendFile(context: Context, { type, body }: ServedFile): Response {
  return context.body(new Uint8Array(body), 200, { 'content-type': type, 'cache-control': 'no-cache' });
}

function addressOf(context: Context<PageEnv>): string {
  return context.env.incoming.socket.remoteAddress ?? '';
}
