import { expect, test } from 'vitest';
import { createLog, describeError } from '../../src/operations/log.ts';

test('an error of the homeserver names nobody in the logs', () => {
  const error = new Error(
    'M_FORBIDDEN: User @marie.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr not in room !abc:ici (None)',
  );
  expect(describeError(error)).toBe('Error: M_FORBIDDEN: User … not in room … (None)');
});

test('an error shows no address, where a token could be', () => {
  const error = new TypeError('Failed to parse URL from https://ici/_matrix/x?access_token=secret');
  expect(describeError(error)).not.toContain('secret');
});

test('an error quotes nothing of what could not be read', () => {
  let failure: unknown;
  try {
    JSON.parse('{"body": aubergine}');
  } catch (error) {
    failure = new Error('the stored event is malformed', { cause: error });
  }
  expect(describeError(failure)).toBe('Error: the stored event is malformed (cause : SyntaxError)');
});

test('ids are hashed with the secret: the same with the same one, another with another', () => {
  const make = (secret: string) => createLog({ level: 'info', secret, write: () => undefined });
  expect(make('a').hash('@ana:ici')).toBe(make('a').hash('@ana:ici'));
  expect(make('a').hash('@ana:ici')).not.toBe(make('b').hash('@ana:ici'));
});
