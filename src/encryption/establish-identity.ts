import { DeviceId, type OlmMachine, OwnUserIdentity, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import type { EncryptionLog, HomeserverCall } from './encryption.ts';
import { EncryptionError } from './encryption-error.ts';
import type { Guard } from './guard.ts';
import { readRefusal } from './refusal.ts';
import type { SendRequest } from './request-sender.ts';
import type { SecretName, SecretStorage, SecretStorageAccess } from './secret-storage.ts';

export interface IdentityTools {
  readonly machine: OlmMachine;
  readonly guard: Guard;
  readonly call: HomeserverCall;
  readonly send: SendRequest;
  readonly log: EncryptionLog;
  readonly userId: string;
  readonly deviceId: string;
}

/** Asks the homeserver for the public keys of this account, as they are now. */
export async function refreshOwnKeys({ machine, send, userId, guard }: IdentityTools): Promise<void> {
  await send(await guard.run(() => machine.queryKeysForUsers([new UserId(userId)])));
}

export async function readOwnIdentity({
  machine,
  userId,
  guard,
}: IdentityTools): Promise<OwnUserIdentity | null> {
  const identity = await guard.run(() => machine.getIdentity(new UserId(userId)));
  return identity instanceof OwnUserIdentity ? identity : null;
}

/** Whether the private keys of the account's identity are in the store. */
export async function holdsIdentity({ machine, guard }: IdentityTools): Promise<boolean> {
  const status = await guard.run(() => machine.crossSigningStatus());
  return status.hasMaster && status.hasSelfSigning && status.hasUserSigning;
}

export async function isDeviceSigned({ machine, guard, userId, deviceId }: IdentityTools): Promise<boolean> {
  const device = await guard.run(() => machine.getDevice(new UserId(userId), new DeviceId(deviceId)));
  return device?.isCrossSignedByOwner() ?? false;
}

/**
 * Makes the first identity of an account that has none. Never a second: a homeserver that asks for a person
 * (user-interactive authentication) has one already, and gets `reset-needs-person`.
 */
export async function publishFirstIdentity(tools: IdentityTools): Promise<void> {
  const { machine, guard, call, send } = tools;
  const requests = await guard.run(() => machine.bootstrapCrossSigning(false));
  // The order is the library's: device keys, public identity, then the signatures between them.
  if (requests.uploadKeysRequest !== undefined) await send(requests.uploadKeysRequest);
  const body = JSON.parse(requests.uploadSigningKeysRequest.body) as object;
  try {
    await call('POST', '/_matrix/client/v3/keys/device_signing/upload', undefined, body);
  } catch (error) {
    // Synapse's 401, which asks for user-interactive authentication, may have no errcode.
    const { status, errcode } = readRefusal(error);
    if ((status === 401 && errcode === null) || errcode === 'M_FORBIDDEN') {
      throw new EncryptionError('reset-needs-person', { cause: error });
    }
    throw error;
  }
  await send(requests.uploadSignaturesRequest);
  await refreshOwnKeys(tools);
}

/** Signs this device with the identity whose private keys are in the store. */
export async function signOwnDevice(tools: IdentityTools): Promise<void> {
  const { machine, guard, send, userId, deviceId } = tools;
  const device = await guard.run(() => machine.getDevice(new UserId(userId), new DeviceId(deviceId)));
  if (device === undefined) throw new EncryptionError('store-lost', { deviceId });
  await send(await guard.run(() => device.verify()));
  const identity = await readOwnIdentity(tools);
  if (identity !== null && !identity.isVerified()) await send(await guard.run(() => identity.verify()));
  await refreshOwnKeys(tools);
}

const keyNames = {
  masterKey: 'm.cross_signing.master',
  self_signing_key: 'm.cross_signing.self_signing',
  userSigningKey: 'm.cross_signing.user_signing',
} as const satisfies Readonly<Record<string, SecretName>>;

/** Takes the private keys of the existing identity from the vault. Rejects with `recovery-missing` when they are not (all) there or not the right ones. */
export async function importIdentity(tools: IdentityTools, vault: SecretStorage): Promise<void> {
  const [master, selfSigning, userSigning] = [
    await vault.read(keyNames.masterKey),
    await vault.read(keyNames.self_signing_key),
    await vault.read(keyNames.userSigningKey),
  ];
  if (master === null || selfSigning === null || userSigning === null)
    throw new EncryptionError('recovery-missing');
  await tools.guard
    .run(() => tools.machine.importCrossSigningKeys(master, selfSigning, userSigning))
    .catch((error: unknown) => {
      throw error instanceof EncryptionError
        ? error
        : new EncryptionError('recovery-missing', { cause: error });
    });
  // The library leaves out keys that are not those of the published identity.
  if (!(await holdsIdentity(tools))) throw new EncryptionError('recovery-missing');
}

/** Puts into the vault what it lacks of the identity, so that a lost store can be recovered from. */
export async function completeVault(tools: IdentityTools, vault: SecretStorage): Promise<void> {
  const keys = await tools.guard.run(() => tools.machine.exportCrossSigningKeys());
  for (const [field, name] of Object.entries(keyNames)) {
    const secret = keys?.[field as keyof typeof keyNames];
    if (secret !== undefined && (await vault.read(name)) !== secret) await vault.write(name, secret);
  }
}

/** Opens the vault of this recovery key, or makes it where there is none. `other-key`: the account's vault has another key. */
export async function openVault(
  access: SecretStorageAccess,
  key: Uint8Array,
): Promise<{ readonly vault: SecretStorage; readonly made: boolean } | 'other-key'> {
  const opened = await access.open(key);
  if (opened.kind === 'open') return { vault: opened.storage, made: false };
  if (opened.kind === 'other-key') return 'other-key';
  return { vault: await access.create(key), made: true };
}
