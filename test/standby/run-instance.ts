import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { findFreePort } from '../e2e/homeserver/find-free-port.ts';
import { projectRoot } from '../e2e/homeserver/python.ts';

/** One machine: src/main.ts in a process of its own, and a supervisor that starts it again. */
export interface Instance {
  readonly name: string;
  readonly dataFolder: string;
  readonly isRunning: boolean;
  /** Everything that it wrote. */
  output(): string;
  /** How its processes ended. */
  readonly ends: readonly string[];
  signal(name: NodeJS.Signals): void;
  /** Starts it now, if the supervisor has not. */
  start(): void;
  /** It works, by its own /metrics; false when it does not answer. */
  leads(): Promise<boolean>;
  /** /readyz says 200. */
  isReady(): Promise<boolean>;
  readGauge(name: string): Promise<number>;
  /** Ends it for good, and resolves once it has ended. */
  retire(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export async function runInstance(options: {
  readonly name: string;
  readonly dataFolder: string;
  readonly logPath: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Milliseconds before it is started again. */
  readonly restartPause: () => number;
}): Promise<Instance> {
  const { name, dataFolder, logPath } = options;
  mkdirSync(dataFolder, { recursive: true });
  const port = await findFreePort();
  const ends: string[] = [];
  let child: ChildProcess | null = null;
  let restart: NodeJS.Timeout | undefined;
  let retired = false;
  let written = '';

  function start(): void {
    clearTimeout(restart);
    if (retired || child !== null) return;
    const started = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], {
      cwd: projectRoot,
      env: {
        PATH: process.env['PATH'] ?? '',
        DATA_DIR: dataFolder,
        HEALTH_PORT: String(port),
        ...options.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => {
        written += chunk.toString('utf8');
        appendFileSync(logPath, chunk);
      });
    started.once('exit', (code, signal) => {
      child = null;
      ends.push(String(signal ?? code));
      appendFileSync(logPath, `— ${new Date().toISOString()} fini : ${signal ?? code}\n`);
      restart = setTimeout(start, options.restartPause());
    });
  }

  async function ask(path: string): Promise<Response | null> {
    return fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(3_000) }).catch(() => null);
  }

  async function readGauge(gauge: string): Promise<number> {
    const text = (await (await ask('/metrics'))?.text().catch(() => '')) ?? '';
    return Number(new RegExp(`^${gauge} (.+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  }

  start();
  return {
    name,
    dataFolder,
    ends,
    get isRunning() {
      return child !== null;
    },
    output: () => written,
    signal: (signal) => void child?.kill(signal),
    start,
    leads: async () => (await readGauge('assistant_standby_leads')) === 1,
    isReady: async () => (await ask('/readyz'))?.ok === true,
    readGauge,
    async retire(signal = 'SIGTERM') {
      retired = true;
      clearTimeout(restart);
      const running = child;
      if (running === null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGCONT');
      running.kill(signal);
      const late = setTimeout(() => running.kill('SIGKILL'), 12_000);
      await ended;
      clearTimeout(late);
    },
  };
}
