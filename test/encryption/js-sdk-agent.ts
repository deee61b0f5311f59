import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Account } from '../e2e/homeserver/start-synapse.ts';

export interface SeenEvent {
  readonly id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Record<string, unknown>;
  readonly encrypted: boolean;
  readonly failed: boolean;
  readonly failure: string | null;
  /** 0: none, 1: grey, 2: red; null on a clear event. */
  readonly shield: number | null;
}

/** An agent on matrix-js-sdk, in a process of its own. Every command rejects with the other side's stack. */
export interface JsSdkAgent {
  readonly account: Account;
  run<T = unknown>(command: string, given?: object): Promise<T>;
  createRoom(options: object): Promise<string>;
  createEncryptedDirectRoom(userId: string): Promise<string>;
  say(room: string, body: string): Promise<string>;
  send(room: string, content: object, type?: string): Promise<string>;
  waitForBody(room: string, body: string, limit?: number): Promise<SeenEvent>;
  stop(): Promise<void>;
}

export const encrypted = {
  type: 'm.room.encryption',
  state_key: '',
  content: { algorithm: 'm.megolm.v1.aes-sha2' },
};

/** Starts the agent; `signed` isolation leaves unsigned devices out, as Element's clients are to do (MSC4153). */
export async function startJsSdkAgent(
  url: string,
  account: Account,
  options: { readonly isolation?: 'all' | 'signed'; readonly sign?: boolean } = {},
): Promise<JsSdkAgent> {
  const script = fileURLToPath(new URL('./js-sdk-agent-process.ts', import.meta.url));
  const child = fork(script, [], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let count = 0;
  const up = new Promise<void>((resolve) => {
    child.on('message', (message: { id: number; result?: unknown; error?: string }) => {
      if (message.id === 0) return resolve();
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (message.error !== undefined) call?.reject(new Error(`${account.name}: ${message.error}`));
      else call?.resolve(message.result as never);
    });
  });
  child.on('exit', () => {
    for (const call of waiting.values()) call.reject(new Error(`${account.name}: the agent has ended`));
  });
  const run = <T>(command: string, given: object = {}): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      count += 1;
      waiting.set(count, { resolve: resolve as (value: never) => void, reject });
      child.send({ id: count, command, given });
    });
  await up;
  await run('start', { url, ...account, sign: options.sign ?? true, isolation: options.isolation ?? 'all' });
  const agent: JsSdkAgent = {
    account,
    run,
    createRoom: (given) => run('createRoom', given),
    createEncryptedDirectRoom: (userId) =>
      run('createRoom', {
        preset: 'trusted_private_chat',
        is_direct: true,
        invite: [userId],
        initial_state: [
          encrypted,
          { type: 'm.room.history_visibility', state_key: '', content: { history_visibility: 'invited' } },
        ],
      }),
    say: (room, body) => run('send', { room, content: { msgtype: 'm.text', body } }),
    send: (room, content, type) => run('send', { room, content, ...(type === undefined ? {} : { type }) }),
    waitForBody: (room, body, limit) =>
      run('waitForBody', { room, body, ...(limit === undefined ? {} : { limit }) }),
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await run('stop').catch(() => {});
      const late = setTimeout(() => child.kill('SIGKILL'), 3000);
      await ended;
      clearTimeout(late);
    },
  };
  return agent;
}
