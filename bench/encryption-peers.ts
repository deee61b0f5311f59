import { fork } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { HomeserverCall } from '../src/encryption/encryption.ts';

/** A homeserver that knows so many devices, each with real signed keys; a process of its own, so that its memory is not the bot's. */
export interface Peers {
  readonly users: readonly string[];
  readonly call: HomeserverCall;
  /** Milliseconds spent waiting for it: not the bot's time. */
  spent(): number;
  stop(): void;
}

const devicesEach = 5;

export async function startPeers(devices: number): Promise<Peers> {
  const child = fork(fileURLToPath(import.meta.url), [String(devices)], { execArgv: [] });
  const waiting = new Map<number, (answer: never) => void>();
  let count = 0;
  let spent = 0;
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the peers have ended with code ${code}`)));
    child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
      if (id === 0) return resolve();
      waiting.get(id)?.(answer as never);
      waiting.delete(id);
    });
  });
  return {
    users: listUsers(devices),
    call: async (_method, path, _query, body) => {
      const start = performance.now();
      count += 1;
      const id = count;
      const answer = await new Promise<unknown>((resolve) => {
        waiting.set(id, resolve);
        child.send({ id, path, body });
      });
      spent += performance.now() - start;
      return answer;
    },
    spent: () => spent,
    stop: () => void child.kill(),
  };
}

if (import.meta.main) {
  const answer = createHomeserver(Number(process.argv[2]));
  process.on('message', ({ id, path, body }: { id: number; path: string; body: object }) =>
    process.send?.({ id, answer: answer(path, body) }),
  );
  process.on('disconnect', () => process.exit(0));
  process.send?.({ id: 0 });
}

function listUsers(devices: number): string[] {
  const count = Math.max(1, Math.ceil(devices / devicesEach));
  return Array.from({ length: count }, (_, index) => `@agent${index}:bench`);
}

function createHomeserver(devices: number): (path: string, body: object) => object {
  const users = listUsers(devices);
  const signing = new Map<string, KeyObject>();
  const published: Record<string, Record<string, unknown>> = {};
  for (let index = 0; index < devices; index += 1) {
    const user = users[Math.floor(index / devicesEach)] ?? '';
    const device = `D${index}`;
    const key = generateKeyPairSync('ed25519');
    signing.set(device, key.privateKey);
    const keys = {
      [`curve25519:${device}`]: makeCurveKey(),
      [`ed25519:${device}`]: readPublic(key.publicKey),
    };
    const algorithms = ['m.olm.v1.curve25519-aes-sha2', 'm.megolm.v1.aes-sha2'];
    published[user] ??= {};
    published[user][device] = signed(
      { algorithms, device_id: device, keys, user_id: user },
      user,
      device,
      key.privateKey,
    );
  }
  const claim = (user: string, device: string): object => {
    const key = signing.get(device);
    return key ? { 'signed_curve25519:AAAAAA': signed({ key: makeCurveKey() }, user, device, key) } : {};
  };
  return (path, body) => {
    if (path.endsWith('/keys/query')) {
      const asked = Object.keys((body as { device_keys: object }).device_keys);
      return {
        device_keys: Object.fromEntries(asked.map((user) => [user, published[user] ?? {}])),
        failures: {},
      };
    }
    if (path.endsWith('/keys/upload')) return { one_time_key_counts: { signed_curve25519: 50 } };
    if (!path.endsWith('/keys/claim')) return {};
    const asked = (body as { one_time_keys: Record<string, Record<string, string>> }).one_time_keys;
    const claimed = Object.entries(asked).map(([user, wanted]) => [
      user,
      Object.fromEntries(Object.keys(wanted).map((device) => [device, claim(user, device)])),
    ]);
    return { one_time_keys: Object.fromEntries(claimed), failures: {} };
  };
}

/** https://spec.matrix.org/v1.16/appendices/#signing-json */
function signed(object: Record<string, unknown>, user: string, device: string, key: KeyObject): object {
  const text = JSON.stringify(sortKeys(object));
  const signature = sign(null, Buffer.from(text), key).toString('base64').replace(/=+$/, '');
  return { ...object, signatures: { [user]: { [`ed25519:${device}`]: signature } } };
}

function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sortKeys(inner)]));
}

function makeCurveKey(): string {
  return readPublic(generateKeyPairSync('x25519').publicKey);
}

/** The last 32 bytes of the DER form are the key itself. */
function readPublic(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64').replace(/=+$/, '');
}
