import {
  DeviceId,
  type OlmMachine,
  RoomId,
  Sas,
  UserId,
  VerificationMethod,
  type VerificationRequest,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import type { EncryptionLog, RawEvent } from './encryption.ts';
import type { Guard } from './guard.ts';
import { isRecord } from './refusal.ts';
import type { SendRequest } from './request-sender.ts';

/** What an administrator has to compare before confirming. */
export interface VerificationNotice {
  /** For {@link Verifications.confirm}. */
  readonly flowId: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly roomId: string | null;
  /** A device that says to be the bot's own account's. */
  readonly isOwnAccount: boolean;
  /** Seven emoji, with the specification's English names. */
  readonly emoji: readonly { readonly symbol: string; readonly description: string }[];
}

export interface Verifications {
  /** To-device events, as /sync gave them, after the machine has taken them. */
  receiveToDevice(events: readonly object[]): Promise<void>;
  receiveInRoom(roomId: string, event: RawEvent): Promise<void>;
  /** The administrator says that the emoji are the same. false: no such verification waits for that. */
  confirm(flowId: string): Promise<boolean>;
  /** For emoji that differ, or that nobody is there to compare. */
  cancel(flowId: string): Promise<boolean>;
}

/** Requests older than this are not answered (specification: ten minutes). */
const longest = 10 * 60_000;
const mostAtOnce = 20;

/**
 * Answers the verification requests of administrators, and of the bot's own account in another client, with emoji (SAS).
 * https://spec.matrix.org/v1.16/client-server-api/#short-authentication-string-sas-verification
 * It never confirms by itself. Requests of anybody else are declined, and so are those of devices that their owner has not
 * signed: anybody's homeserver can add one.
 */
export function createVerifications(options: {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly send: SendRequest;
  readonly userId: string;
  readonly isAdmin: (userId: string) => boolean;
  readonly onEmoji: (notice: VerificationNotice) => void;
  /** Somebody who is no administrator has asked: their client shows a refusal without a reason. */
  readonly onDeclined?: ((userId: string) => void) | undefined;
  readonly log: EncryptionLog;
  readonly clock: () => number;
}): Verifications {
  const { machine, guard, send, log } = options;
  /** `shown`: the device and the emoji given to the administrators. */
  const flows = new Map<string, { readonly userId: string; readonly since: number; shown: string | null }>();

  const find = (flowId: string, userId: string): VerificationRequest | undefined =>
    guard.runSync(() => machine.getVerificationRequest(new UserId(userId), flowId));

  /** Whether a request may be answered. A new device of the bot's own account is unsigned: signing it is what is asked. */
  async function isWelcome(request: VerificationRequest, userId: string): Promise<boolean> {
    if (userId === options.userId) return true;
    if (!options.isAdmin(userId)) return false;
    const id = request.otherDeviceId?.toString();
    if (id === undefined) return false;
    const isSigned = async (): Promise<boolean> => {
      const device = await guard.run(() => machine.getDevice(new UserId(userId), new DeviceId(id)));
      return device?.isCrossSignedByOwner() ?? false;
    };
    if (await isSigned()) return true;
    // The owner may have signed the device a moment ago: their keys are read anew.
    await send(await guard.run(() => machine.queryKeysForUsers([new UserId(userId)])));
    return isSigned();
  }

  async function begin(flowId: string, userId: string): Promise<void> {
    const request = find(flowId, userId);
    if (flows.has(flowId) || request?.weStarted() === true || request?.isPassive() === true) return;
    if (userId !== options.userId && !options.isAdmin(userId)) options.onDeclined?.(userId);
    // The library takes no request of a device that it does not know.
    if (request === undefined) return;
    if (flows.size >= mostAtOnce || !(await isWelcome(request, userId))) {
      const refusal = guard.runSync(() => request.cancel());
      if (refusal !== undefined) await send(refusal);
      log.info(
        'Demande de vérification refusée : elle ne vient pas de l’appareil vérifié d’un administrateur, ou trop sont en cours',
      );
      return;
    }
    flows.set(flowId, { userId, since: options.clock(), shown: null });
    const answer = guard.runSync(() => request.acceptWithMethods([VerificationMethod.SasV1]));
    if (answer !== undefined) await send(answer);
    log.info('Demande de vérification acceptée : en attente des émojis', { demande: flowId });
  }

  /** Takes every flow as far as it goes without an administrator. */
  async function advance(): Promise<void> {
    for (const [flowId, flow] of flows) {
      const request = find(flowId, flow.userId);
      const over = request === undefined || request.isDone() || request.isCancelled();
      if (over || options.clock() - flow.since > longest) {
        flows.delete(flowId);
        log.info(request?.isDone() === true ? 'Vérification terminée' : 'Vérification abandonnée', {
          demande: flowId,
        });
        continue;
      }
      const sas = guard.runSync(() => request.getVerification());
      if (!(sas instanceof Sas)) continue;
      const accepted = guard.runSync(() => sas.accept());
      if (accepted !== undefined) await send(accepted);
      const emoji = guard.runSync(() => (sas.canBePresented() ? sas.emoji() : undefined));
      if (emoji === undefined || flow.shown !== null) continue;
      flow.shown = readShown(sas);
      options.onEmoji({
        flowId,
        userId: flow.userId,
        deviceId: sas.otherDeviceId.toString(),
        roomId: sas.roomId?.toString() ?? null,
        isOwnAccount: flow.userId === options.userId,
        emoji: emoji.map(({ symbol, description }) => ({ symbol, description })),
      });
    }
  }

  const findSas = (flowId: string): Sas | undefined => {
    const flow = flows.get(flowId);
    const sas = flow && guard.runSync(() => machine.getVerification(new UserId(flow.userId), flowId));
    return sas instanceof Sas ? sas : undefined;
  };

  return {
    async receiveToDevice(events) {
      for (const event of events) {
        if (!isRecord(event) || event['type'] !== 'm.key.verification.request') continue;
        const flowId = isRecord(event['content']) ? event['content']['transaction_id'] : undefined;
        if (typeof flowId === 'string' && typeof event['sender'] === 'string') {
          await begin(flowId, String(event['sender']));
        }
      }
      if (flows.size > 0) await advance();
    },

    async receiveInRoom(roomId, event) {
      await guard.run(() =>
        machine.receiveVerificationEvent(JSON.stringify({ ...event, room_id: roomId }), new RoomId(roomId)),
      );
      const isRequest = event.content['msgtype'] === 'm.key.verification.request';
      if (isRequest && event.sender !== options.userId && event.content['to'] === options.userId) {
        await begin(event.event_id, event.sender);
      }
      if (flows.size > 0) await advance();
    },

    async confirm(flowId) {
      const sas = findSas(flowId);
      if (sas === undefined || !sas.canBePresented() || sas.haveWeConfirmed()) return false;
      // SECURITY: the other side may begin the exchange again under the same id; nobody has compared that one's emoji.
      if (readShown(sas) !== flows.get(flowId)?.shown) {
        log.warn('Vérification abandonnée : les émojis ont changé depuis qu’ils ont été montrés', {
          demande: flowId,
        });
        const refusal = guard.runSync(() => sas.cancelWithCode('m.mismatched_sas'));
        if (refusal !== undefined) await send(refusal);
        flows.delete(flowId);
        return false;
      }
      for (const request of await guard.run(() => sas.confirm())) await send(request);
      log.info('Vérification confirmée par un administrateur', { demande: flowId });
      await advance();
      return true;
    },

    async cancel(flowId) {
      const sas = findSas(flowId);
      const request = sas?.cancelWithCode('m.mismatched_sas');
      if (request === undefined) return false;
      await send(request);
      flows.delete(flowId);
      return true;
    },
  };
}

/** What an administrator compares, as one text. */
const readShown = (sas: Sas): string =>
  JSON.stringify([sas.otherDeviceId.toString(), sas.emoji()?.map(({ symbol }) => symbol)]);
