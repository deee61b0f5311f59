import { expect, test } from 'vitest';
import { createAdminVerification } from '../../src/matrix/encryption/admin-verification.ts';
import type { Verifications } from '../../src/matrix/encryption/verification.ts';

const ADMIN = '@camille:agent.interieur.test';

function start() {
  const confirmed: string[] = [];
  const said: string[] = [];
  const verifications: Verifications = {
    receiveToDevice: async () => undefined,
    receiveInRoom: async () => undefined,
    confirm: async (flowId) => confirmed.push(flowId) > 0,
    cancel: async () => true,
  };
  const admins = createAdminVerification({
    isAdmin: (userId) => userId === ADMIN,
    onOutcome: (line) => said.push(line),
  });
  const { text } = admins.describe({
    flowId: 'flux',
    userId: ADMIN,
    deviceId: 'TELEPHONE',
    roomId: null,
    emoji: [{ symbol: '🐶', description: 'Dog' }],
  });
  const code = /!verifier ([0-9a-f]{6})/.exec(text)?.[1] ?? '';
  const write = (sender: string, body: string, fromSignedDevice: boolean): boolean =>
    admins.take(
      { event_id: '$1', type: 'm.room.message', sender, origin_server_ts: 0, content: { body } },
      fromSignedDevice,
      verifications,
    );
  return { code, write, confirmed, said };
}

test('an administrator confirms from a device of theirs that they have signed', async () => {
  const { code, write, confirmed, said } = start();
  expect(write(ADMIN, `!vérifier ${code}`, true)).toBe(true);
  await expect.poll(() => said.join()).toContain('confirmée');
  expect(confirmed).toEqual(['flux']);
});

test('confirms nothing that the homeserver could have written in an administrator’s name', async () => {
  const { code, write, confirmed, said } = start();
  expect(write(ADMIN, `!verifier ${code}`, false)).toBe(true);
  expect(said.join()).toContain('écrivez-la dans un salon chiffré, depuis un appareil que vous avez vérifié');
  expect(write('@autre:agent.interieur.test', `!verifier ${code}`, true)).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  expect(confirmed).toEqual([]);
});
