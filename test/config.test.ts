import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../src/config.ts';

const tchap = { HOMESERVER_URL: 'https://matrix.agent.interieur.tchap.gouv.fr/', ACCESS_TOKEN: 'jeton' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the settings', () => {
  test('without a homeserver, there is none to connect to', () => {
    expect(readConfig({}).matrix).toBeNull();
  });

  test('an address and a token are enough', () => {
    const { matrix } = readConfig(tchap);
    expect(matrix).toMatchObject({
      homeserverUrl: 'https://matrix.agent.interieur.tchap.gouv.fr',
      credentials: { type: 'token', accessToken: 'jeton' },
      externalsAllowed: false,
      sendRate: 1,
    });
  });

  test('elsewhere than on Tchap the pace is higher', () => {
    expect(readConfig({ ...tchap, HOMESERVER_URL: 'https://matrix.example.org' }).matrix?.sendRate).toBe(20);
  });

  test('a secret may come from a file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'secret-')), 'jeton');
    writeFileSync(path, 'jeton-du-fichier\n');
    const { matrix } = readConfig({ HOMESERVER_URL: 'https://ici.fr', ACCESS_TOKEN_FILE: path });
    expect(matrix?.credentials).toEqual({ type: 'token', accessToken: 'jeton-du-fichier' });
  });

  test('lists are separated by commas or spaces', () => {
    const { matrix } = readConfig({ ...tchap, ADMIN_USERS: '@a:ici.fr, @b:ici.fr  @c:ici.fr' });
    expect(matrix?.adminUsers).toEqual(['@a:ici.fr', '@b:ici.fr', '@c:ici.fr']);
  });

  test('every problem is told at once, by the name of its setting', () => {
    const problems = problemsOf({
      HOMESERVER_URL: 'http://matrix.example.org',
      SEND_RATE: 'vite',
      ADMIN_USERS: 'paul',
      SUPPORT_ROOM: '#support:ici',
      EXTERNALS_ALLOWED: 'peut-être',
      LOG_LEVEL: 'bavard',
      STORE_KEY_FILE: '/nulle/part',
    });
    for (const name of [
      'HOMESERVER_URL',
      'ACCESS_TOKEN',
      'SEND_RATE',
      'ADMIN_USERS',
      'SUPPORT_ROOM',
      'EXTERNALS_ALLOWED',
      'LOG_LEVEL',
      'STORE_KEY_FILE',
    ]) {
      expect(problems.join('\n')).toContain(name);
    }
  });

  test('a token without an address is a mistake, not the terminal', () => {
    expect(problemsOf({ ACCESS_TOKEN: 'jeton' })).toHaveLength(1);
  });

  test('no problem shows a secret', () => {
    const problems = problemsOf({ ...tchap, ACCESS_TOKEN: 'tres-secret', BOT_PASSWORD: 'plus-secret' });
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toContain('secret');
  });

  test('cannot be changed once read', () => {
    const config = readConfig(tchap);
    expect(Object.isFrozen(config) && Object.isFrozen(config.matrix?.adminUsers)).toBe(true);
  });
});
