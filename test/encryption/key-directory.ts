import type { HomeserverCall } from '../../src/encryption/encryption.ts';

type Keys = Record<string, Record<string, unknown>>;

/** The part of a homeserver that encryption relies on, in memory. Everything in it may be changed: a homeserver can lie. */
export interface KeyDirectory {
  /** By user, then device. */
  readonly devices: Map<string, Map<string, Record<string, unknown>>>;
  /** By user: master_key, self_signing_key, user_signing_key. */
  readonly identities: Map<string, Record<string, Record<string, unknown>>>;
  /** Bodies of PUT /room_keys/keys, by user. */
  readonly backups: Map<string, Record<string, unknown>>;
  callAs(userId: string, deviceId: string): HomeserverCall;
  /** One-time keys of this device that nobody has claimed. */
  countOneTimeKeys(userId: string, deviceId: string): number;
  /** To-device events not fetched yet. */
  takeInbox(userId: string, deviceId: string): object[];
  /** A to-device event of which every field, its sender too, is the homeserver's choice. */
  deliver(userId: string, deviceId: string, event: object): void;
}

/** Synapse's refusal of one-time keys that are not those which were uploaded under the same names before. */
export class OneTimeKeyExists extends Error {
  readonly statusCode = 400;
  readonly body: { readonly errcode: string; readonly error: string };

  constructor(name: string) {
    super(`One time key ${name} already exists`);
    this.body = { errcode: 'M_UNKNOWN', error: this.message };
  }
}

export function createKeyDirectory(): KeyDirectory {
  const devices: KeyDirectory['devices'] = new Map();
  const identities: KeyDirectory['identities'] = new Map();
  const backups: KeyDirectory['backups'] = new Map();
  const oneTimeKeys = new Map<string, [string, unknown][]>();
  const inboxes = new Map<string, object[]>();
  const key = (userId: string, deviceId: string): string => `${userId} ${deviceId}`;

  function deliver(userId: string, deviceId: string, event: object): void {
    const inbox = inboxes.get(key(userId, deviceId)) ?? [];
    inbox.push(event);
    inboxes.set(key(userId, deviceId), inbox);
  }

  function query(asked: readonly string[], reader: string): object {
    const kind = (name: string): object =>
      Object.fromEntries(
        asked.flatMap((user) => {
          const found = identities.get(user)?.[name];
          return found === undefined ? [] : [[user, found]];
        }),
      );
    return {
      device_keys: Object.fromEntries(
        asked.map((user) => [user, Object.fromEntries(devices.get(user) ?? [])]),
      ),
      master_keys: kind('master_key'),
      self_signing_keys: kind('self_signing_key'),
      user_signing_keys: asked.includes(reader) ? kind('user_signing_key') : {},
      failures: {},
    };
  }

  /** https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3keyssignaturesupload */
  function addSignatures(body: Keys): void {
    for (const [user, signed] of Object.entries(body)) {
      const master = identities.get(user)?.['master_key'];
      for (const [id, given] of Object.entries(signed)) {
        const known = devices.get(user)?.get(id) ?? master;
        const added = (given as { signatures: Keys }).signatures;
        if (known === undefined) continue;
        const signatures = (known['signatures'] ?? {}) as Keys;
        for (const [signer, some] of Object.entries(added))
          signatures[signer] = { ...signatures[signer], ...some };
        known['signatures'] = signatures;
      }
    }
  }

  function claim(wanted: Record<string, Record<string, string>>): object {
    return Object.fromEntries(
      Object.entries(wanted).map(([user, ids]) => [
        user,
        Object.fromEntries(
          Object.keys(ids).map((device) => [
            device,
            Object.fromEntries([oneTimeKeys.get(key(user, device))?.shift() ?? []].filter((one) => one[0])),
          ]),
        ),
      ]),
    );
  }

  return {
    devices,
    identities,
    backups,
    deliver,
    countOneTimeKeys: (userId, deviceId) => oneTimeKeys.get(key(userId, deviceId))?.length ?? 0,
    takeInbox(userId, deviceId) {
      const inbox = inboxes.get(key(userId, deviceId)) ?? [];
      inboxes.delete(key(userId, deviceId));
      return inbox;
    },
    callAs: (userId, deviceId) => async (_method, path, _query, given) => {
      const body = structuredClone(given ?? {}) as Record<string, never>;
      if (path.endsWith('/keys/upload')) {
        if (body['device_keys'] !== undefined) {
          const own = devices.get(userId) ?? new Map();
          devices.set(userId, own.set(deviceId, body['device_keys']));
        }
        const kept = oneTimeKeys.get(key(userId, deviceId)) ?? [];
        const known = new Map(kept);
        const given = Object.entries(body['one_time_keys'] ?? {});
        // As Synapse does: a key given a second time must be the same, and counts once.
        for (const [name, value] of given) {
          if (known.has(name) && JSON.stringify(known.get(name)) !== JSON.stringify(value))
            throw new OneTimeKeyExists(name);
        }
        oneTimeKeys.set(key(userId, deviceId), [...kept, ...given.filter(([name]) => !known.has(name))]);
        return {
          one_time_key_counts: { signed_curve25519: oneTimeKeys.get(key(userId, deviceId))?.length },
        };
      }
      if (path.endsWith('/keys/query')) return query(Object.keys(body['device_keys'] ?? {}), userId);
      if (path.endsWith('/keys/claim'))
        return { one_time_keys: claim(body['one_time_keys'] ?? {}), failures: {} };
      if (path.endsWith('/keys/device_signing/upload')) {
        identities.set(userId, body);
        return {};
      }
      if (path.endsWith('/keys/signatures/upload')) {
        addSignatures(body);
        return { failures: {} };
      }
      if (path.endsWith('/room_keys/keys')) {
        backups.set(userId, body);
        return { etag: '1', count: 1 };
      }
      const sent = /\/sendToDevice\/([^/]+)\//.exec(path)?.[1];
      if (sent === undefined) throw new Error(`the key directory has no ${path}`);
      for (const [user, contents] of Object.entries((body['messages'] ?? {}) as Record<string, object>)) {
        for (const [device, content] of Object.entries(contents))
          deliver(user, device, { type: decodeURIComponent(sent), sender: userId, content });
      }
      return {};
    },
  };
}
