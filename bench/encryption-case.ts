import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { DeviceId, initAsync, OlmMachine, RequestType, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { HomeserverCall } from '../src/matrix/encryption/encryption.ts';
import { createGuard } from '../src/matrix/encryption/guard.ts';
import { createLock } from '../src/matrix/encryption/lock.ts';
import { openMachine } from '../src/matrix/encryption/open-machine.ts';
import { createRequestSender } from '../src/matrix/encryption/send-requests.ts';
import { createRoomEncryptor } from '../src/matrix/encryption/share-room-key.ts';

/** One measure of bench/encryption.ts, printed as JSON; milliseconds and megabytes. */
export interface CaseResult {
  /** The first send with the key share, or the opening of the store. */
  readonly first: number;
  readonly median: number;
  readonly rss: number;
}

const USER = '@assistant:bench';
const DEVICE = 'BENCH';
const DEVICES_EACH = 5;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

if (import.meta.main) {
  const [step, path = '', devices = '0', sends = '0'] = process.argv.slice(2);
  const result = step === 'reopen' ? await reopen(path) : await share(path, Number(devices), Number(sends));
  console.log(JSON.stringify(result));
  process.exit(0);
}

async function open(path: string): Promise<OlmMachine> {
  await initAsync();
  if (path === ':memory:') return OlmMachine.initialize(new UserId(USER), new DeviceId(DEVICE));
  const opened = await openMachine({
    userId: USER,
    deviceId: DEVICE,
    path,
    storeKey: 'une clé de banc d’essai',
    log: silent,
    onStorageError: (error) => {
      throw error;
    },
  });
  return opened.machine;
}

async function reopen(path: string): Promise<CaseResult> {
  // The WASM itself (8 MB) is loaded once, whatever the store: not part of reopening it.
  await initAsync();
  const start = performance.now();
  const machine = await open(path);
  await machine.outgoingRequests();
  const first = round(performance.now() - start);
  return { first, median: 0, rss: readMemory() };
}

async function share(path: string, devices: number, sends: number): Promise<CaseResult> {
  const machine = await open(path);
  const guard = createGuard({
    limit: 600_000,
    onFatal: (error) => {
      throw error;
    },
  });
  const users = Array.from(
    { length: Math.max(1, Math.ceil(devices / DEVICES_EACH)) },
    (_, index) => `@agent${index}:bench`,
  );
  const peers = createPeers(users, devices);
  const send = createRequestSender({
    machine,
    guard,
    call: peers.call,
    deviceId: DEVICE,
    onUploaded: () => {},
    onDevicesRead: () => {
      readings += 1;
    },
    encrypt: () => Promise.reject(new Error('not in the bench')),
  });
  let readings = 0;
  for (const request of await machine.outgoingRequests()) await send(request);
  const { encrypt } = createRoomEncryptor({
    countDeviceReadings: () => readings,
    clock: Date.now,
    machine,
    guard,
    policy: 'all',
    send,
    claimLock: createLock(),
    flushQueries: async () => {
      for (const request of await machine.outgoingRequests()) {
        if (request.type === RequestType.KeysQuery) await send(request);
      }
    },
    rooms: {
      readRoom: async () => ({
        encryption: { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_msgs: 10_000 },
        joined: [USER, ...users],
        invited: [],
        historyVisibility: 'invited',
      }),
    },
  });
  const timed = async (): Promise<number> => {
    const start = performance.now();
    await encrypt('!salon:bench', 'm.room.message', {
      msgtype: 'm.text',
      body: 'Ouvrez d’abord le portail captif.',
    });
    return performance.now() - start;
  };
  const first = round((await timed()) - peers.spent());
  const times: number[] = [];
  for (let count = 0; count < sends; count += 1) times.push(await timed());
  times.sort((one, other) => one - other);
  const median = round(times[Math.floor(times.length / 2)] ?? 0);
  peers.forget();
  return { first, median, rss: readMemory() };
}

/** A homeserver that knows so many devices, each with real signed keys; the time it takes to make them is not counted. */
function createPeers(users: readonly string[], devices: number) {
  const signing = new Map<string, KeyObject>();
  const published: Record<string, Record<string, unknown>> = {};
  let spent = 0;
  for (let index = 0; index < devices; index += 1) {
    const user = users[Math.floor(index / DEVICES_EACH)] ?? '';
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
  const call: HomeserverCall = async (_method, path, _query, body) => {
    const start = performance.now();
    try {
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
      const claimed = Object.entries(asked).map(([user, wanted]) => {
        const keys = Object.keys(wanted).map((device) => {
          const key = signing.get(device);
          return [
            device,
            key ? { 'signed_curve25519:AAAAAA': signed({ key: makeCurveKey() }, user, device, key) } : {},
          ];
        });
        return [user, Object.fromEntries(keys)];
      });
      return { one_time_keys: Object.fromEntries(claimed), failures: {} };
    } finally {
      spent += performance.now() - start;
    }
  };
  return {
    call,
    spent: () => spent,
    /** Before memory is read: these devices are the bench's, not the bot's. */
    forget: () => {
      signing.clear();
      for (const user of Object.keys(published)) delete published[user];
    },
  };
}

/** https://spec.matrix.org/v1.16/appendices/#signing-json; keys are given in order, at one level that matters. */
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

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function readMemory(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage.rss() / 1e6);
}
