import { createHash } from 'node:crypto';
import {
  DeviceId,
  initAsync,
  type Sas,
  UserId,
  VerificationMethod,
  type VerificationRequest,
} from '@matrix-org/matrix-sdk-crypto-wasm';
import { beforeAll, expect, test } from 'vitest';
import { say } from '../../src/conversation/rendering/say.ts';
import { createAdminVerification } from '../../src/encryption/admin-verification.ts';
import type { RawEvent } from '../../src/encryption/encryption.ts';
import { createVerifications, type VerificationNotice } from '../../src/encryption/verification.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { parseEvent } from '../../src/matrix/reading/parse-event.ts';
import { type BeforeAccess, takeBeforeAccess } from '../../src/matrix/sync/take-before-access.ts';
import { createKeyDirectory } from './key-directory.ts';
import { type MachinePeer, startMachinePeer } from './machine-peer.ts';
import { quiet } from './small-bot.ts';

// The bot's two modules and the gate of the chat commands on the real crypto library: who signed what is computed, never given. The directory of keys is the
// homeserver's, so that it may lie.
const botId = '@assistant:interieur.test';
// Sorts before the bot's: the library lets only such a user begin an exchange again.
const adminId = '@adele:interieur.test';
const agentId = '@dominique:interieur.test';
const roomId = '!salon:interieur.test';
const everybody = [botId, adminId, agentId];
const content = await loadContent(projectRoot);

beforeAll(() => initAsync());

async function startBot() {
  const directory = createKeyDirectory();
  const peer = await startMachinePeer(directory, botId, 'ASSISTANT');
  await peer.publishIdentity();
  const notices: VerificationNotice[] = [];
  const said: string[] = [];
  /** What stands in the administrators' room: every device there reads it, one that the homeserver has made too. */
  const room: string[] = [];
  const log: string[] = [];
  const isAdmin = (userId: string): boolean => userId === adminId;
  const tell = (line: string): void => void said.push(line);
  const admins = createAdminVerification({
    words: { confirm: '!verifier', refuse: '!refuser' },
    onOutcome: tell,
  });
  const verifications = createVerifications({
    ...peer.tools,
    isAdmin,
    onEmoji(notice) {
      notices.push(notice);
      const told = admins.describe(notice);
      room.push(told.text);
      log.push(told.logLine);
    },
    log: quiet,
    clock: Date.now,
  });
  const takeSync = async (): Promise<void> => verifications.receiveToDevice(await peer.pump());
  return {
    directory,
    peer,
    notices,
    said,
    room,
    log,
    verifications,
    takeSync,
    /** One message as the intake takes it; « unreadable » never reaches the administrators' commands. */
    async take(event: RawEvent): Promise<boolean | 'unreadable'> {
      await takeSync();
      const decryption = await peer.decrypt(roomId, event);
      if (!decryption.ok) return 'unreadable';
      const commands: BeforeAccess = {
        isAdmin,
        adminRoom: null,
        verification: () => ({
          confirm: (code) => void admins.confirm(code, verifications),
          refuse: (code) => void admins.refuse(code, verifications),
          tell,
        }),
      };
      const clear = parseEvent({ ...decryption.event });
      if (clear === null) throw new Error('the decrypted event is malformed');
      const found = takeBeforeAccess(clear, decryption.senderDeviceSigned, commands);
      if (found.type === 'command') void found.run();
      if (found.type === 'refused') tell(say(content, found.sentence.id, found.sentence.values));
      return found.type !== 'none';
    },
    async trusts(userId: string): Promise<boolean> {
      await takeSync();
      return (await peer.machine.getIdentity(new UserId(userId)))?.isVerified() ?? false;
    },
  };
}
type Bot = Awaited<ReturnType<typeof startBot>>;

/** A device of the administrator, or what the homeserver passes off as one. */
async function startDevice(bot: Bot, deviceId: string, { signs = true } = {}, userId = adminId) {
  const device = await startMachinePeer(bot.directory, userId, deviceId);
  if (signs) await device.publishIdentity();
  await bot.takeSync();
  await device.pump();
  return device;
}

/** Asks the bot for a verification. */
async function request(bot: Bot, device: MachinePeer): Promise<VerificationRequest> {
  await device.machine.updateTrackedUsers([new UserId(botId)]);
  await device.pump();
  const target = await device.machine.getDevice(new UserId(botId), new DeviceId('ASSISTANT'));
  if (target === undefined) throw new Error('the bot has published no device');
  const [asked, message] = target.requestVerification([VerificationMethod.SasV1]);
  await device.tools.send(message);
  await bot.peer.machine.updateTrackedUsers([new UserId(adminId)]);
  await bot.peer.pump().then((events) => bot.verifications.receiveToDevice(events));
  await device.pump();
  return asked;
}

