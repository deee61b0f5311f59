import { MatrixError } from 'matrix-bot-sdk/lib/models/MatrixError.js';
import { expect, test } from 'vitest';
import { classifyFailure } from '../../../src/matrix/homeserver/failure.ts';

const matrix = (status: number, errcode: string, more: object = {}) =>
  new MatrixError({ errcode, error: 'words', retry_after_ms: 0, ...more }, status);

test('a rate limit says how long to wait, in the body or in the header', () => {
  expect(classifyFailure(matrix(429, 'M_LIMIT_EXCEEDED', { retry_after_ms: 2_000 }))).toEqual({
    kind: 'rate-limited',
    retryAfter: 2_000,
  });
  expect(classifyFailure({ statusCode: 429, body: '<html>', headers: { 'retry-after': '3' } })).toEqual({
    kind: 'rate-limited',
    retryAfter: 3_000,
  });
});

test('an absurd delay is not obeyed for ever', () => {
  expect(classifyFailure(matrix(429, 'M_LIMIT_EXCEEDED', { retry_after_ms: 1e12 }))).toMatchObject({
    retryAfter: 600_000,
  });
});

test.each(['M_UNKNOWN_TOKEN', 'M_MISSING_TOKEN', 'M_USER_DEACTIVATED', 'ORG_MATRIX_EXPIRED_ACCOUNT'])(
  '%s needs a person',
  (errcode) => {
    expect(classifyFailure(matrix(401, errcode)).kind).toBe('token');
  },
);

test('M_FORBIDDEN closes the room, M_TOO_LARGE gives up the message', () => {
  expect(classifyFailure(matrix(403, 'M_FORBIDDEN')).kind).toBe('forbidden');
  expect(classifyFailure(matrix(413, 'M_TOO_LARGE')).kind).toBe('rejected');
});

test.each([
  [403, 'M_RESOURCE_LIMIT_EXCEEDED'],
  [403, 'M_USER_SUSPENDED'],
  [403, 'M_CONSENT_NOT_GIVEN'],
  [404, 'M_UNRECOGNIZED'],
  [405, 'M_UNRECOGNIZED'],
])('%s %s is no word about a room, nor about the message', (status, errcode) => {
  expect(classifyFailure(matrix(status, errcode))).toMatchObject({ kind: 'account', code: errcode });
});

test.each([
  [403, 'M_UNKNOWN'],
  [404, 'M_UNKNOWN'],
  [401, 'M_UNAUTHORIZED'],
  [403, 'FR_GOUV_NOUVEAU'],
])('%s %s, which says of nothing whose fault it is, passes: try again later', (status, errcode) => {
  expect(classifyFailure(matrix(status, errcode)).kind).toBe('trouble');
});

test.each([400, 409, 413])('%s M_UNKNOWN says neither what is wrong nor whether it lasts', (status) => {
  expect(classifyFailure(matrix(status, 'M_UNKNOWN')).kind).toBe('unexplained');
});

test.each([
  ['a page of a proxy', { statusCode: 502, body: '<html>502</html>', headers: {} }],
  ['a refusal by a proxy', { statusCode: 403, body: '<html>403</html>', headers: {} }],
  ['a Matrix error of the server', matrix(500, 'M_UNKNOWN')],
  ['a cut connection', new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })],
  ['a time-out', new DOMException('late', 'TimeoutError')],
  ['anything at all', null],
])('%s passes: try again later', (_what, error) => {
  expect(classifyFailure(error).kind).toBe('trouble');
});

test('the reason never holds the address, where a token could be', () => {
  const error = new TypeError('fetch failed https://x/?access_token=secret', {
    cause: { code: 'ECONNRESET' },
  });
  expect(JSON.stringify(classifyFailure(error))).not.toContain('secret');
});
