import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Desk } from '../bot/desk.ts';
import type { Brain } from '../brain/brain.ts';
import type { PageAccount } from '../config.ts';
import { eraseOldData } from '../store/erase-old-data.ts';
import { openStore, type Store } from '../store/open-store.ts';
import type { TicketFigures } from '../store/ticket-figures.ts';
import { createPageApp } from './create-page-app.ts';
import { listKeys } from './guard-request.ts';
import { createGuessLimit } from './limit-guesses.ts';
import { createFilesCheck } from './list-fiches.ts';
import { createPageConversation, type PageConversationOptions } from './page-conversation.ts';
import { listServedFiles } from './served-files.ts';
import { openContentFolder } from './workshop/content-folder.ts';
import { createFicheWorkshop } from './workshop/fiche-workshop.ts';
import { createTodoWorkshop } from './workshop/todo-workshop.ts';

export interface PageOptions {
  readonly brain: () => Brain;
  /** The folder of intents/ and knowledge/, for the state of the check. */
  readonly root: string;
  /** What the figures are read from. */
  readonly store: Store;
  /**
   * Where the page's own conversations go: `store` itself when there is no homeserver, so that they count; in memory
   * (the default) beside a connected bot, whose figures they must not blur.
   */
  readonly conversations?: Store;
  readonly desk?: Desk;
  readonly isSupport?: PageConversationOptions['isSupport'];
  /** Figures of the tickets that wait now and were closed between two moments; no figures by default. */
  readonly tickets?: (since: number, now: number) => TicketFigures;
  /** Address to listen on, 127.0.0.1 by default. */
  readonly host?: string;
  /** Port to listen on; 0: any free one. */
  readonly port: number;
  /** Token of those who only look, asked for on every request. It or accounts are required beyond loopback, 16 characters or more. */
  readonly token?: string | null;
  /** Whoever may enter under a name of their own, each with a token. */
  readonly accounts?: readonly PageAccount[];
  /** The names that visitors use beyond this machine's own, without port. */
  readonly publicNames?: readonly string[];
  readonly clock?: () => number;
  /** Called when a request failed for an unforeseen reason; the error holds no text of a message. */
  readonly onError?: (error: unknown) => void;
}

export interface Page {
  /** Where to open it: http://127.0.0.1:8481/ */
  readonly url: string;
  close(): Promise<void>;
}

/** Connections at once; one more is closed. A browser opens six. */
const mostConnections = 256;
/** Milliseconds: a connection that says nothing, or too slowly, makes room for another. */
const limits = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 2_000 };

const loopback = ['127.0.0.1', 'localhost', '::1'];

/**
 * Serves the preview page: the bot's conversation and why it answers so, the fiches, the figures.
 *
 * @throws an Error in French when it would listen beyond loopback without a token, or cannot listen
 */
export async function startPage(options: PageOptions): Promise<Page> {
  const { host = '127.0.0.1', token = null, clock = Date.now, onError = () => {} } = options;
  const { accounts = [], publicNames = [] } = options;
  const keys = listKeys(token, accounts);
  if (token !== null && token.length < 16) {
    throw new Error(
      'Le jeton de la page (PAGE_TOKEN) doit avoir au moins 16 caractères. Par exemple : openssl rand -hex 24',
    );
  }
  if (!loopback.includes(host) && keys.length === 0) {
    throw new Error(
      `La page écouterait sur ${host}, au-delà de cette machine : donnez-lui un jeton (PAGE_TOKEN) ou des comptes (PAGE_ACCOUNTS), ou laissez PAGE_HOST à 127.0.0.1.`,
    );
  }
  const conversations = options.conversations ?? openStore(':memory:');
  // A store that only this page knows is tidied by nobody else.
  const tidying = options.conversations
    ? undefined
    : setInterval(
        () => conversations.transaction(() => eraseOldData(conversations, clock(), 1)),
        3_600_000,
      ).unref();
  const content = () => options.brain().content;
  const folder = openContentFolder(options.root, options.store, clock);
  const app = createPageApp({
    ...options,
    clock,
    onError,
    guard: {
      names: [...loopback, host, ...publicNames],
      keys,
      // Names mean that a server in front of this one lets others in: without tokens, nobody can say who.
      unknown: { name: 'cette machine', role: publicNames.length === 0 ? 'editor' : 'reader' },
      cookieKey: readCookieKey(options.store),
      guesses: createGuessLimit(),
    },
    files: listServedFiles(),
    checkFiles: createFilesCheck(options.root, clock),
    todo: createTodoWorkshop(folder, content, options.store, clock),
    fiches: createFicheWorkshop(folder, content, options.store.audit.readFiles, clock),
    converse: createPageConversation({
      store: conversations,
      brain: options.brain,
      clock,
      ...(options.desk ? { desk: options.desk } : {}),
      ...(options.isSupport ? { isSupport: options.isSupport } : {}),
    }),
  });
  // The global Request and Response stay Node's: other rooms call fetch.
  const server = createServer(limits, getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const reason =
        (cause as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'il est déjà pris' : cause.message;
      reject(new Error(`La page ne peut pas écouter sur le port ${options.port} : ${reason}.`, { cause }));
    });
    server.listen(options.port, host, resolve);
  });
  server.on('error', onError);
  const { port } = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(tidying);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Kept in the store: whoever has entered need not give the token again after a restart. */
function readCookieKey({ settings }: Store): string {
  const kept = settings.read('page-cookie-key');
  if (kept !== null) return kept;
  const key = randomBytes(32).toString('base64url');
  settings.write('page-cookie-key', key);
  return key;
}
