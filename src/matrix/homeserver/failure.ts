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
  /** Network, time-out, 5xx, an HTML page, a refusal that blames nothing: the same call may succeed later. */
  | { readonly kind: 'trouble'; readonly reason: string };

/** Refusals that speak of no room and of no message (client-server specification, « Common error codes »). */
const accountRefusals = [
  'M_RESOURCE_LIMIT_EXCEEDED',
  'M_USER_SUSPENDED',
  'M_CONSENT_NOT_GIVEN',
  'M_UNRECOGNIZED',
] as const;
export type AccountRefusal = (typeof accountRefusals)[number];

/** `token-refused` and `password-refused`: the homeserver's words; `other-account`: the data folder is somebody else's. */
export type SessionErrorCode = 'token-refused' | 'password-refused' | 'other-account';

/**
 * The bot has no session, and trying again alone would not give it one: a person has to act, or the process to start
 * anew. `message` is French; main.ts says the remedy by the code.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly code: SessionErrorCode;

  constructor(code: SessionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The homeserver no longer takes the access token, during the login or at any later call. */
export function refuseToken(cause: unknown): SessionError {
  return new SessionError('token-refused', 'Le serveur Matrix refuse le jeton d’accès', { cause });
}

/** A proxy or a web site answered in place of the homeserver: status 200, and a body that is not JSON. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';

  constructor() {
    super('the answer is not JSON');
  }
}

/** Understands a MatrixError, the raw response that matrix-bot-sdk throws for a non-JSON error, and network errors. */
export function classifyFailure(error: unknown): Failure {
  const { status, errcode, text, retryAfter } = readError(error);
  if (errcode === 'M_UNKNOWN_TOKEN' || errcode === 'M_MISSING_TOKEN' || errcode === 'M_USER_DEACTIVATED') {
    return { kind: 'token' };
  }
  // Tchap refuses everything with this code to an account past its yearly renewal.
  if (errcode === 'ORG_MATRIX_EXPIRED_ACCOUNT' || errcode === 'M_USER_LOCKED') return { kind: 'token' };
  if (errcode === 'M_LIMIT_EXCEEDED' || status === 429) {
    return { kind: 'rate-limited', retryAfter: clamp(retryAfter ?? 5_000) };
  }
  const reason = [status, errcode, text].filter((part) => part !== null).join(' ');
  if (status === null || status >= 500 || status === 408) return { kind: 'trouble', reason };
  // A 4xx without a Matrix code comes from a proxy, not from the homeserver.
  if (errcode === null) return { kind: 'trouble', reason };
  if (errcode === 'M_FORBIDDEN' || errcode === 'M_NOT_FOUND') return { kind: 'forbidden', reason };
  if (isRefusalOfAccess(status)) {
    const code = accountRefusals.find((known) => known === errcode);
    return code === undefined ? { kind: 'trouble', reason } : { kind: 'account', code, reason };
  }
  return { kind: 'rejected', reason };
}

/** 401, 403, 404, 405: the answer is about who asks, or for what, and not about what the call holds. */
function isRefusalOfAccess(status: number): boolean {
  return status === 401 || (status >= 403 && status <= 405);
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
