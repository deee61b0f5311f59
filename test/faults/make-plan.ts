import { createRandom } from '../crash/random.ts';
import {
  type Effect,
  type Fault,
  httpPoints,
  type Line,
  libraryPoints,
  type Plan,
  type Point,
  type Talker,
} from './plan.ts';

/** What may go wrong, by family: a run may leave some out. */
export const families = ['http', 'refusals', 'sqlite', 'library', 'process', 'clock', 'keys'] as const;
export type Family = (typeof families)[number];

const questions = [
  'mon vpn marche pas sur mon noemi',
  'comment me connecter au wifi avec mon noemi ?',
  "j'ai perdu ma carte agent",
  'comment chiffrer une clé usb ?',
  "c'est quoi tchap ?",
  'comment lancer une visio comu ?',
  "quel est le numéro du centre d'appel ?",
  'mon imprimante ne marche plus',
];

/** Answers that say nothing of the message or the room they are given for: the bot has to try again. */
const passing: readonly (readonly [status: number, errcode: string | null])[] = [
  [400, null],
  [401, null],
  [403, null],
  [404, null],
  [408, null],
  [409, null],
  [413, null],
  [418, null],
  [425, null],
  [429, null],
  [429, 'M_LIMIT_EXCEEDED'],
  [499, null],
  [500, 'M_UNKNOWN'],
  [500, null],
  [501, null],
  [502, 'M_BAD_GATEWAY'],
  [502, null],
  [503, 'M_UNAVAILABLE'],
  [503, null],
  [504, 'M_UNKNOWN'],
  [504, null],
  [520, null],
  [521, null],
  [524, null],
];
/** Refusals of the account or of the call, not of a room: they pass when somebody has acted. */
const ofAccount: readonly (readonly [status: number, errcode: string])[] = [
  [401, 'M_UNKNOWN_TOKEN'],
  [401, 'M_MISSING_TOKEN'],
  [403, 'M_USER_DEACTIVATED'],
  [401, 'M_USER_LOCKED'],
  [403, 'M_USER_SUSPENDED'],
  [403, 'M_CONSENT_NOT_GIVEN'],
  [403, 'M_RESOURCE_LIMIT_EXCEEDED'],
  [403, 'ORG_MATRIX_EXPIRED_ACCOUNT'],
  [404, 'M_UNRECOGNIZED'],
  [405, 'M_UNRECOGNIZED'],
  [400, 'M_UNKNOWN'],
  [403, 'M_UNKNOWN'],
];
/** Refusals of a room or of a message. */
const ofRoom: readonly (readonly [status: number, errcode: string])[] = [
  [403, 'M_FORBIDDEN'],
  [404, 'M_NOT_FOUND'],
  [413, 'M_TOO_LARGE'],
  [400, 'M_BAD_JSON'],
  [400, 'M_INVALID_PARAM'],
];
/** SQLITE_FULL, IOERR and its write, fsync and read. 5 is SQLITE_BUSY. */
const diskErrors = [13, 13, 10, 778, 1034, 266] as const;

/** How often a bot of these plans is at each point, about: a fault beyond strikes nothing. */
const visits: Readonly<Record<Exclude<Point, 'time'>, number>> = {
  'http:any': 160,
  'http:sync': 60,
  'http:send': 45,
  'http:to-device': 8,
  'http:keys': 24,
  'http:join': 5,
  'http:state': 3,
  'http:messages': 2,
  'http:account': 14,
  'http:login': 3,
  'http:courtesy': 10,
  'sql:store': 850,
  'sql:keys': 550,
  'library:any': 320,
  'library:encryptRoomEvent': 12,
  'library:decryptRoomEvent': 8,
  'library:receiveSyncChanges': 50,
  'library:shareRoomKey': 12,
  'library:getMissingSessions': 55,
  'library:outgoingRequests': 90,
  'library:markRequestAsSent': 22,
};

