import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

export interface HealthOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly metrics: Metrics;
  /** What keeps the bot from working now, in French; empty when all is well. */
  readonly readProblems: () => Promise<readonly string[]>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `GET /healthz`: the process answers. `GET /readyz`: the bot works, or why not. `GET /metrics`: for Prometheus. */
export async function startHealthServer(options: HealthOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    // The path is cut by hand: URL throws on what any client may send (« // »), and nothing here would catch it.
    const [pathname = '/'] = (request.url ?? '/').split('?');
    void answer(pathname, options)
      .catch((): Answer => ({ status: 500, type: 'text/plain', body: 'erreur interne\n' }))
      .then(({ status, type, body }) => {
        response.writeHead(status, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' });
        response.end(request.method === 'HEAD' ? undefined : body);
      });
  });
  await listen(server, options.host, options.port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

async function answer(pathname: string, { metrics, readProblems }: HealthOptions): Promise<Answer> {
  switch (pathname) {
    case '/healthz':
      return { status: 200, type: 'text/plain', body: 'en vie\n' };
    case '/readyz': {
      const problems = await readProblems();
      const ready = problems.length === 0;
      return {
        status: ready ? 200 : 503,
        type: 'application/json',
        body: `${JSON.stringify({ pret: ready, problemes: problems })}\n`,
      };
    }
    case '/metrics':
      return { status: 200, type: 'text/plain; version=0.0.4', body: metrics.render() };
    default:
      return { status: 404, type: 'text/plain', body: '/healthz, /readyz ou /metrics\n' };
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(
          `Port de santé ${port} : déjà pris ou interdit. Changez HEALTH_PORT (0 pour s’en passer).`,
          { cause },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
}
