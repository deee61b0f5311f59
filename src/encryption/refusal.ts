/** What the homeserver answered, when it answered: the two parts of a MatrixError that decide anything here. */
export interface Refusal {
  /** null: no answer (network, time-out). */
  readonly status: number | null;
  readonly errcode: string | null;
  /** The homeserver's own words, in English; never shown as they are. */
  readonly text: string;
}

/** Reads matrix-bot-sdk's MatrixError, its raw response, or any other error (no status). */
export function readRefusal(error: unknown): Refusal {
  const object = isRecord(error) ? error : {};
  const body = isRecord(object['body']) ? object['body'] : {};
  const pick = (name: string): string | null => {
    const value = body[name] ?? object[name];
    return typeof value === 'string' ? value : null;
  };
  const status = object['statusCode'] ?? object['status'];
  return {
    status: typeof status === 'number' ? status : null,
    errcode: pick('errcode'),
    text: pick('error') ?? '',
  };
}

/** Whether asking again later may help: no answer, overload, rate limit, or a proxy's page without a Matrix code. */
export function isPassing({ status, errcode }: Refusal): boolean {
  return status === null || status >= 500 || status === 408 || status === 429 || errcode === null;
}

export function isTokenRefused({ errcode }: Refusal): boolean {
  return (
    errcode === 'M_UNKNOWN_TOKEN' ||
    errcode === 'M_MISSING_TOKEN' ||
    errcode === 'M_USER_DEACTIVATED' ||
    errcode === 'ORG_MATRIX_EXPIRED_ACCOUNT'
  );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
