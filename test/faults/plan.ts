/** What the homeserver, or something in front of it, does to one request. */
export type HttpEffect =
  /** Answers in its place. `acted`: after the homeserver did what was asked. */
  | {
      readonly do: 'answer';
      readonly status: number;
      readonly errcode: string | null;
      readonly html?: boolean;
      readonly retryAfter?: number;
      readonly acted?: boolean;
    }
  | { readonly do: 'cut'; readonly when: 'before' | 'after' | 'midway' }
  | { readonly do: 'delay'; readonly ms: number }
  /** No answer ever; the homeserver has acted, or not. */
  | { readonly do: 'silence'; readonly acted: boolean }
  | { readonly do: 'repeat' };

export type Effect =
  | HttpEffect
  /** SQLite refuses this statement, and those after it for `lasting` ms; `undone`: it has rolled back by itself. */
  | { readonly do: 'sqlite'; readonly errcode: number; readonly undone: boolean; readonly lasting: number }
  | { readonly do: 'library'; readonly how: 'panic' | 'hang' | 'refuse' }
  /** The process ends at once, and is started again after `pause` ms. */
  | { readonly do: 'kill'; readonly when: 'before' | 'after'; readonly pause: number }
  /** SIGTERM. */
  | { readonly do: 'terminate'; readonly pause: number }
  | { readonly do: 'jump'; readonly ms: number }
  /** The keys of the encrypted messages written from now on come so late. */
  | { readonly do: 'late-keys'; readonly ms: number; readonly lasting: number };

/** Where something may go wrong: the `nth` time that the bot is there (from 0), or at `nth` ms for `time`. */
export interface Fault {
  readonly point: Point;
  readonly nth: number;
  readonly effect: Effect;
  /** Every request of the point fails the same way for so many ms: an outage. */
  readonly lasting?: number;
}

export const httpPoints = [
  'http:any',
  'http:sync',
  'http:send',
  'http:to-device',
  'http:keys',
  'http:join',
  'http:state',
  'http:messages',
  'http:account',
  'http:login',
  'http:courtesy',
] as const;
export type HttpPoint = (typeof httpPoints)[number];
export const sqlPoints = ['sql:store', 'sql:keys'] as const;
export type SqlPoint = (typeof sqlPoints)[number];
export const libraryPoints = [
  'library:any',
  'library:encryptRoomEvent',
  'library:decryptRoomEvent',
  'library:receiveSyncChanges',
  'library:shareRoomKey',
  'library:getMissingSessions',
  'library:outgoingRequests',
  'library:markRequestAsSent',
] as const;
export type LibraryPoint = (typeof libraryPoints)[number];
export type Point = HttpPoint | SqlPoint | LibraryPoint | 'time';

/** One thing that somebody writes, `at` ms after everybody is in their rooms. */
export interface Line {
  readonly at: number;
  /** Index of the talker. */
  readonly who: number;
  readonly text: string;
}

export interface Talker {
  readonly room: 'direct' | 'salon';
  readonly encrypted: boolean;
}

export interface TicketPlan {
  readonly encrypted: boolean;
  readonly exchanges: number;
  /** After the exchanges: a proposal sent by a reaction, a canned reply, words beside the thread, a secret. */
  readonly desk?: boolean;
}

/** Everything that happens to one bot: who writes what and when, and what goes wrong. A plan plays the same each time. */
export interface Plan {
  readonly seed: number;
  readonly login: 'password' | 'token';
  readonly talkers: readonly Talker[];
  readonly lines: readonly Line[];
  /** A conversation that a human takes over, in rooms that are encrypted or not; null: none. */
  readonly ticket: TicketPlan | null;
  readonly faults: readonly Fault[];
}

export function describeFault({ point, nth, effect, lasting }: Fault): string {
  const { do: what, ...details } = effect;
  const more = Object.entries(details).map(([name, value]) => `${name}=${value}`);
  const during = lasting === undefined ? [] : [`lasting=${lasting}`];
  return [`${point}#${nth}`, what, ...more, ...during].join(' ');
}
