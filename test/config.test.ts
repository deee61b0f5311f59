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

  test('a second machine takes an address of PostgreSQL, and the same keys on both', () => {
    const url = 'postgresql://assistant:secret@bd.ici.fr/assistant';
    const keys = { STORE_KEY: 'clé', RECOVERY_KEY: 'EsTc' };
    expect(readConfig({ ...tchap, ...keys, STANDBY_URL: url }).matrix?.standbyUrl).toBe(url);
    expect(
      readConfig({ ...tchap, STORE_KEY: 'clé', ENCRYPTION: 'non', STANDBY_URL: url }).matrix?.standbyUrl,
    ).toBe(url);
    expect(readConfig(tchap).matrix?.standbyUrl).toBeNull();
    const path = join(mkdtempSync(join(tmpdir(), 'secret-')), 'adresse');
    writeFileSync(path, `${url}\n`);
    expect(readConfig({ ...tchap, ...keys, STANDBY_URL_FILE: path }).matrix?.standbyUrl).toBe(url);
    const alone = problemsOf({ ...tchap, STANDBY_URL: url });
    expect(alone).toHaveLength(2);
    expect(alone[0]).toContain('STORE_KEY');
    expect(alone[1]).toContain('RECOVERY_KEY');
    const wrong = problemsOf({ ...tchap, ...keys, STANDBY_URL: 'bd.ici.fr' });
    expect(wrong[0]).toContain('postgresql://');
    expect(problemsOf({ STANDBY_URL: url })[0]).toContain('HOMESERVER_URL');
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

describe('the accounts of the page', () => {
  test('one a line, with a role', () => {
    const PAGE_ACCOUNTS =
      '# nom ; rôle ; jeton\nAnne Martin ; Rédactrice ; jeton-de-anne-assez-long\n\nLuc;lecteur;jeton-de-luc-assez-long';
    expect(readConfig({ PAGE_ACCOUNTS, PAGE_HOST: '0.0.0.0', PAGE_PORT: '8481' }).page.accounts).toEqual([
      { name: 'Anne Martin', role: 'editor', token: 'jeton-de-anne-assez-long' },
      { name: 'Luc', role: 'reader', token: 'jeton-de-luc-assez-long' },
    ]);
  });

  test('what is wrong is told by its line, without the token', () => {
    const problems = problemsOf({
      PAGE_ACCOUNTS:
        'Anne ; chef ; jeton-de-anne-assez-long\nLuc ; lecteur ; court\nLuc\nPaul;lecteur;un-jeton-pour-deux-personnes\nEve;lecteur;un-jeton-pour-deux-personnes',
    });
    expect(problems.map((problem) => problem.slice(0, 50))).toEqual([
      'PAGE_ACCOUNTS, ligne 1 : le rôle « chef » n’existe',
      'PAGE_ACCOUNTS, ligne 2 : le jeton doit avoir au mo',
      'PAGE_ACCOUNTS, ligne 3 : écrivez nom ; rôle ; jeto',
      'PAGE_ACCOUNTS, ligne 5 : ce nom ou ce jeton est dé',
    ]);
    expect(problems.join()).not.toContain('un-jeton-pour-deux');
  });
});
