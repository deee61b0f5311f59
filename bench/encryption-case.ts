import { DeviceId, initAsync, OlmMachine, RequestType, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { createGuard } from '../src/encryption/guard.ts';
import { createLock } from '../src/encryption/lock.ts';
import { openMachine } from '../src/encryption/open-machine.ts';
import { createRequestSender } from '../src/encryption/request-sender.ts';
import { createRoomEncryptor } from '../src/encryption/share-room-key.ts';
import { growHeapSparingly } from '../src/operations/grow-heap-sparingly.ts';
import { startPeers } from './encryption-peers.ts';

/** One measure of bench/encryption.ts, printed as JSON; milliseconds and megabytes. */
export interface CaseResult {
  /** The first send with the key share, or the opening of the store. */
  readonly first: number;
  /** The same on the processor: what other jobs of the machine do not inflate. */
  readonly cpu: number;
  /** Of a reopening, what the opening alone takes; the rest is the library's first look at its queue. */
  readonly opening: number;
  readonly median: number;
  readonly rss: number;
  /** The most that was ever resident. */
  readonly peak: number;
}

const userId = '@assistant:bench';
const device = 'BENCH';
const silent = { info: () => {}, warn: () => {}, error: () => {} };

if (import.meta.main) {
  const [step, path = '', devices = '0', sends = '0'] = process.argv.slice(2);
  growHeapSparingly();
  const result = step === 'reopen' ? await reopen(path) : await share(path, Number(devices), Number(sends));
  console.log(JSON.stringify(result));
  process.exit(0);
}

interface Opened {
  readonly machine: OlmMachine;
  readonly settle: () => Promise<void>;
}

async function open(path: string): Promise<Opened> {
  await initAsync();
  if (path === ':memory:') {
    const machine = await OlmMachine.initialize(new UserId(userId), new DeviceId(device));
    return { machine, settle: async () => undefined };
  }
  const { machine, store } = await openMachine({
    userId: userId,
    deviceId: device,
    path,
    storeKey: 'une clé de banc d’essai',
    log: silent,
    onStorageError: (error) => {
      throw error;
    },
  });
  return { machine, settle: store.settle };
}

async function reopen(path: string): Promise<CaseResult> {
  // The WASM itself (8 MB) is loaded once, whatever the store: not part of reopening it.
  await initAsync();
  const watch = startWatch();
  const { machine } = await open(path);
  const opening = watch().first;
  await machine.outgoingRequests();
  return { ...watch(), opening, median: 0, ...readMemory() };
}

async function share(path: string, devices: number, sends: number): Promise<CaseResult> {
  const { machine, settle } = await open(path);
  const guard = createGuard({
    settle,
    limit: 600_000,
    onFatal: (error) => {
      throw error;
    },
  });
  const peers = await startPeers(devices);
  const { users } = peers;
  const send = createRequestSender({
    machine,
    guard,
    call: peers.call,
    deviceId: device,
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
        joined: [userId, ...users],
        invited: [],
        historyVisibility: 'invited',
      }),
    },
  });
  const say = () =>
    encrypt('!salon:bench', 'm.room.message', {
      msgtype: 'm.text',
      body: 'Ouvrez d’abord le portail captif.',
    });
  const watch = startWatch();
  await say();
  const { first, cpu } = watch();
  const waited = peers.spent();
  const times: number[] = [];
  for (let count = 0; count < sends; count += 1) {
    const next = startWatch();
    await say();
    times.push(next().first);
  }
  times.sort((one, other) => one - other);
  const median = round(times[Math.floor(times.length / 2)] ?? 0);
  peers.stop();
  return { first: round(first - waited), cpu, opening: 0, median, ...readMemory() };
}

function startWatch(): () => Pick<CaseResult, 'first' | 'cpu'> {
  const start = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { first: round(performance.now() - start), cpu: round((user + system) / 1000) };
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function readMemory(): Pick<CaseResult, 'rss' | 'peak'> {
  globalThis.gc?.();
  return {
    rss: Math.round(process.memoryUsage.rss() / 1e6),
    peak: Math.round((process.resourceUsage().maxRSS * 1024) / 1e6),
  };
}
