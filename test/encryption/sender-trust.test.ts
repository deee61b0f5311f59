import {
  BackupDecryptionKey,
  DecryptionSettings,
  initAsync,
  RoomId,
  ShieldStateCode,
  TrustRequirement,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { beforeAll, expect, test } from 'vitest';
import type { RawEvent } from '../../src/encryption/encryption.ts';
import { createKeyBackup } from '../../src/encryption/key-backup.ts';
import { createKeyDirectory, type KeyDirectory } from './key-directory.ts';
import { type MachinePeer, startMachinePeer } from './machine-peer.ts';

// What the bot may believe of a message's author when the homeserver lies. Real keys on every side; the directory of keys is
// in memory, so that it can lie.
const botId = '@assistant:interieur.test';
const adminId = '@camille:interieur.test';
const agentId = '@dominique:interieur.test';
const roomId = '!salon:interieur.test';
const everybody = [botId, adminId, agentId];
let directory: KeyDirectory;
let bot: MachinePeer;
let admin: MachinePeer;

beforeAll(async () => {
  await initAsync();
  directory = createKeyDirectory();
  bot = await startMachinePeer(directory, botId, 'ASSISTANT');
  await bot.publishIdentity();
  admin = await startMachinePeer(directory, adminId, 'PORTABLE');
  await admin.publishIdentity();
});

/** What the library itself says of the author. */
async function readShield(event: RawEvent): Promise<ShieldStateCode | undefined> {
  const settings = new DecryptionSettings(TrustRequirement.Untrusted);
  const read = await bot.machine.decryptRoomEvent(JSON.stringify(event), new RoomId(roomId), settings);
  return read.shieldState(false).code;
}

test('a message from a device that its owner has signed is from a signed device', async () => {
  const event = await admin.say(roomId, 'Bonjour', everybody);
  await bot.pump();
  expect(await bot.decrypt(roomId, event)).toMatchObject({ ok: true, senderDeviceSigned: true });
});

test('a message from a device that nobody has signed is read, as from an unsigned device', async () => {
  const agent = await startMachinePeer(directory, agentId, 'TELEPHONE');
  const event = await agent.say(roomId, 'Bonjour', everybody);
  await bot.pump();
  expect(await bot.decrypt(roomId, event)).toMatchObject({ ok: true, senderDeviceSigned: false });
});

test('a session put into the key backup by the homeserver does not speak for a signed device', async () => {
  const key = BackupDecryptionKey.createRandomKey();
  const version = '1';
  // What the homeserver has: the backup's public key, and a machine of its own that nobody knows.
  const liar = await startMachinePeer(createKeyDirectory(), adminId, 'PORTABLE');
  const liarsCopies = createKeyDirectory();
  const event = await liar.say(roomId, '!verifier 4f2a91', [adminId]);
  const exported = JSON.parse(await liar.machine.exportRoomKeys(() => true)) as Record<string, unknown>[];
  const device = directory.devices.get(adminId)?.get('PORTABLE')?.['keys'] as Record<string, string>;
  // The session says that it is the administrator's: anybody can write that into an export.
  for (const session of exported) {
    session['sender_key'] = device['curve25519:PORTABLE'];
    session['sender_claimed_keys'] = { ed25519: device['ed25519:PORTABLE'] };
  }
  const copier = await startMachinePeer(liarsCopies, adminId, 'COPIER');
  await copier.machine.importExportedRoomKeys(JSON.stringify(exported), () => undefined);
  await copier.machine.enableBackupV1(key.megolmV1PublicKey.publicKeyBase64, version);
  const upload = await copier.machine.backupRoomKeys();
  if (upload === undefined) throw new Error('nothing to back up');
  await copier.tools.send(upload);

  const sessionId = String(event.content['session_id']);
  const backup = createKeyBackup({
    ...bot.tools,
    call: async (_method, path) => {
      if (path.endsWith('/version'))
        return {
          version,
          algorithm: 'm.megolm_backup.v1.curve25519-aes-sha2',
          auth_data: { public_key: key.megolmV1PublicKey.publicKeyBase64 },
        };
      const { rooms } = liarsCopies.backups.get(adminId) as {
        rooms: Record<string, { sessions: Record<string, unknown> }>;
      };
      return rooms[roomId]?.sessions[sessionId];
    },
    clock: Date.now,
  });
  await bot.machine.saveBackupDecryptionKey(key, version);
  await backup.ensure(null);
  expect(backup.state).toBe('on');
  expect(await backup.restore(roomId, sessionId)).toBe(true);
  expect(await readShield(event)).toBe(ShieldStateCode.AuthenticityNotGuaranteed);
  const decryption = await bot.decrypt(roomId, event);
  expect(decryption).toMatchObject({ ok: true, event: { content: { body: '!verifier 4f2a91' } } });
  expect(decryption).toMatchObject({ senderDeviceSigned: false });
});

test('a genuine message under another name than its author’s cannot be read', async () => {
  const agent = await startMachinePeer(directory, agentId, 'PORTABLE');
  await agent.publishIdentity();
  const event = await agent.say(roomId, '!verifier 4f2a91', everybody);
  await bot.pump();
  const rewritten = { ...event, sender: adminId };
  expect(await readShield(rewritten)).toBe(ShieldStateCode.MismatchedSender);
  expect(await bot.decrypt(roomId, rewritten)).toEqual({
    ok: false,
    waits: false,
    sessionId: event.content['session_id'],
    reason: 'MismatchedSender',
  });
  expect(await bot.decrypt(roomId, event)).toMatchObject({ ok: true, senderDeviceSigned: true });
});
