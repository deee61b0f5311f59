import {
  type KeysBackupRequest,
  type KeysClaimRequest,
  type KeysQueryRequest,
  type KeysUploadRequest,
  type OlmMachine,
  RequestType,
  type RoomMessageRequest,
  type SignatureUploadRequest,
  type ToDeviceRequest,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { HomeserverCall } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import type { Guard } from './guard.ts';
import { isTokenRefused, readRefusal } from './refusal.ts';

export type MachineRequest =
  | KeysUploadRequest
  | KeysQueryRequest
  | KeysClaimRequest
  | ToDeviceRequest
  | SignatureUploadRequest
  | RoomMessageRequest
  | KeysBackupRequest;

const client = '/_matrix/client/v3';
const part = encodeURIComponent;

/** Takes one request of the OlmMachine to the homeserver and the answer back. Rejects as `call` does. */
export function createRequestSender(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly call: HomeserverCall;
  readonly deviceId: string;
  readonly onUploaded: () => void;
  /** The device lists of these people were read anew. */
  readonly onDevicesRead: (users: readonly string[]) => void;
  /** Encrypts what the machine wants said in a room (verification), where the room is encrypted. */
  readonly encrypt: (
    roomId: string,
    type: string,
    content: object,
  ) => Promise<{ type: string; content: object }>;
}) {
  const { machine, guard, call } = options;

  return async function send(request: MachineRequest): Promise<void> {
    const { id } = request;
    let answer: unknown;
    try {
      answer = await carry(request);
    } catch (error) {
      const refusal = readRefusal(error);
      if (isTokenRefused(refusal)) throw guard.fail(new EncryptionError('token-refused', { cause: error }));
      // SECURITY: « already exists » means that the account on disk is older than what was uploaded from it; its ratchets
      // must not be used again. The homeserver's text decides: Synapse gives it no errcode of its own.
      if (request.type === RequestType.KeysUpload && /already exists/i.test(refusal.text)) {
        throw guard.fail(new EncryptionError('store-restored', { deviceId: options.deviceId, cause: error }));
      }
      throw error;
    }
    if (id === undefined) return;
    const mark = () => machine.markRequestAsSent(id, request.type, JSON.stringify(answer));
    // A key share is one of these for every 250 devices. A mark that a power cut takes has the same request sent again,
    // under the same transaction id; the messages in it were on the disk before it left.
    await (request.type === RequestType.ToDevice ? guard.runUnsettled(mark) : guard.run(mark));
    if (request.type === RequestType.KeysUpload) options.onUploaded();
    if (request.type === RequestType.KeysQuery) {
      const { device_keys: asked } = JSON.parse(request.body) as { device_keys?: object };
      options.onDevicesRead(Object.keys(asked ?? {}));
    }
  };

  async function carry(request: MachineRequest): Promise<unknown> {
    const body = JSON.parse(request.body) as Record<string, unknown>;
    switch (request.type) {
      case RequestType.KeysUpload:
        return call('POST', `${client}/keys/upload`, undefined, body);
      case RequestType.KeysQuery:
        return call('POST', `${client}/keys/query`, undefined, body);
      case RequestType.KeysClaim:
        return call('POST', `${client}/keys/claim`, undefined, body);
      case RequestType.SignatureUpload:
        return call('POST', `${client}/keys/signatures/upload`, undefined, body);
      case RequestType.ToDevice: {
        const { event_type: type, txn_id: txn } = request as ToDeviceRequest;
        return call('PUT', `${client}/sendToDevice/${part(type)}/${part(txn)}`, undefined, body);
      }
      case RequestType.RoomMessage: {
        const { room_id: room, event_type: type, txn_id: txn } = request as RoomMessageRequest;
        const event = await options.encrypt(room, type, body);
        return call(
          'PUT',
          `${client}/rooms/${part(room)}/send/${part(event.type)}/${part(txn)}`,
          undefined,
          event.content,
        );
      }
      case RequestType.KeysBackup: {
        const { version } = request as KeysBackupRequest;
        return call('PUT', `${client}/room_keys/keys`, { version }, body);
      }
    }
  }
}

export type SendRequest = ReturnType<typeof createRequestSender>;
