import type { RoomId, UserId } from '../../messages/ids.ts';
import { serverOf } from '../reading/parse-event.ts';

export interface AccessSettings {
  readonly botUserId: UserId;
  /** Server names; `*` stands for any run of characters but `:`. Empty: the bot's own server. */
  readonly allowedServers: readonly string[];
  readonly refusedUsers: readonly UserId[];
  /** People from outside the State, whom Tchap puts on servers of their own. */
  readonly externalsAllowed: boolean;
  readonly adminUsers: readonly UserId[];
  readonly supportRoom: RoomId | null;
  /** The other support salons; none by default. */
  readonly salons?: readonly RoomId[];
  readonly adminRoom: RoomId | null;
}

export type AccessDecision =
  | { readonly allowed: true }
  /** `refusal`: the sentence of messages.yaml that tells the person, once. */
  | { readonly allowed: false; readonly refusal: 'refus-acces' | 'refus-externe' };

/** May this person talk to the bot, or invite it, in this room? Names are compared whole, never by a part. */
export type DecideAccess = (userId: UserId, roomId: RoomId) => AccessDecision;

export function createAccess(settings: AccessSettings): DecideAccess {
  const ownServer = serverOf(settings.botUserId);
  const servers = settings.allowedServers.length > 0 ? settings.allowedServers : [ownServer];
  const patterns = servers.map(toPattern);
  const refused = new Set(settings.refusedUsers.map(nameOnce));
  const admins = new Set(settings.adminUsers);
  const { supportRoom, adminRoom, salons = [] } = settings;
  const rooms = new Set([supportRoom, adminRoom, ...salons].filter((room) => room !== null));

  return (userId, roomId) => {
    if (admins.has(userId)) return { allowed: true };
    if (refused.has(nameOnce(userId))) return { allowed: false, refusal: 'refus-acces' };
    // Whoever was let into the support salon is an operator, whatever server their account is on.
    if (rooms.has(roomId)) return { allowed: true };
    const server = serverOf(userId);
    if (!settings.externalsAllowed && isExternalServer(server)) {
      return { allowed: false, refusal: 'refus-externe' };
    }
    return patterns.some((pattern) => pattern.test(server))
      ? { allowed: true }
      : { allowed: false, refusal: 'refus-acces' };
  };
}

/**
 * Tchap's servers for people from outside the State: `agent.externe.tchap.gouv.fr`, `agent.externe2…`, `e.tchap.gouv.fr`.
 * SECURITY: a port, a final dot, a sub-domain or capitals make another server name of the same machine.
 */
export function isExternalServer(server: string): boolean {
  const host = server.toLowerCase().replace(/:\d*$/u, '').replace(/\.+$/u, '');
  return /(^|\.)agent\.externe[^.]*\./u.test(host) || /(^|\.)e\.tchap\.gouv\.fr$/u.test(host);
}

/** One spelling for one person: server names have no capitals of their own and may end in a dot; local parts are kept. */
function nameOnce(userId: UserId): string {
  const local = userId.slice(0, userId.indexOf(':'));
  return `${local}:${serverOf(userId).replace(/\.+(?=:\d*$|$)/u, '')}`;
}

function toPattern(server: string): RegExp {
  const escaped = server.toLowerCase().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '[^:]*')}$`, 'u');
}
