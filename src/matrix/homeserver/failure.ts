import { isRecord } from '../reading/parse-event.ts';

/** What a failed call to the homeserver means for whoever made it. */
export type Failure =
  /** The homeserver asks for a pause of `retryAfter` milliseconds; the same call is made again after it. */
  | { readonly kind: 'rate-limited'; readonly retryAfter: number }
  /** The access token is no longer good: nothing works until a new session is opened. */
  | { readonly kind: 'token' }
  /** The account as a whole is refused, or the call is unknown there: a person has to act, on the homeserver's side. */
  | { readonly kind: 'account'; readonly code: AccountRefusal; readonly reason: string }
  /** M_FORBIDDEN or M_NOT_FOUND: the bot is not in the room, or is not allowed to do this there. */
  | { readonly kind: 'forbidden'; readonly reason: string }
  /** The homeserver understood the call and refuses it: it would refuse the same call again. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /**
   * M_UNKNOWN: the homeserver refuses the call and blames nothing. It may pass, or be repeated for ever (Synapse gives this
   * code to every refusal that it has no other for): the same call is made again, a number of times.
   */
  | { readonly kind: 'unexplained'; readonly reason: string }
  /**
   * Network, time-out, 5xx, an HTML page: the same call may succeed later. `answered`: somebody refuses (4xx), but not in
   * the homeserver's words about the call; a filter in front of it may dislike this call alone.
   */
  | { readonly kind: 'trouble'; readonly reason: string; readonly answered: boolean };

/** Refusals that speak of no room and of no message (client-server specification, « Common error codes »). */
const accountRefusals = [
  'M_RESOURCE_LIMIT_EXCEEDED',
  'M_USER_SUSPENDED',
  'M_CONSENT_NOT_GIVEN',
  'M_UNRECOGNIZED',
] as const;
export type AccountRefusal = (typeof accountRefusals)[number];

/** Why the bot has no session. */
export type SessionErrorCode =
  /** The session was closed; with a password, another can be opened. */
  | 'token-refused'
  | 'password-refused'
  /** No login of this kind here, whatever the password; `message` has the homeserver's answer. */
  | 'login-refused'
  /** The address answers as a homeserver does, but not to what every homeserver knows. */
  | 'not-a-homeserver'
  | 'account-deactivated'
  /** Past the yearly renewal that Tchap asks for. */
  | 'account-expired'
  /** Shut by the homeserver's administrators, for a time. */
  | 'account-locked'
  /** The data folder is somebody else's. */
  | 'other-account';

/**
 * The bot has no session, and asking again would not give it one: `token-refused` takes another login, anything else a
 * person. `message` is French; main.ts says the remedy by the code.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The codes that end the account's every session, and what they mean; the expiry's is Tchap's own (synapse-email-account-validity). */
const accountEnds: Readonly<Record<string, SessionErrorCode>> = {
  M_USER_DEACTIVATED: 'account-deactivated',
  ORG_MATRIX_EXPIRED_ACCOUNT: 'account-expired',
  M_USER_LOCKED: 'account-locked',
};

/** The homeserver no longer takes the access token, during the login or at any later call; `cause` is of the kind `token`. */
export function refuseToken(cause: unknown): SessionError {
  if (cause instanceof SessionError) return cause;
  const code = accountEnds[readError(cause).errcode ?? ''] ?? 'token-refused';
  return new SessionError(code, 'Le serveur Matrix refuse le jeton d’accès', { cause });
}

/** A proxy or a web site answered in place of the homeserver: status 200, and a body that is not JSON. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';

  constructor() {
    super('the answer is not JSON');
  }
}

/** Understands a SessionError, a MatrixError, the raw response that matrix-bot-sdk throws for a non-JSON error, and network errors. */
export function classifyFailure(error: unknown): Failure {
  if (error instanceof SessionError) return { kind: 'token' };
  const { status, errcode, text, retryAfter } = readError(error);
  if (errcode === 'M_UNKNOWN_TOKEN' || errcode === 'M_MISSING_TOKEN') return { kind: 'token' };
  if (errcode !== null && Object.hasOwn(accountEnds, errcode)) return { kind: 'token' };
  if (errcode === 'M_LIMIT_EXCEEDED' || status === 429) {
    return { kind: 'rate-limited', retryAfter: clamp(retryAfter ?? 5_000) };
  }
  const reason = [status, errcode, text].filter((part) => part !== null).join(' ');
  if (status === null || status >= 500 || status === 408) return { kind: 'trouble', reason, answered: false };
  // A 4xx without a Matrix code comes from a proxy, not from the homeserver.
  if (errcode === null) return { kind: 'trouble', reason, answered: status >= 400 };
  if (errcode === 'M_FORBIDDEN' || errcode === 'M_NOT_FOUND') return { kind: 'forbidden', reason };
  if (isRefusalOfAccess(status)) {
    const code = accountRefusals.find((known) => known === errcode);
    return code === undefined
      ? { kind: 'trouble', reason, answered: true }
      : { kind: 'account', code, reason };
  }
  return { kind: errcode === 'M_UNKNOWN' ? 'unexplained' : 'rejected', reason };
}

/** 401, 403, 404, 405: the answer is about who asks, or for what, and not about what the call holds. */
function isRefusalOfAccess(status: number): boolean {
  return status === 401 || (status >= 403 && status <= 405);
}

/** The Matrix error code of an answer; null where there is none. */
export function readErrcode(error: unknown): string | null {
  return readError(error).errcode;
}

/** The session has ended by its age, and its device is kept (client-server specification, « Soft logout »). */
export function isSoftLogout(error: unknown): boolean {
  return isRecord(error) && isRecord(error['body']) && error['body']['soft_logout'] === true;
}

/** A homeserver may ask for a pause of 0 ms, or of a year: the pause stays between 100 ms and 10 minutes. */
function clamp(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, 100), 600_000);
}

function readError(error: unknown): {
  status: number | null;
  errcode: string | null;
  text: string | null;
  retryAfter: number | null;
} {
  const object = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const body =
    typeof object['body'] === 'object' && object['body'] !== null
      ? (object['body'] as Record<string, unknown>)
      : {};
  const headers =
    typeof object['headers'] === 'object' && object['headers'] !== null
      ? (object['headers'] as Record<string, unknown>)
      : {};
  const status = typeof object['statusCode'] === 'number' ? object['statusCode'] : null;
  const errcode = body['errcode'] ?? object['errcode'];
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  const retryAfter =
    typeof body['retry_after_ms'] === 'number'
      ? body['retry_after_ms']
      : Number.isFinite(seconds)
        ? seconds * 1000
        : null;
  return {
    status,
    errcode: typeof errcode === 'string' ? errcode.slice(0, 100) : null,
    text: status === null ? describeNetworkError(error) : null,
    retryAfter,
  };
}

/** Only the code (ECONNREFUSED…) or the name of the error: its message may hold the address, and the address a token. */
function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : error.name;
}
