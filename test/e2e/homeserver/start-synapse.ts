import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './find-free-port.ts';
import { readSynapseVersion, venvPython } from './python.ts';

export interface Account {
  readonly userId: string;
  readonly name: string;
  readonly password: string;
  readonly deviceId: string;
  readonly accessToken: string;
}

export interface Synapse {
  /** http://127.0.0.1:port, no trailing slash. */
  readonly url: string;
  readonly serverName: string;
  readonly folder: string;
  /** Makes an account by shared secret and logs it in. */
  createUser(name: string, options?: { displayName?: string; admin?: boolean }): Promise<Account>;
  /** Stops the process (SIGTERM, or SIGKILL when asked); the data stay. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Stops and removes the data. */
  remove(): Promise<void>;
}

export interface SynapseOptions {
  readonly serverName?: string;
  /** Where the data go; a new temporary folder by default. A folder given is never removed. */
  readonly folder?: string;
  /** Lines of YAML appended to homeserver.yaml. */
  readonly extraConfig?: string;
  /** False keeps Synapse's default rate limits, to be met on purpose. True by default. */
  readonly unlimited?: boolean;
}

/**
 * A real Synapse on a free loopback port, SQLite, no federation. Needs `npm run homeserver:install`.
 * Rejects with the end of Synapse's log when it does not come up within 60 s.
 */
export async function startSynapse(options: SynapseOptions = {}): Promise<Synapse> {
  if (!readSynapseVersion()) throw new Error('Pas de Synapse : lancez « npm run homeserver:install ».');
  const serverName = options.serverName ?? 'agent.interieur.test';
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'synapse-'));
  mkdirSync(folder, { recursive: true });
  const port = await findFreePort();
  const secret = randomBytes(16).toString('hex');
  const url = `http://127.0.0.1:${port}`;
  const configPath = join(folder, 'homeserver.yaml');
  const logPath = join(folder, 'synapse.log');
  writeFileSync(configPath, configure({ serverName, folder, port, secret, options }));
  writeFileSync(join(folder, 'log.yaml'), logging(logPath));
  let child: ChildProcess | null = null;

  const start = async (): Promise<void> => {
    const output = openSync(join(folder, 'synapse.out'), 'a');
    const started = spawn(venvPython, ['-m', 'synapse.app.homeserver', '-c', configPath], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child = started;
    const limit = Date.now() + 60_000;
    while (Date.now() < limit && started.exitCode === null) {
      const up = await fetch(`${url}/_matrix/client/versions`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (up) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    started.kill('SIGKILL');
    throw new Error(
      `Synapse ne démarre pas :\n${readFileSync(join(folder, 'synapse.out'), 'utf8').slice(-3000)}`,
    );
  };

  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> => {
    const running = child;
    child = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    const late = setTimeout(() => running.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };

  await start();
  return {
    url,
    serverName,
    folder,
    createUser: (name, user = {}) => createUser(url, secret, name, user),
    stop,
    start,
    remove: async () => {
      await stop('SIGKILL');
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Shared-secret registration: element-hq/synapse, docs/admin_api/register_api.md. */
async function createUser(
  url: string,
  secret: string,
  name: string,
  { displayName, admin = false }: { displayName?: string; admin?: boolean },
): Promise<Account> {
  const password = randomBytes(9).toString('base64url');
  const registerUrl = `${url}/_synapse/admin/v1/register`;
  const { nonce } = (await (await fetch(registerUrl)).json()) as { nonce: string };
  const mac = createHmac('sha1', secret)
    .update([nonce, name, password, admin ? 'admin' : 'notadmin'].join('\0'))
    .digest('hex');
  const answer = await fetch(registerUrl, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ nonce, username: name, displayname: displayName ?? name, password, admin, mac }),
  });
  if (!answer.ok) throw new Error(`Compte ${name} : ${answer.status} ${await answer.text()}`);
  const made = (await answer.json()) as { user_id: string; access_token: string; device_id: string };
  return { userId: made.user_id, name, password, deviceId: made.device_id, accessToken: made.access_token };
}

function configure(given: {
  serverName: string;
  folder: string;
  port: number;
  secret: string;
  options: SynapseOptions;
}): string {
  const { serverName, folder, port, secret, options } = given;
  const path = (name: string) => JSON.stringify(join(folder, name));
  const high = '{per_second: 10000, burst_count: 10000}';
  const limits = `rc_message: ${high}
rc_registration: ${high}
rc_login: {address: ${high}, account: ${high}, failed_attempts: ${high}}
rc_joins: {local: ${high}, remote: ${high}}
rc_joins_per_room: ${high}
rc_invites: {per_room: ${high}, per_user: ${high}, per_issuer: ${high}}
rc_admin_redaction: ${high}
rc_room_creation: ${high}
rc_key_requests: ${high}
`;
  return `server_name: ${serverName}
pid_file: ${path('synapse.pid')}
listeners:
  - {port: ${port}, bind_addresses: ['127.0.0.1'], type: http, tls: false, resources: [{names: [client], compress: false}]}
database: {name: sqlite3, args: {database: ${path('homeserver.db')}}}
log_config: ${path('log.yaml')}
media_store_path: ${path('media')}
signing_key_path: ${path('signing.key')}
registration_shared_secret: ${secret}
macaroon_secret_key: ${randomBytes(16).toString('hex')}
form_secret: ${randomBytes(16).toString('hex')}
report_stats: false
suppress_key_server_warning: true
trusted_key_servers: []
federation_domain_whitelist: []
bcrypt_rounds: 4
presence: {enabled: false}
${options.unlimited === false ? '' : limits}${options.extraConfig ?? ''}
`;
}

function logging(path: string): string {
  return `version: 1
formatters: {precise: {format: '%(asctime)s %(name)s %(levelname)s %(message)s'}}
handlers: {file: {class: logging.FileHandler, formatter: precise, filename: ${JSON.stringify(path)}}}
root: {level: WARNING, handlers: [file]}
disable_existing_loggers: false
`;
}