/** The plan of this seed: the same for ever, as long as this file stays as it is. */
export function makePlan(seed: number, chosen: readonly Family[] = families): Plan {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const between = (least: number, most: number): number => Math.floor(least + random() * (most - least));

  const talkers: Talker[] = Array.from({ length: between(2, 4) }, () => ({
    room: chance(0.3) ? 'salon' : 'direct',
    encrypted: chance(0.6),
  }));
  // Some write minutes apart, some in one breath.
  const pace = pick([300, 2_000, 15_000, 60_000]);
  const lines: Line[] = talkers.flatMap((_talker, who) => {
    let at = 0;
    return Array.from({ length: between(2, 7) }, (): Line => {
      at += Math.floor(random() * pace);
      return { at, who, text: pick(questions) };
    });
  });
  const longest = Math.max(...lines.map(({ at }) => at)) + 20_000;
  const ticket = chance(0.35) ? { encrypted: chance(0.5), exchanges: between(1, 4) } : null;

  function anywhere(points: readonly Exclude<Point, 'time'>[]): Pick<Fault, 'point' | 'nth'> {
    const point = pick(points);
    // Some strike in the first seconds, when the account is prepared and the first keys are shared.
    const share = chance(0.3) ? random() * 0.2 : random();
    return { point, nth: Math.floor(share * visits[point]) };
  }
  const pause = (): number => pick([100, 1_000, 5_000, 60_000]);
  const places: readonly Exclude<Point, 'time'>[] = [
    ...httpPoints,
    'sql:store',
    'sql:keys',
    ...libraryPoints,
  ];

  function makeHttp(): Fault {
    const where = anywhere(httpPoints);
    const [status, errcode] = pick(passing);
    const retryAfter = status === 429 && chance(0.7) ? pick([0, 300, 5_000, 60_000]) : undefined;
    const effect = pick<Effect>([
      { do: 'answer', status, errcode, ...(retryAfter === undefined ? {} : { retryAfter }) },
      { do: 'answer', status, errcode, acted: true },
      {
        do: 'answer',
        status: pick([200, 403, 404, 500, 502]),
        errcode: null,
        html: true,
        acted: chance(0.5),
      },
      { do: 'cut', when: pick(['before', 'after', 'midway'] as const) },
      { do: 'cut', when: 'after' },
      { do: 'delay', ms: pick([500, 5_000, 50_000, 70_000]) },
      { do: 'silence', acted: chance(0.5) },
      { do: 'repeat' },
    ]);
    return { ...where, effect, ...(chance(0.25) ? { lasting: pick([2_000, 20_000, 180_000]) } : {}) };
  }

  function makeRefusal(): Fault {
    const [status, errcode] = pick(chance(0.8) ? ofAccount : ofRoom);
    const effect: Effect = { do: 'answer', status, errcode };
    return { ...anywhere(httpPoints), effect, ...(chance(0.3) ? { lasting: pick([2_000, 60_000]) } : {}) };
  }

  function makeSqlite(): Fault {
    const where = anywhere(['sql:store', 'sql:store', 'sql:keys']);
    // The lock of the key store is taken when it is opened, and never asked for again.
    const errcode = pick(where.point === 'sql:keys' ? diskErrors : [...diskErrors, 5, 5, 5]);
    const lasting = pick([0, 0, 1, 3_000, 30_000]);
    return { ...where, effect: { do: 'sqlite', errcode, undone: chance(0.5), lasting } };
  }

  const makers: Readonly<Record<Family, () => Fault>> = {
    http: makeHttp,
    refusals: makeRefusal,
    sqlite: makeSqlite,
    library: () => ({
      ...anywhere(libraryPoints),
      effect: { do: 'library', how: pick(['panic', 'hang', 'refuse'] as const) },
    }),
    process: () => ({
      ...(chance(0.15) ? { point: 'time' as const, nth: between(0, longest) } : anywhere(places)),
      effect: chance(0.75)
        ? { do: 'kill', when: pick(['before', 'after'] as const), pause: pause() }
        : { do: 'terminate', pause: pause() },
    }),
    clock: () => ({
      point: 'time',
      nth: between(0, longest),
      effect: { do: 'jump', ms: pick([-7_200_000, -300_000, -2_000, 2_000, 300_000, 7_200_000, 90_000_000]) },
    }),
    keys: () => ({
      point: 'time',
      nth: between(0, longest),
      effect: { do: 'late-keys', ms: pick([500, 5_000, 20_000, 50_000]), lasting: between(1_000, 60_000) },
    }),
  };
  const weights: Readonly<Record<Family, number>> = {
    http: 5,
    refusals: 1,
    sqlite: 3,
    library: 2,
    process: 5,
    clock: 1,
    keys: 1,
  };
  const bag = chosen.flatMap((family) => Array.from({ length: weights[family] }, () => family));
  const faults = bag.length === 0 ? [] : Array.from({ length: between(1, 9) }, () => makers[pick(bag)]());
  const login = chance(0.5) ? 'password' : 'token';
  // Drawn last: plans without a ticket stay what they were.
  const desk = ticket !== null && chance(0.5);
  return { seed, login, talkers, lines, ticket: desk ? { ...ticket, desk } : ticket, faults };
}
