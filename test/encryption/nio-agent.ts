import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { venvPython } from '../e2e/homeserver/python.ts';
import type { Account } from '../e2e/homeserver/start-synapse.ts';

/** An event as matrix-nio has it: `content` is the clear one when `decrypted`. */
export interface NioEvent {
  readonly id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: Record<string, unknown>;
  readonly decrypted: boolean;
  readonly failed: boolean;
}

/** An agent on matrix-nio (Python), in a process of its own. Every call rejects with the other side's error. */
export interface NioAgent {
  readonly account: Account;
  createRoom(options: object): Promise<string>;
  join(room: string): Promise<void>;
  /** Resolves once this member has joined and nio knows a device to encrypt for. */
  waitForMember(room: string, userId: string): Promise<void>;
  /** Encrypts, where the room is encrypted, and sends; the event id. */
  send(room: string, content: object): Promise<string>;
  readTimeline(room: string): Promise<NioEvent[]>;
  stop(): Promise<void>;
}

/** `store`: a folder for nio's keys; given again, the same device goes on. */
export async function startNioAgent(url: string, account: Account, store: string): Promise<NioAgent> {
  const script = fileURLToPath(new URL('./nio-agent-process.py', import.meta.url));
  const child = spawn(venvPython, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;
  createInterface(child.stdout).on('line', (line) => {
    const answer = JSON.parse(line) as { id: number; result?: unknown; error?: string };
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) call?.resolve(answer.result);
    else call?.reject(new Error(`${account.name}: ${answer.error}`));
  });
  void ended.then(() => {
    for (const call of waiting.values()) call.reject(new Error(`${account.name}: matrix-nio has ended`));
  });
  const run = <T>(command: string, given: object = {}): Promise<T> => {
    count += 1;
    const call = Promise.withResolvers<unknown>();
    waiting.set(count, call);
    child.stdin.write(`${JSON.stringify({ id: count, command, given })}\n`);
    return call.promise as Promise<T>;
  };
  const { userId, deviceId, accessToken } = account;
  await run('start', { url, userId, deviceId, accessToken, store });
  return {
    account,
    createRoom: (options) => run('create_room', { options }),
    join: (room) => run('join', { room }),
    waitForMember: (room, user) => run('wait_for_member', { room, userId: user }),
    send: (room, content) => run('send', { room, content }),
    readTimeline: (room) => run('timeline', { room }),
    stop: async () => {
      await run('stop').catch(() => undefined);
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
    },
  };
}
