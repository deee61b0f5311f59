import { describe, expect, test } from 'vitest';
import { type AccessSettings, createAccess } from '../../../src/matrix/rooms/access.ts';
import type { RoomId, UserId } from '../../../src/messages/ids.ts';

const room = '!dm:agent.interieur.tchap.gouv.fr';
const decide = (user: UserId, change: Partial<AccessSettings> = {}, where: RoomId = room) =>
  createAccess({
    botUserId: '@assistant:agent.interieur.tchap.gouv.fr',
    allowedServers: [],
    refusedUsers: [],
    externalsAllowed: false,
    adminUsers: [],
    supportRoom: null,
    adminRoom: null,
    ...change,
  })(user, where);

describe('by default', () => {
  test('people of the bot’s own server may talk to it', () => {
    expect(decide('@marie.martin-interieur.gouv.fr1:agent.interieur.tchap.gouv.fr')).toEqual({
      allowed: true,
    });
  });

  test.each<[string, UserId]>([
    ['another ministry', '@a:agent.finances.tchap.gouv.fr'],
    ['a server whose name holds the right one', '@a:agent.interieur.tchap.gouv.fr.pirate.example'],
    ['a name that looks like the right server', '@agent.interieur.tchap.gouv.fr:matrix.example'],
    ['a subdomain', '@a:x.agent.interieur.tchap.gouv.fr'],
  ])('%s may not', (_who, user) => {
    expect(decide(user)).toEqual({ allowed: false, refusal: 'refus-acces' });
  });

  test.each<UserId>([
    '@a:agent.externe.tchap.gouv.fr',
    '@a:agent.externe2.tchap.gouv.fr',
    '@a:e.tchap.gouv.fr',
  ])('an external is refused as such: %s', (user) => {
    expect(decide(user)).toEqual({ allowed: false, refusal: 'refus-externe' });
  });
});

test('several servers may be allowed, by name or by pattern', () => {
  const allowedServers = ['agent.finances.tchap.gouv.fr', 'agent.*-territoriale.tchap.gouv.fr'];
  expect(decide('@a:agent.finances.tchap.gouv.fr', { allowedServers }).allowed).toBe(true);
  expect(decide('@a:agent.admin-territoriale.tchap.gouv.fr', { allowedServers }).allowed).toBe(true);
  expect(decide('@a:agent.interieur.tchap.gouv.fr', { allowedServers }).allowed).toBe(false);
});

test('a pattern that lets everybody in still keeps externals out, unless they are allowed', () => {
  expect(decide('@a:agent.externe.tchap.gouv.fr', { allowedServers: ['*'] }).allowed).toBe(false);
  const open = { allowedServers: ['*'], externalsAllowed: true };
  expect(decide('@a:agent.externe.tchap.gouv.fr', open).allowed).toBe(true);
});

test('a refused person stays out, an administrator comes in from anywhere', () => {
  const user = '@a:agent.interieur.tchap.gouv.fr';
  expect(decide(user, { refusedUsers: [user] }).allowed).toBe(false);
  expect(decide('@chef:ailleurs.fr', { adminUsers: ['@chef:ailleurs.fr'] }).allowed).toBe(true);
  expect(decide('@chef:ailleurs.fr.example', { adminUsers: ['@chef:ailleurs.fr'] }).allowed).toBe(false);
});

test('an operator in the support salon is heard wherever their account is', () => {
  expect(decide('@o:ailleurs.fr', { supportRoom: '!support:ici' }, '!support:ici').allowed).toBe(true);
  expect(decide('@o:ailleurs.fr', { supportRoom: '!support:ici' }).allowed).toBe(false);
});

test('the star of a pattern stands for no « : »: what follows it is a port, and another server', () => {
  for (const pattern of ['agent.*', '*', 'agent.*.tchap.gouv.fr']) {
    expect(decide('@a:agent.pirate.example:1.tchap.gouv.fr', { allowedServers: [pattern] }).allowed).toBe(
      false,
    );
  }
  expect(decide('@a:agent.essai.fr:8448', { allowedServers: ['*:8448'] }).allowed).toBe(true);
});

test.each([
  '@a:agent.externe.tchap.gouv.fr:8448',
  '@a:agent.externe.tchap.gouv.fr.',
  '@a:agent.externe2.tchap.gouv.fr.:443',
  '@a:matrix.agent.externe.tchap.gouv.fr',
  '@a:AGENT.EXTERNE.tchap.gouv.fr',
  '@a:e.tchap.gouv.fr:8448',
  '@a:e.tchap.gouv.fr.',
  '@a:E.Tchap.gouv.fr',
] as const)('an external is one however the server is written: %s', (user) => {
  for (const allowedServers of [['*'], ['*:*'], ['*.'], ['agent.*', 'e.*']]) {
    expect(decide(user, { allowedServers })).toEqual({ allowed: false, refusal: 'refus-externe' });
  }
});

test('a refused person stays out however their server is written, and is nobody else', () => {
  const refusedUsers = ['@Pirate:Agent.Interieur.tchap.gouv.fr'] as const;
  const allowedServers = ['*', '*.', '*:*'];
  for (const server of ['agent.interieur.tchap.gouv.fr', 'AGENT.interieur.TCHAP.gouv.fr']) {
    expect(decide(`@Pirate:${server}`, { refusedUsers, allowedServers }).allowed).toBe(false);
    expect(decide(`@pirate:${server}`, { refusedUsers, allowedServers }).allowed).toBe(true);
  }
  expect(decide('@Pirate:agent.interieur.tchap.gouv.fr.', { refusedUsers, allowedServers }).allowed).toBe(
    false,
  );
});
