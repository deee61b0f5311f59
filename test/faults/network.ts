import { type Injector, isHttpEffect } from './injector.ts';
import type { Effect, HttpEffect, HttpPoint } from './plan.ts';
import type { Answer, ServerRequest, SmallHomeserver } from './small-homeserver.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The process that a request comes from. */
export interface Caller {
  readonly ended: boolean;
  end(pause: number, why?: string): void;
  terminate(pause: number): void;
}

const never = new Promise<never>(() => undefined);
const client = '/_matrix/client/v3';

/** Where the bot is when it makes this request. */
export function pointsOf(path: string): readonly HttpPoint[] {
  return ['http:any', specificPoint(path)];
}

function specificPoint(path: string): HttpPoint {
  if (path === '/sync') return 'http:sync';
  if (/^\/rooms\/[^/]+\/(?:send|redact)\//.test(path)) return 'http:send';
  if (path.startsWith('/sendToDevice/')) return 'http:to-device';
  if (path.startsWith('/keys/') || path.startsWith('/room_keys/')) return 'http:keys';
  if (path.startsWith('/join/') || path === '/createRoom') return 'http:join';
  if (/^\/rooms\/[^/]+\/state/.test(path)) return 'http:state';
  if (/^\/rooms\/[^/]+\/messages/.test(path)) return 'http:messages';
  if (path.includes('/account_data/')) return 'http:account';
  if (/^\/rooms\/[^/]+\/(?:receipt|typing)/.test(path)) return 'http:courtesy';
  return 'http:login';
}

/**
 * Stands in the place of fetch, hence of the network and of whatever stands between the bot and its homeserver: each
 * request passes here, may be spoilt, and reaches the small homeserver.
 */
export function createNetwork(options: {
  readonly time: VirtualTime;
  readonly server: SmallHomeserver;
  readonly injector: Injector;
  readonly random: () => number;
  /** The process whose base address this is; null: one that has ended. */
  readonly callerOf: (origin: string) => Caller | null;
  readonly onRequest: (request: ServerRequest, effect: Effect | null) => void;
  /** A refusal that the specification lets a homeserver give to this very message or room. */
  readonly onFinalRefusal: (path: string) => void;
}): typeof fetch {
  const { time, server, injector, random } = options;
  const pass = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => void time.at(milliseconds, resolve));

  async function carry(request: ServerRequest, caller: Caller): Promise<Response> {
    const effect = injector.onRequest(pointsOf(request.path));
    options.onRequest(request, effect);
    const network = effect !== null && isHttpEffect(effect) ? effect : null;
    switch (effect?.do) {
      case 'kill':
        if (effect.when === 'after') await server.answer(request);
        caller.end(effect.pause);
        return never;
      case 'terminate':
        caller.terminate(effect.pause);
        break;
      case 'jump':
        time.jump(effect.ms);
        break;
      default:
    }
    await pass(1 + random() * 30);
    if (network === null) return toResponse(await server.answer(request));
    return spoil(network, request);
  }

  async function spoil(effect: HttpEffect, request: ServerRequest): Promise<Response> {
    switch (effect.do) {
      case 'answer': {
        if (effect.acted) await server.answer(request);
        else if (isFinal(effect)) options.onFinalRefusal(request.path);
        const { status, errcode, html, retryAfter } = effect;
        if (html) return new Response(`<html><body><h1>${status}</h1></body></html>`, { status });
        if (errcode === null) return new Response('', { status });
        const wait = retryAfter === undefined ? {} : { retry_after_ms: retryAfter };
        return toResponse({ status, body: { errcode, error: 'simulated', ...wait } });
      }
      case 'cut': {
        if (effect.when === 'before') throw cut();
        const answer = await server.answer(request);
        if (effect.when === 'after') throw cut();
        const text = JSON.stringify(answer.body);
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2)));
            controller.error(cut());
          },
        });
        return new Response(body, { status: answer.status });
      }
      case 'delay':
        await pass(effect.ms);
        return toResponse(await server.answer(request));
      case 'silence':
        if (effect.acted) await server.answer(request);
        return never;
      case 'repeat':
        await server.answer(request);
        return toResponse(await server.answer(request));
    }
  }

  return async (input, init = {}) => {
    const url = new URL(String(input));
    const caller = options.callerOf(url.origin);
    if (caller === null || caller.ended) return never;
    const signal = init.signal ?? undefined;
    if (signal?.aborted) throw signal.reason;
    const headers = new Headers(init.headers);
    const request: ServerRequest = {
      method: init.method ?? 'GET',
      path: url.pathname.replace(client, ''),
      query: url.searchParams,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : {},
      token: (headers.get('authorization') ?? '').replace('Bearer ', ''),
      signal,
    };
    const aborted = new Promise<never>((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    aborted.catch(() => undefined);
    const response = await Promise.race([carry(request, caller), aborted]);
    // The process that asked is gone: nobody takes the answer.
    return caller.ended ? never : response;
  };
}

/** The room that a refused request was about; null where a refusal may cost nobody an answer (receipts, keys). */
export function roomRefused(path: string): string | null {
  const about = /^\/(?:join\/([^/]+)|rooms\/([^/]+)\/(?:send|redact|state|messages))/.exec(path);
  const room = about?.[1] ?? about?.[2];
  return room === undefined ? null : decodeURIComponent(room);
}

/** Refusals of a room or of a message itself, after which the bot is right to give up. */
export function isFinal({ errcode }: { readonly errcode: string | null }): boolean {
  return (
    errcode !== null &&
    ['M_FORBIDDEN', 'M_NOT_FOUND', 'M_TOO_LARGE', 'M_BAD_JSON', 'M_INVALID_PARAM'].includes(errcode)
  );
}

function toResponse({ status, body }: Answer): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

function cut(): Error {
  const cause = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });
  return new TypeError('fetch failed', { cause });
}
