import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { forward, readBody } from '../crash/fault-proxy.ts';
import type { Effect, HttpEffect } from './plan.ts';

/** Stands between the bot and a real homeserver, on real sockets, and does to each request what the plan says. */
export async function startSpoilingProxy(
  target: string,
  /** `path` is what comes after /_matrix/client/v3, without the query. */
  onRequest: (path: string) => Effect | null,
  /** Does what an effect asks besides spoiling the request. */
  onEffect: (effect: Effect) => void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((incoming, answer) => {
    const [path = ''] = (incoming.url ?? '').replace('/_matrix/client/v3', '').split('?');
    void treat(onRequest(path), incoming, answer).catch(() => answer.destroy());
  });

  async function treat(
    effect: Effect | null,
    incoming: IncomingMessage,
    answer: ServerResponse,
  ): Promise<void> {
    const body = await readBody(incoming);
    const pass = () => forward(target, incoming, body);
    if (effect === null) {
      give(await pass(), answer);
      return;
    }
    switch (effect.do) {
      case 'answer':
      case 'cut':
      case 'delay':
      case 'silence':
      case 'repeat':
        return spoil(effect, pass, answer);
      case 'kill':
        if (effect.when === 'after') await pass();
        onEffect(effect);
        answer.destroy();
        return;
      default:
        onEffect(effect);
    }
    give(await pass(), answer);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Given = Awaited<ReturnType<typeof forward>>;

async function spoil(effect: HttpEffect, pass: () => Promise<Given>, answer: ServerResponse): Promise<void> {
  switch (effect.do) {
    case 'answer': {
      if (effect.acted) await pass();
      const { status, errcode, html, retryAfter } = effect;
      const wait = retryAfter === undefined ? {} : { retry_after_ms: retryAfter };
      answer.writeHead(status, { 'content-type': html ? 'text/html' : 'application/json' });
      if (html) answer.end(`<html><body><h1>${status}</h1></body></html>`);
      else answer.end(errcode === null ? '' : JSON.stringify({ errcode, error: 'simulated', ...wait }));
      return;
    }
    case 'cut': {
      if (effect.when === 'before') {
        answer.destroy();
        return;
      }
      const given = await pass();
      if (effect.when === 'midway') {
        answer.writeHead(given.status, { 'content-type': given.type, 'content-length': given.body.length });
        answer.write(given.body.subarray(0, Math.floor(given.body.length / 2)), () => answer.destroy());
      } else answer.destroy();
      return;
    }
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, effect.ms));
      give(await pass(), answer);
      return;
    case 'silence':
      if (effect.acted) await pass();
      return;
    case 'repeat':
      await pass();
      give(await pass(), answer);
      return;
  }
}

function give({ status, type, body }: Given, answer: ServerResponse): void {
  answer.writeHead(status, { 'content-type': type, 'content-length': body.length });
  answer.end(body);
}