/** …and goes on until both sides show emoji. */
async function compare(bot: Bot, device: MachinePeer): Promise<{ sas: Sas; flowId: string }> {
  const asked = await request(bot, device);
  const started = await asked.startSas();
  if (started === undefined) throw new Error('the bot has not accepted');
  const [sas, message] = started;
  await device.tools.send(message);
  for (let round = 0; round < 4 && !sas.canBePresented(); round += 1) {
    await bot.takeSync();
    await device.pump();
  }
  await bot.takeSync();
  return { sas, flowId: asked.flowId };
}

/** Lets every message of an exchange come and go, so that « not verified » does not mean « not yet ». */
async function settle(bot: Bot, device: MachinePeer): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await device.pump();
    await bot.takeSync();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function confirm(device: MachinePeer, sas: Sas): Promise<void> {
  for (const message of await sas.confirm()) await device.tools.send(message);
}

const readCode = (text: string | undefined): string | undefined =>
  /!verifier ([0-9a-f]{6})/u.exec(text ?? '')?.[1];

/** What a homeserver can try as a code: what it reads in the rooms, and what it can compute of what passes through it. */
const guessCode = (bot: Bot, flowId: string): string =>
  readCode(bot.room.at(-1)) ?? createHash('sha256').update(flowId).digest('hex').slice(0, 6);

test('an administrator compares the emoji, confirms from a device that they have signed, and both sides are verified', async () => {
  const bot = await startBot();
  const phone = await startDevice(bot, 'TELEPHONE');
  const { sas } = await compare(bot, phone);
  expect(bot.notices).toMatchObject([{ userId: adminId, deviceId: 'TELEPHONE' }]);
  expect(bot.notices[0]?.emoji.map(({ symbol }) => symbol)).toEqual(sas.emoji()?.map(({ symbol }) => symbol));
  await confirm(phone, sas);
  expect(await bot.trusts(adminId)).toBe(false);
  const code = readCode(bot.log.at(-1));
  expect(await bot.take(await phone.say(roomId, `!vérifier ${code}`, everybody))).toBe(true);
  await expect.poll(() => bot.said.join()).toContain('confirmée');
  await settle(bot, phone);
  expect(await bot.trusts(adminId)).toBe(true);
  expect((await phone.machine.getIdentity(new UserId(botId)))?.isVerified()).toBe(true);
});

test('« !refuser » ends a verification whose emoji differ', async () => {
  const bot = await startBot();
  const phone = await startDevice(bot, 'TELEPHONE');
  const { sas } = await compare(bot, phone);
  await bot.take(
    await phone.say(
      roomId,
      `!refuser ${/!refuser ([0-9a-f]{6})/u.exec(bot.room.at(-1) ?? '')?.[1]}`,
      everybody,
    ),
  );
  await expect.poll(() => bot.said.join()).toContain('refusée');
  await phone.pump();
  expect(sas.isCancelled()).toBe(true);
});

test('confirms nothing from an unsigned device, from anybody else, or under a rewritten name', async () => {
  const bot = await startBot();
  const phone = await startDevice(bot, 'TELEPHONE');
  await compare(bot, phone);
  const command = `!verifier ${readCode(bot.log.at(-1))}`;
  const unsigned = await startDevice(bot, 'ANCIEN', { signs: false });
  expect(await bot.take(await unsigned.say(roomId, command, everybody))).toBe(true);
  expect(bot.said.join()).toContain(
    'écrivez-la dans un salon chiffré, depuis un appareil que vous avez vérifié',
  );
  const agent = await startDevice(bot, 'PORTABLE', {}, agentId);
  const event = await agent.say(roomId, command, everybody);
  expect(await bot.take(event)).toBe(false);
  expect(await bot.take({ ...event, event_id: '$rewritten', sender: adminId })).toBe('unreadable');
  expect(bot.said.join()).not.toContain('confirmée');
});

// The homeserver's own device, signed by an identity that it has put in place of the administrator's.
test('an identity that the homeserver made for an administrator cannot get itself verified', async () => {
  const bot = await startBot();
  const pirate = await startDevice(bot, 'PIRATE');
  const { sas, flowId } = await compare(bot, pirate);
  await confirm(pirate, sas);
  const forged = await pirate.say(roomId, `!verifier ${guessCode(bot, flowId)}`, everybody);
  expect(await bot.take(forged)).toBe(true);
  await expect.poll(() => bot.said.length).toBeGreaterThan(0);
  await settle(bot, pirate);
  expect(await bot.trusts(adminId)).toBe(false);
});

