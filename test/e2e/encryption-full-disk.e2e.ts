import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsSdkAgent, type SeenEvent, startJsSdkAgent } from '../encryption/js-sdk-agent.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

// A disk of 12 MB that is really full: a tmpfs, which only root may mount.
const disk = mkdtempSync(join(tmpdir(), 'disque-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=12m,mode=700', 'tmpfs', disk]).status === 0;
if (!mounted)
  console.warn('\n⚠ Test du disque plein laissé de côté : monter un tmpfs n’est pas permis ici.\n');

let synapse: Synapse | undefined;
let bot: BotProcess | undefined;
let agent: JsSdkAgent | undefined;

afterAll(async () => {
  await agent?.stop();
  await bot?.remove();
  await synapse?.remove();
  if (mounted) spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

describe.skipIf(!mounted)('a full disk', () => {
  const line = /Impossible d’écrire dans le magasin de clés .*disque plein.*Libérez de la place/u;
  const filler = join(disk, 'remplissage');
  let room: string;
  const questions: string[] = [];

  const start = async (): Promise<{ bot: BotProcess; agent: JsSdkAgent }> => {
    synapse = await startSynapse();
    bot = await startBot(synapse, { settings: { DATA_DIR: join(disk, 'donnees') } });
    agent = await startJsSdkAgent(synapse.url, await synapse.createUser('camille'), { isolation: 'signed' });
    return { bot, agent };
  };
  let world: { bot: BotProcess; agent: JsSdkAgent };

  beforeAll(async () => {
    world = await start();
    room = await world.agent.createEncryptedDirectRoom(world.bot.account.userId);
    await world.agent.run('waitForMember', {
      room,
      userId: world.bot.account.userId,
      membership: 'join',
    });
    questions.push(await world.agent.say(room, 'mon vpn marche pas sur mon noemi'));
    await waitForAnswers();
  });

  /** Until every question has its answer, readable. */
  async function waitForAnswers(): Promise<void> {
    let missing: string[] = [];
    for (let wait = 0; wait < 300; wait += 1) {
      const events = await world.agent.run<SeenEvent[]>('timeline', { room });
      const answered = events
        .filter(({ sender, failed }) => sender === world.bot.account.userId && !failed)
        .map(({ content }) => content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } })
        .map((relation) => relation?.['m.in_reply_to']?.event_id);
      missing = questions.filter((id) => !answered.includes(id));
      if (missing.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`no answer to ${missing}:\n${world.bot.output().slice(-2000)}`);
  }

  /** Block by block until none is left: the bot writes at the same time. */
  function fillDisk(): void {
    const block = Buffer.alloc(statfsSync(disk).bsize);
    try {
      for (;;) appendFileSync(filler, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  test('is told in French with the remedy, and the bot ends with code 5', async () => {
    fillDisk();
    const ended = world.bot.waitForExit();
    let code: number | null | undefined;
    void ended.then((given) => {
      code = given;
    });
    for (let count = 0; count < 30 && code === undefined; count += 1) {
      questions.push(await world.agent.say(room, `comment chiffrer une clé USB ? (${count})`));
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    expect(code).toBe(5);
    expect(world.bot.output()).toMatch(line);
  });

  test('started again while the disk is still full, it says the same and ends', async () => {
    const before = world.bot.output().length;
    await expect(world.bot.start()).rejects.toThrow('ended with code 5');
    expect(world.bot.output().slice(before)).toMatch(line);
  });

  test('with room again, everything that was asked meanwhile is answered, and readable', async () => {
    rmSync(filler);
    await world.bot.start();
    await waitForAnswers();
    expect(questions.length).toBeGreaterThan(1);
  });
});
