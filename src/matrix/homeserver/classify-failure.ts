/** What a failed call to the homeserver means for whoever made it. */
export type Failure =
  /** Again after so many milliseconds: the homeserver said so. */
  | { readonly kind: 'rate-limited'; readonly retryAfter: number }
  /** The access token is no longer good. */
  | { readonly kind: 'token'; readonly softLogout: boolean }
  /** Not in this room, or not this. */
  | { readonly kind: 'forbidden'; readonly reason: string }
  /** The homeserver understood and refuses: asking again is no use. */
  | { readonly kind: 'rejected'; readonly reason: string }
  /** Network, time-out, 5xx, an HTML page: ask again later. */
  | { readonly kind: 'trouble'; readonly reason: string };

/** Understands a MatrixError, the raw response that matrix-bot-sdk throws for a non-JSON error, and network errors. */
export function classifyFailure(error: unknown): Failure {
  const { status, errcode, text, retryAfter, softLogout } = readError(error);
  if (errcode === 'M_UNKNOWN_TOKEN' || errcode === 'M_MISSING_TOKEN' || errcode === 'M_USER_DEACTIVATED') {
    return { kind: 'token', softLogout };
  }
  // Tchap: an account past its yearly renewal is refused everything with this code.
  if (errcode === 'ORG_MATRIX_EXPIRED_ACCOUNT' || errcode === 'M_USER_LOCKED')
    return { kind: 'token', softLogout };
  if (errcode === 'M_LIMIT_EXCEEDED' || status === 429) {
    return { kind: 'rate-limited', retryAfter: clamp(retryAfter ?? 5_000) };
  }
  const reason = [status, errcode, text].filter((part) => part !== null).join(' ');
  if (status === null || status >= 500 || status === 408) return { kind: 'trouble', reason };
  // A 4xx without a Matrix code comes from a proxy, not from the homeserver.
  if (errcode === null) return { kind: 'trouble', reason };
  if (status === 403) return { kind: 'forbidden', reason };
  if (status === 404 && errcode === 'M_NOT_FOUND') return { kind: 'forbidden', reason };
  return { kind: 'rejected', reason };
}

/** Between 100 ms and 10 minutes, whatever the homeserver said. */
function clamp(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, 100), 600_000);
}

function readError(error: unknown): {
  status: number | null;
  errcode: string | null;
  text: string | null;
  retryAfter: number | null;
  softLogout: boolean;
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
    softLogout: body['soft_logout'] === true,
  };
}

/** The code (ECONNREFUSED…) or the name: an error's message may hold the address, and the address a token. */
function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause as { code?: unknown } | undefined;
  return typeof cause?.code === 'string' ? cause.code : error.name;
}
