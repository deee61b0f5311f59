import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { findFreePort } from '../e2e/homeserver/find-free-port.ts';
import type { Start } from './simulate-container.ts';

export interface Started {
  /** True once /readyz says 200; false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<number | null>;
  output(): string;
  stop(): Promise<number | null>;
}

/** Starts the bot as the supervisor would; its ports, which the container has for itself, are free ones here. */
export async function runStart({ command: [program = '', ...args], cwd, env }: Start): Promise<Started> {
  const healthPort = String(await findFreePort());
  const ports = { HEALTH_PORT: healthPort, PAGE_PORT: String(await findFreePort()), PAGE_HOST: '127.0.0.1' };
  const child = spawn(program, args, {
    cwd,
    // The Node of the image, or of the service's node_modules, is the one that runs this test.
    env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, ...env, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    ended,
    output: () => output,
    ready: (async () => {
      for (const limit = Date.now() + 60_000; running() && Date.now() < limit; ) {
        const ready = await fetch(`http://127.0.0.1:${healthPort}/readyz`).then(
          (answer) => answer.ok,
          () => false,
        );
        if (ready) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return false;
    })(),
    stop: () => {
      if (running()) child.kill('SIGTERM');
      return ended;
    },
  };
}
