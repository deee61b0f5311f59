import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HomeserverCall } from '../encryption/encryption.ts';
import { isRecord } from '../encryption/refusal.ts';
import type { SharingPolicy } from '../encryption/share-room-key.ts';
import { openStore } from '../store/open-store.ts';
import { plural } from '../text/plural.ts';
import { doubtful, type Finding, good } from './finding.ts';

const subject = 'Destinataires';
const peopleAtOnce = 250;

/**
 * Counts those who, in the encrypted rooms that the bot is in, have a device that its owner has not signed. A signature is
 * only looked for, not verified: the homeserver's word is enough for a count.
 */
export async function checkRecipients(options: {
  readonly call: HomeserverCall;
  readonly dataDir: string;
  /** The bot's own account. */
  readonly user: string;
  readonly policy: SharingPolicy;
}): Promise<Finding> {
  const people = listPeople(options.dataDir, options.user);
  if (people.length === 0) return good(subject, 'personne encore dans un salon chiffré');
  let unsigned = 0;
  for (let at = 0; at < people.length; at += peopleAtOnce) {
    const some = people.slice(at, at + peopleAtOnce);
    const asked = { device_keys: Object.fromEntries(some.map((user) => [user, []])) };
    const answer = await options
      .call('POST', '/_matrix/client/v3/keys/query', undefined, asked)
      .catch(() => null);
    if (!isRecord(answer))
      return doubtful(subject, 'le serveur ne répond pas', 'Relancez npm run doctor plus tard.');
    unsigned += some.filter((user) => hasUnsignedDevice(answer, user)).length;
  }
  if (unsigned === 0)
    return good(subject, `${people.length} ${plural(people.length, 'personne')}, aucun appareil non vérifié`);
  const counted = `${unsigned} ${plural(unsigned, 'personne')} sur ${people.length} ${plural(unsigned, 'a', 'ont')} un appareil non vérifié`;
  const guide = 'guide de l’opérateur, « L’agent voit “impossible de déchiffrer” »';
  switch (options.policy) {
    case 'all':
      return doubtful(
        subject,
        `${counted}, et y ${plural(unsigned, 'lit', 'lisent')} l’assistant (KEY_SHARING=all)`,
        `Rien à changer dans l’assistant. Conseillez de vérifier ces appareils : ${guide}.`,
      );
    case 'signed':
      return doubtful(
        subject,
        `${counted}, et n’y ${plural(unsigned, 'lit', 'lisent')} pas l’assistant (KEY_SHARING=signed)`,
        `Mettez KEY_SHARING=all, ou faites vérifier ces appareils : ${guide}.`,
      );
  }
}

function listPeople(dataDir: string, bot: string): string[] {
  const path = join(dataDir, 'assistant.db');
  if (!existsSync(path)) return [];
  const store = openStore(path, { readOnly: true });
  const people = store.rooms
    .list('join')
    .filter(({ encryption }) => encryption !== null)
    .flatMap(({ id }) => store.rooms.readMembers(id))
    .filter(({ user, membership }) => user !== bot && (membership === 'join' || membership === 'invite'))
    .map(({ user }) => user);
  store.close();
  return [...new Set(people)];
}

/** https://spec.matrix.org/v1.16/client-server-api/#post_matrixclientv3keysquery */
function hasUnsignedDevice(answer: Readonly<Record<string, unknown>>, user: string): boolean {
  const signing = Object.keys(dig(answer, 'self_signing_keys', user, 'keys'));
  return Object.values(dig(answer, 'device_keys', user)).some((device) => {
    const signatures = dig(device, 'signatures', user);
    return !signing.some((key) => key in signatures);
  });
}

/** The record at the end of a path of keys; an empty one when there is none. */
function dig(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  let found = value;
  for (const name of path) found = isRecord(found) ? found[name] : undefined;
  return isRecord(found) ? found : {};
}
