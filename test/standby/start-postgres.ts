import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../e2e/homeserver/find-free-port.ts';

export interface Postgres {
  /** Of an empty database of its own. */
  readonly url: string;
  readonly port: number;
  /** A new database on the same server. */
  createDatabase(name: string): string;
  /** `immediate`: as after a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  start(): Promise<void>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** A copy becomes a server of its own. */
  promote(): void;
  remove(): Promise<void>;
}

/** Debian keeps the server's programs out of the PATH. null: there is no PostgreSQL here. */
function findPrograms(): string | null {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  const found = versions
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')));
  return found ?? null;
}

export const hasPostgres = findPrograms() !== null;

/** A real PostgreSQL on a free loopback port, in a folder of its own, run by an account that is not root. */
export async function startPostgres({ copyOf }: { readonly copyOf?: Postgres } = {}): Promise<Postgres> {
  const bin = findPrograms();
  if (bin === null) throw new Error('Pas de PostgreSQL ici : apt-get install postgresql.');
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const data = join(folder, 'data');
  const port = await findFreePort();
  // PostgreSQL refuses to be run by root; Debian's package has made an account for it.
  const account = process.getuid?.() === 0 ? findAccount() : null;
  if (account !== null) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
  const run = (program: string, args: readonly string[]): void => {
    const { status, stderr } = spawnSync(join(bin, program), args, {
      ...account,
      cwd: '/',
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${program}: ${stderr.slice(-2_000)}`);
  };
  if (copyOf === undefined)
    run('initdb', ['-D', data, '-U', 'assistant', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--no-locale']);
  else {
    const from = ['-h', '127.0.0.1', '-p', String(copyOf.port), '-U', 'assistant'];
    run('pg_basebackup', [...from, '-D', data, '--write-recovery-conf', '--checkpoint=fast', '--no-sync']);
  }
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    // fsync serves a power cut, which no test here makes; what counts is what outlives the process.
    const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' };
    const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const started = spawn(join(bin, 'postgres'), ['-D', data, ...args], {
      ...account,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => appendFileSync(join(folder, 'postgres.log'), chunk));
    child = started;
    const ready = (): boolean =>
      spawnSync(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).status === 0;
    for (const limit = Date.now() + 30_000; Date.now() < limit; ) {
      if (ready()) return;
      if (started.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`PostgreSQL ne démarre pas : ${folder}/postgres.log`);
  };

  const stop = async (mode: 'fast' | 'immediate' = 'fast'): Promise<void> => {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await ended;
  };

  const createDatabase = (name: string): string => {
    run('createdb', ['-h', '127.0.0.1', '-p', String(port), '-U', 'assistant', name]);
    return `postgresql://assistant@127.0.0.1:${port}/${name}`;
  };

  await start();
  return {
    url:
      copyOf === undefined
        ? createDatabase('assistant')
        : copyOf.url.replace(String(copyOf.port), String(port)),
    port,
    createDatabase,
    stop,
    start,
    signal: (name) => void child?.kill(name),
    promote: () => run('pg_ctl', ['promote', '-w', '-D', data]),
    async remove() {
      child?.kill('SIGCONT');
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function findAccount(): { uid: number; gid: number } {
  const read = (option: string): number =>
    Number(spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [read('-u'), read('-g')];
  if (!uid || !gid)
    throw new Error('PostgreSQL ne tourne pas sous root : il faut le compte « postgres » de Debian.');
  return { uid, gid };
}
