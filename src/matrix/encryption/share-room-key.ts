import {
  CollectStrategy,
  EncryptionAlgorithm,
  EncryptionSettings,
  HistoryVisibility,
  type OlmMachine,
  RequestType,
  RoomId,
  RoomSettings,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { RoomDirectory, RoomFacts } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import type { Guard } from './guard.ts';
import { createLock } from './lock.ts';
import type { MachineRequest, SendRequest } from './send-requests.ts';

/** Who gets the keys of what the bot says. */
export type SharingPolicy =
  /** Every device of the members. */
  | 'all'
  /** Only devices that their owner has cross-signed, as Element's clients do since April 2026 (MSC4153). */
  | 'signed';

const MEGOLM = 'm.megolm.v1.aes-sha2';
/** https://spec.matrix.org/v1.16/client-server-api/#mroomencryption */
const WEEK = 604_800_000;
const MESSAGES = 100;
/** The library's time unit here is the microsecond. */
const MICROSECONDS = 1000n;

/** Encrypts room events, the room key shared first with whoever has to read them. */
export function createRoomEncryptor(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly rooms: RoomDirectory;
  readonly policy: SharingPolicy;
  readonly send: SendRequest;
  /** Sends the device queries that wait, so that a key goes to the devices of today. Rejects when they fail. */
  readonly flushQueries: () => Promise<void>;
  /** One key claim at a time, as the library asks. */
  readonly claimLock: ReturnType<typeof createLock>;
}) {
  const { machine, guard, rooms, send } = options;
  const locks = new Map<string, ReturnType<typeof createLock>>();

  async function share(
    roomId: string,
    facts: RoomFacts,
    encryption: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    // « joined »: who is invited may not read what was said before; everywhere else the invitation opens the history.
    const members = [
      ...new Set([...facts.joined, ...(facts.historyVisibility === 'joined' ? [] : facts.invited)]),
    ];
    // The library consumes the objects that it is given: new ones for each call.
    const users = (): UserId[] => members.map((member) => new UserId(member));
    await guard.run(() => machine.updateTrackedUsers(users()));
    await options.flushQueries();
    await options.claimLock(async () => {
      const claim = await guard.run(() => machine.getMissingSessions(users()));
      if (claim) await send(claim);
    });
    const settings = toSettings(facts, encryption, options.policy);
    const requests = await guard.run(() => machine.shareRoomKey(new RoomId(roomId), users(), settings));
    for (const request of requests) await send(request);
  }

  /** The rotation and algorithm of the room, once seen, are kept: a room never goes back to clear text. */
  async function remember(
    roomId: string,
    encryption: Readonly<Record<string, unknown>> | null,
  ): Promise<boolean> {
    const known = await guard.run(async () => await await machine.getRoomSettings(new RoomId(roomId)));
    if (encryption === null) return known !== undefined;
    if (encryption['algorithm'] !== MEGOLM) throw new EncryptionError('room-unknown', { roomId });
    if (known === undefined) {
      const settings = new RoomSettings();
      settings.algorithm = EncryptionAlgorithm.MegolmV1AesSha2;
      await guard.run(() => machine.setRoomSettings(new RoomId(roomId), settings));
    }
    return true;
  }

  return async function encrypt(
    roomId: string,
    eventType: string,
    content: object,
  ): Promise<{ readonly type: string; readonly content: object }> {
    const lock = locks.get(roomId) ?? createLock();
    locks.set(roomId, lock);
    return await lock(async () => {
      const facts = await rooms.readRoom(roomId).catch((error: unknown) => {
        throw new EncryptionError('room-unknown', { roomId, cause: error });
      });
      const encrypted = await remember(roomId, facts.encryption);
      if (!encrypted) return { type: eventType, content };
      if (facts.encryption === null) throw new EncryptionError('room-unknown', { roomId });
      await share(roomId, facts, facts.encryption);
      const sealed = await guard.run(() =>
        machine.encryptRoomEvent(new RoomId(roomId), eventType, JSON.stringify(content)),
      );
      return { type: 'm.room.encrypted', content: JSON.parse(sealed) as object };
    });
  };
}

function toSettings(
  facts: RoomFacts,
  encryption: Readonly<Record<string, unknown>>,
  policy: SharingPolicy,
): EncryptionSettings {
  const settings = new EncryptionSettings();
  settings.algorithm = EncryptionAlgorithm.MegolmV1AesSha2;
  settings.historyVisibility = {
    shared: HistoryVisibility.Shared,
    invited: HistoryVisibility.Invited,
    joined: HistoryVisibility.Joined,
    world_readable: HistoryVisibility.WorldReadable,
  }[facts.historyVisibility];
  settings.rotationPeriod = BigInt(readPositive(encryption['rotation_period_ms'], WEEK)) * MICROSECONDS;
  settings.rotationPeriodMessages = BigInt(readPositive(encryption['rotation_period_msgs'], MESSAGES));
  settings.sharingStrategy =
    policy === 'signed' ? CollectStrategy.identityBasedStrategy() : CollectStrategy.allDevices();
  return settings;
}

function readPositive(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}

export const isQuery = (request: MachineRequest): boolean => request.type === RequestType.KeysQuery;
