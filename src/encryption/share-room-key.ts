import {
  CollectStrategy,
  EncryptionAlgorithm,
  EncryptionSettings,
  HistoryVisibility,
  type OlmMachine,
  RoomId,
  RoomSettings,
  UserId,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { RoomDirectory, RoomFacts } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import type { Guard } from './guard.ts';
import { createLock } from './lock.ts';
import type { SendRequest } from './request-sender.ts';
import { isStillShared, isUsedUp, readMessageIndex, readRotation, type Share } from './room-share.ts';

/** Who gets the keys of what the bot says. */
export type SharingPolicy =
  /** Every device of the members. The default: no client on Tchap leaves unsigned devices out yet, and many are. */
  | 'all'
  /** Only devices that their owner has cross-signed (MSC4153). */
  | 'signed';

/**
 * Members whose keys are claimed, and to whom a new room key is given, at once. WASM never gives memory back: 5,000 devices
 * in one go take 130 MB of it, and the pending messages of all are written again for each request marked as sent.
 */
const membersAtOnce = 100;
const megolm = 'm.megolm.v1.aes-sha2';
/** Microseconds in a millisecond: the library counts the rotation period in microseconds. */
const microseconds = 1000n;

/** Encrypts room events, the room key shared first with whoever has to read them. */
export function createRoomEncryptor(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly rooms: RoomDirectory;
  readonly policy: SharingPolicy;
  readonly send: SendRequest;
  /** Sends the device queries that wait, so that a key goes to the devices of today. Rejects when they fail. */
  readonly flushQueries: () => Promise<void>;
  /** Goes up each time that anybody's device list was read anew. */
  readonly countDeviceReadings: () => number;
  readonly clock: () => number;
  /** The members to whom messages of a room go, whenever they may have changed. */
  readonly onRecipients?: (users: readonly string[]) => void;
  /** One key claim at a time, as the library asks. */
  readonly claimLock: ReturnType<typeof createLock>;
}) {
  const { machine, guard, rooms, send } = options;
  const locks = new Map<string, ReturnType<typeof createLock>>();
  const shares = new Map<string, Share>();
  const tracked = new Set<string>();
  /** Rooms that the key store is known to hold as encrypted. */
  const remembered = new Set<string>();

  async function share(
    roomId: string,
    facts: RoomFacts,
    encryption: Readonly<Record<string, unknown>>,
    /** Whether this store has never had a key for this room. */
    isFirst: boolean,
  ): Promise<void> {
    // Under the visibility « joined », people who are only invited may not read; under any other, they may.
    const members = [
      ...new Set([...facts.joined, ...(facts.historyVisibility === 'joined' ? [] : facts.invited)]),
    ];
    // The library consumes the objects that it is given: new ones for each call.
    const users = (ids: readonly string[]): UserId[] => ids.map((id) => new UserId(id));
    const untracked = members.filter((member) => !tracked.has(member));
    if (untracked.length > 0) {
      await guard.run(() => machine.updateTrackedUsers(users(untracked)));
      for (const member of untracked) tracked.add(member);
    }
    await options.flushQueries();
    const situation = JSON.stringify([
      members,
      encryption,
      facts.historyVisibility,
      options.countDeviceReadings(),
    ]);
    const shared = shares.get(roomId);
    if (shared !== undefined && isStillShared(shared, situation, encryption, options.clock())) return;
    options.onRecipients?.(members);
    const idle = await options.claimLock(async () => {
      let claimed = false;
      for (let at = 0; at < members.length; at += membersAtOnce) {
        const some = users(members.slice(at, at + membersAtOnce));
        const claim = await guard.run(() => machine.getMissingSessions(some));
        if (!claim) continue;
        await send(claim);
        claimed = true;
      }
      return !claimed;
    });
    const isNew =
      members.length > membersAtOnce &&
      (isFirst || (await changeKey(roomId, shared, members, encryption, options.clock())));
    // A member missing from a call counts as gone, and the key changes: only a new key can be given out little by little.
    let count = isNew ? membersAtOnce : members.length;
    let sent = 0;
    for (; ; count += membersAtOnce) {
      const settings = toSettings(facts, encryption, options.policy);
      const reached = users(members.slice(0, count));
      const requests = await guard.run(() => machine.shareRoomKey(new RoomId(roomId), reached, settings));
      for (const request of requests) await send(request);
      sent += requests.length;
      if (count >= members.length) break;
    }
    shares.set(roomId, {
      session: shared?.session ?? null,
      situation: idle && sent === 0 ? situation : null,
      members,
      checkedAt: options.clock(),
    });
  }

  /**
   * Changes the key where the library is about to, so that it is known to be new: somebody has left, or it is used up. The
   * library goes on deciding alone where this process knows nothing of the key.
   */
  async function changeKey(
    roomId: string,
    shared: Share | undefined,
    members: readonly string[],
    encryption: Readonly<Record<string, unknown>>,
    now: number,
  ): Promise<boolean> {
    const present = new Set(members);
    const left = shared?.members.some((member) => !present.has(member)) ?? false;
    if (shared === undefined || !(left || isUsedUp(shared, encryption, now))) return false;
    await guard.run(() => machine.invalidateGroupSession(new RoomId(roomId)));
    return true;
  }

  /** Notes which message of which session this was, to know when the key has to change. */
  function note(roomId: string, content: Readonly<Record<string, unknown>>): void {
    const shared = shares.get(roomId);
    const id = content['session_id'];
    const index = readMessageIndex(content['ciphertext']);
    if (shared === undefined || typeof id !== 'string') return;
    // The age of a session is known only if this process sent its first message.
    if (index === 0) shared.session = { id, sent: 1, since: options.clock() };
    else if (shared.session?.id === id) shared.session.sent += 1;
    else shared.session = null;
  }

  /** What the store knows of the room. The algorithm, once seen, is kept: a room never goes back to clear text. */
  async function remember(
    roomId: string,
    encryption: Readonly<Record<string, unknown>> | null,
  ): Promise<'clear' | 'first' | 'known'> {
    if (encryption !== null && encryption['algorithm'] === megolm && remembered.has(roomId)) return 'known';
    const known = await guard.run(async () => await await machine.getRoomSettings(new RoomId(roomId)));
    if (encryption === null) return known === undefined ? 'clear' : 'known';
    if (encryption['algorithm'] !== megolm) throw new EncryptionError('room-unknown', { roomId });
    if (known === undefined) {
      const settings = new RoomSettings();
      settings.algorithm = EncryptionAlgorithm.MegolmV1AesSha2;
      await guard.run(() => machine.setRoomSettings(new RoomId(roomId), settings));
    }
    remembered.add(roomId);
    return known === undefined ? 'first' : 'known';
  }

  async function encrypt(
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
      const known = await remember(roomId, facts.encryption);
      if (known === 'clear') return { type: eventType, content };
      if (facts.encryption === null) throw new EncryptionError('room-unknown', { roomId });
      await share(roomId, facts, facts.encryption, known === 'first');
      const sealed = await guard.run(() =>
        machine.encryptRoomEvent(new RoomId(roomId), eventType, JSON.stringify(content)),
      );
      const event = JSON.parse(sealed) as Record<string, unknown>;
      note(roomId, event);
      return { type: 'm.room.encrypted', content: event };
    });
  }

  return {
    encrypt,
    /** Sends the next message of this room under a new key. */
    async rotate(roomId: string): Promise<void> {
      shares.delete(roomId);
      await guard.run(() => machine.invalidateGroupSession(new RoomId(roomId)));
    },
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
  const [messages, period] = readRotation(encryption);
  settings.rotationPeriod = BigInt(period) * microseconds;
  settings.rotationPeriodMessages = BigInt(messages);
  settings.sharingStrategy =
    policy === 'signed' ? CollectStrategy.identityBasedStrategy() : CollectStrategy.allDevices();
  return settings;
}