test('an identity put in place of a verified administrator’s does not even speak for them', async () => {
  const bot = await startBot();
  const phone = await startDevice(bot, 'TELEPHONE');
  const { sas } = await compare(bot, phone);
  await confirm(phone, sas);
  await bot.take(await phone.say(roomId, `!verifier ${readCode(bot.log.at(-1))}`, everybody));
  await settle(bot, phone);
  expect(await bot.trusts(adminId)).toBe(true);
  const pirate = await startDevice(bot, 'PIRATE');
  const second = await compare(bot, pirate);
  await confirm(pirate, second.sas);
  await bot.take(await pirate.say(roomId, `!verifier ${readCode(bot.log.at(-1))}`, everybody));
  expect(bot.said.at(-1)).toContain('n’a pas été suivie');
  await settle(bot, pirate);
  expect(await bot.trusts(adminId)).toBe(false);
});

test('an identity that the homeserver made does not find the code by trying', async () => {
  const bot = await startBot();
  const pirate = await startDevice(bot, 'PIRATE');
  const { sas } = await compare(bot, pirate);
  await confirm(pirate, sas);
  const code = readCode(bot.log.at(-1)) ?? '';
  for (const wrong of ['000001', '000002', '000003', '000004', '000005', code])
    await bot.take(await pirate.say(roomId, `!verifier ${wrong}`, everybody));
  await expect.poll(() => bot.said.length).toBe(6);
  await settle(bot, pirate);
  expect(await bot.trusts(adminId)).toBe(false);
});

test('a device added to the administrator’s list, which they have not signed, is not even answered', async () => {
  const bot = await startBot();
  await startDevice(bot, 'TELEPHONE');
  const added = await startDevice(bot, 'PIRATE', { signs: false });
  const asked = await request(bot, added);
  expect(asked.isCancelled()).toBe(true);
  expect(bot.notices).toEqual([]);
});

test('a device added to the bot’s own account stays unsigned until an administrator confirms', async () => {
  const bot = await startBot();
  const phone = await startDevice(bot, 'TELEPHONE');
  const added = await startDevice(bot, 'PIRATE', { signs: false }, botId);
  const { sas, flowId } = await compare(bot, added);
  expect(bot.room.at(-1)).toContain('compte de l’assistant');
  await confirm(added, sas);
  const isSigned = async () => {
    await settle(bot, added);
    const device = await bot.peer.machine.getDevice(new UserId(botId), new DeviceId('PIRATE'));
    return device?.isCrossSignedByOwner();
  };
  await bot.take(await added.say(roomId, `!verifier ${guessCode(bot, flowId)}`, everybody));
  expect(await isSigned()).toBe(false);
  await bot.take(await phone.say(roomId, `!verifier ${readCode(bot.log.at(-1))}`, everybody));
  await expect.poll(isSigned).toBe(true);
});

// The administrator compares one set of keys; the homeserver begins again with its own before they confirm.
test('what is confirmed is what was shown, not an exchange put in its place', async () => {
  const bot = await startBot();
  const phone = await startDevice(bot, 'TELEPHONE');
  const { flowId } = await compare(bot, phone);
  expect(bot.notices).toHaveLength(1);
  const put = async (type: string, content: object): Promise<void> => {
    bot.directory.deliver(botId, 'ASSISTANT', {
      type: `m.key.verification.${type}`,
      sender: adminId,
      content: { transaction_id: flowId, ...content },
    });
    await bot.takeSync();
  };
  await put('start', {
    from_device: 'TELEPHONE',
    method: 'm.sas.v1',
    key_agreement_protocols: ['curve25519-hkdf-sha256'],
    hashes: ['sha256'],
    message_authentication_codes: ['hkdf-hmac-sha256.v2'],
    short_authentication_string: ['emoji', 'decimal'],
  });
  await put('key', { key: Buffer.alloc(32, 9).toString('base64').replace(/=+$/u, '') });
  // The premise: the library goes over to the new exchange.
  const current = bot.peer.machine.getVerification(new UserId(adminId), flowId) as Sas;
  expect(current.emoji()?.map(({ symbol }) => symbol)).not.toEqual(
    bot.notices[0]?.emoji.map(({ symbol }) => symbol),
  );
  expect(await bot.verifications.confirm(flowId)).toBe(false);
});
