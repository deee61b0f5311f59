import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between an instance and a server, and can part them. */
export interface TcpProxy {
  readonly port: number;
  /** Closes what is open, and refuses what comes. */
  cut(): void;
  /** Takes everything and passes nothing on, as a network that loses packets does. */
  hang(): void;
  mend(): void;
  /** Leads to another server from now on. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function startTcpProxy(first: number): Promise<TcpProxy> {
  let target = first;
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'hanging' = 'open';
  const server = createServer((incoming) => {
    sockets.add(incoming);
    incoming.on('close', () => sockets.delete(incoming)).on('error', () => undefined);
    if (state === 'cut') return void incoming.destroy();
    const outgoing = connect(target, '127.0.0.1');
    sockets.add(outgoing);
    outgoing.on('close', () => sockets.delete(outgoing)).on('error', () => incoming.destroy());
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.destroy());
    if (state === 'hanging') for (const socket of [incoming, outgoing]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      state = 'cut';
      dropAll();
    },
    hang() {
      state = 'hanging';
      for (const socket of sockets) socket.pause();
    },
    mend() {
      // A connection that has lost bytes would only confuse both sides: each begins anew.
      if (state === 'hanging') dropAll();
      state = 'open';
    },
    leadTo(port) {
      target = port;
      dropAll();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        dropAll();
      }),
  };
}
