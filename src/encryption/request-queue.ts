import { type OlmMachine, RequestType } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { Guard } from './guard.ts';
import { createLock } from './lock.ts';
import type { MachineRequest, SendRequest } from './request-sender.ts';

/** The requests that wait in the OlmMachine. */
export interface RequestQueue {
  /** Sends all of them; rejects on the first failure, and the rest goes on waiting in the machine. */
  sendAll(): Promise<void>;
  /** Sends the device queries alone. */
  sendQueries(): Promise<void>;
  /** Resolves when nothing is being sent. */
  settled(): Promise<void>;
}

export function createRequestQueue(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly send: SendRequest;
}): RequestQueue {
  const { machine, guard, send } = options;
  const lock = createLock();
  /** Ids of the room messages (verification) that are being sent: the machine lists them until they are. */
  const saying = new Set<string>();

  async function sendWaiting(wanted: (request: MachineRequest) => boolean): Promise<void> {
    const said: MachineRequest[] = [];
    await lock(async () => {
      // Answers make new requests (signatures, repaired sessions): a few rounds here, what is left at the next flush.
      for (let round = 0; round < 5; round += 1) {
        const waiting = (await guard.run(() => machine.outgoingRequests())).filter(wanted);
        const requests = waiting.filter((request) => request.type !== RequestType.RoomMessage);
        if (round === 0) said.push(...waiting.filter((request) => request.type === RequestType.RoomMessage));
        if (requests.length === 0) break;
        for (const request of requests) await send(request);
      }
    });
    // Room messages leave outside the lock: to be encrypted, they need the device queries of this very queue.
    for (const request of said) {
      const { id } = request;
      if (id === undefined || saying.has(id)) continue;
      saying.add(id);
      await send(request).finally(() => saying.delete(id));
    }
  }

  return {
    sendAll: () => sendWaiting(() => true),
    sendQueries: () => sendWaiting((request) => request.type === RequestType.KeysQuery),
    settled: () => lock(async () => undefined),
  };
}
