import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot } from '../../src/knowledge/project-root.ts';

test('a homeserver that takes calls and never answers does not keep it from stopping in time', async () => {
  const sockets: Socket[] = [];
  const called = Promise.withResolvers<void>();
  const mute = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    called.resolve();
  });
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'stop-'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
    cwd: projectRoot,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOMESERVER_URL: `http://127.0.0.1:${(mute.address() as AddressInfo).port}`,
      ACCESS_TOKEN: 'jeton-de-test',
      ENCRYPTION: 'non',
      DATA_DIR: folder,
      HEALTH_PORT: '0',
    },
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  try {
    await called.promise;
    // The signal is listened for a moment after the first call.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const start = Date.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(Date.now() - start).toBeLessThan(10_000);
  } finally {
    child.kill('SIGKILL');
    for (const socket of sockets) socket.destroy();
    mute.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
