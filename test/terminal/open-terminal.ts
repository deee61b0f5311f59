import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { projectRoot, venvPython } from '../e2e/homeserver/python.ts';
import { readScreen } from './read-screen.ts';

export interface Terminal {
  /** What is visible now. */
  screen(): string;
  /** Everything that was written, control codes included: what was shown for a moment is in it too. */
  written(): string;
  type(keys: string): void;
  /** Waits until something is visible. */
  see(what: string | RegExp): Promise<void>;
  /** Resolves with the command's exit code. */
  readonly ended: Promise<number | null>;
  kill(): void;
}

/** A command of the project as a person at a keyboard runs it, on a real pseudo-terminal (Python's pty). */
export function openTerminal(
  command: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Terminal {
  const helper = join(projectRoot, 'test/terminal/pseudo-terminal.py');
  const child = spawn(venvPython, [helper, ...command], {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', NO_COLOR: '1', ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  child.stdin.on('error', () => undefined);
  return {
    screen: () => readScreen(written),
    written: () => written,
    type: (keys) => void child.stdin.write(keys),
    see: async (what) => {
      const seen = expect.poll(() => readScreen(written), { timeout: 30_000, interval: 50 });
      if (typeof what === 'string') await seen.toContain(what);
      else await seen.toMatch(what);
    },
    ended: new Promise((resolve) => child.once('close', (code) => resolve(code))),
    kill: () => void child.kill('SIGKILL'),
  };
}
