import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMatrixClient, type MatrixClient, type MatrixEvent } from './homeserver/matrix-client.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

let synapse: Synapse;
let bot: BotProcess;
let agent: MatrixClient;
let refused: MatrixClient;

beforeAll(async () => {
  synapse = await startSynapse();
  const blocked = await synapse.createUser('bloque', { displayName: 'Compte bloqué' });
  bot = await startBot(synapse, {
    settings: {
      ENCRYPTION: 'non',
      REFUSED_USERS: blocked.userId,
      FLOOD_PER_PERSON: '1000',
      FLOOD_PER_ROOM: '1000',
    },
  });
  agent = createMatrixClient(synapse.url, await synapse.createUser('marie', { displayName: 'Marie Martin' }));
  refused = createMatrixClient(synapse.url, blocked);
});

afterAll(async () => {
  await bot?.remove();
  await synapse?.remove();
});

const fromBot = (event: MatrixEvent): boolean =>
  event.sender === bot.account.userId && event.type === 'm.room.message';
const relationOf = (event: MatrixEvent) =>
  event.content['m.relates_to'] as
    | { rel_type?: string; event_id?: string; 'm.in_reply_to'?: { event_id: string } }
    | undefined;
const answers = (question: string) => (event: MatrixEvent) =>
  fromBot(event) && relationOf(event)?.['m.in_reply_to']?.event_id === question;

/** The part of a /sync that says who has read what: event id → type of receipt → reader. */
interface SyncOfReceipts {
  next_batch: string;
  rooms?: {
    join?: Record<
      string,
      { ephemeral?: { events: { type: string; content: Record<string, Record<string, object>> }[] } }
    >;
  };
}

async function openRoom(client = agent): Promise<string> {
  const room = await client.createDirectRoom(bot.account.userId);
  await client.waitForMember(room, bot.account.userId);
  return room;
}

async function restartAround(work: () => Promise<void>): Promise<void> {
  await bot.stop('SIGKILL');
  await work();
  await bot.start();
}

describe('what people do with their questions', () => {
  test('an edited question gets its answer edited', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'mon vpn marche pas sur mon noemi');
    const answer = await agent.waitFor(room, answers(question));
    await agent.edit(room, question, 'comment chiffrer une clé usb avec bitlocker ?');
    const edited = await agent.waitFor(
      room,
      (event) => fromBot(event) && relationOf(event)?.rel_type === 'm.replace',
    );
    expect(relationOf(edited)?.event_id).toBe(answer.event_id);
    expect(JSON.stringify(edited.content['m.new_content'])).toContain('BitLocker');
  });

  test('a deleted question has its answer deleted', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'mon vpn marche pas sur mon noemi');
    const answer = await agent.waitFor(room, answers(question));
    await agent.redact(room, question);
    await agent.waitFor(
      room,
      (event) => event.event_id === answer.event_id && Object.keys(event.content).length === 0,
    );
  });

  test('a 👎 under the answer is heard', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'mon vpn marche pas sur mon noemi');
    const answer = await agent.waitFor(room, answers(question));
    const before = (await agent.readTimeline(room)).filter(fromBot).length;
    await agent.react(room, answer.event_id, '👎');
    await agent.waitFor(room, (event) => fromBot(event) && event.origin_server_ts > answer.origin_server_ts);
    expect((await agent.readTimeline(room)).filter(fromBot).length).toBeGreaterThan(before);
  });

  test('a read receipt shows that it was read', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'bonjour');
    await agent.waitFor(room, answers(question));
    // A first /sync is answered from the homeserver's cache for two minutes: only one that goes on shows what is new.
    let since = '';
    const readers = new Set<string>();
    const limit = Date.now() + 20_000;
    while (!readers.has(bot.account.userId) && Date.now() < limit) {
      const sync = (await agent.call('GET', `/sync?timeout=1000${since}`)) as unknown as SyncOfReceipts;
      since = `&since=${encodeURIComponent(sync.next_batch)}`;
      for (const { type, content } of sync.rooms?.join?.[room]?.ephemeral?.events ?? []) {
        if (type !== 'm.receipt') continue;
        for (const reader of Object.keys(content[question]?.['m.read'] ?? {})) readers.add(reader);
      }
    }
    expect([...readers]).toContain(bot.account.userId);
  });
});

describe('when the bot was away', () => {
  test('what was written meanwhile is answered once, in order, however much it is', async () => {
    const room = await openRoom();
    const questions: string[] = [];
    await restartAround(async () => {
      // More than a sync gives at once: the rest has to be fetched.
      for (let index = 0; index < 70; index += 1) questions.push(await agent.send(room, `bonjour ${index}`));
    });
    const last = questions.at(-1) ?? '';
    await agent.waitFor(room, answers(last), 60_000);
    const timeline = await agent.readTimeline(room);
    const answered = timeline
      .filter(fromBot)
      .map((event) => relationOf(event)?.['m.in_reply_to']?.event_id)
      .filter((id) => id !== undefined);
    expect(answered).toEqual(questions);
  });

  test('an invitation sent meanwhile is taken', async () => {
    let room = '';
    await restartAround(async () => {
      room = await agent.createDirectRoom(bot.account.userId);
    });
    await agent.waitForMember(room, bot.account.userId);
  });

  test('a restart answers nothing twice', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'bonjour');
    await agent.waitFor(room, answers(question));
    await restartAround(() => Promise.resolve());
    const second = await agent.send(room, 'merci');
    await agent.waitFor(room, answers(second));
    expect((await agent.readTimeline(room)).filter(answers(question))).toHaveLength(1);
  });

  test('a question deleted meanwhile is not answered', async () => {
    const room = await openRoom();
    let deleted = '';
    let kept = '';
    await restartAround(async () => {
      deleted = await agent.send(room, 'mon vpn marche pas');
      await agent.redact(room, deleted);
      kept = await agent.send(room, 'bonjour');
    });
    await agent.waitFor(room, answers(kept));
    expect((await agent.readTimeline(room)).filter(answers(deleted))).toEqual([]);
  });
});

describe('rooms', () => {
  test('what was said before it came is not answered', async () => {
    const room = await agent.createRoom({ name: undefined });
    const before = await agent.send(room, 'mon vpn marche pas sur mon noemi');
    await agent.call('POST', `/rooms/${encodeURIComponent(room)}/invite`, { user_id: bot.account.userId });
    await agent.waitForMember(room, bot.account.userId);
    const after = await agent.send(room, 'comment chiffrer une clé usb ?');
    await agent.waitFor(room, answers(after));
    expect((await agent.readTimeline(room)).filter(answers(before))).toEqual([]);
  });

  test('a refused person gets one polite word, and the bot does not come in', async () => {
    const first = await refused.createDirectRoom(bot.account.userId);
    const declined = await refused.waitFor(
      first,
      (event) =>
        event.type === 'm.room.member' &&
        event['state_key'] === bot.account.userId &&
        event.content['membership'] === 'leave',
    );
    expect(declined.content['reason']).toContain('réservé');
    const second = await refused.createDirectRoom(bot.account.userId);
    const again = await refused.waitFor(
      second,
      (event) =>
        event.type === 'm.room.member' &&
        event['state_key'] === bot.account.userId &&
        event.content['membership'] === 'leave',
    );
    expect(again.content['reason']).toBeUndefined();
  });

  test('an upgraded room is followed, without a second introduction', async () => {
    const room = await openRoom();
    const { replacement_room: next } = await agent.call(
      'POST',
      `/rooms/${encodeURIComponent(room)}/upgrade`,
      {
        new_version: '10',
      },
    );
    await agent
      .call('POST', `/rooms/${encodeURIComponent(String(next))}/invite`, { user_id: bot.account.userId })
      .catch(() => undefined);
    await agent.waitForMember(String(next), bot.account.userId);
    const question = await agent.send(String(next), 'bonjour');
    await agent.waitFor(String(next), answers(question));
  });

  test('shown out of a room, it goes on in the others', async () => {
    const out = await agent.createRoom({ invite: [bot.account.userId] });
    await agent.waitForMember(out, bot.account.userId);
    const room = await openRoom();
    await agent.call('POST', `/rooms/${encodeURIComponent(out)}/kick`, { user_id: bot.account.userId });
    const question = await agent.send(room, 'bonjour');
    await agent.waitFor(room, answers(question));
  });

  test('called by an edit inside a thread, where none can start, it answers all the same', async () => {
    const room = await agent.createRoom({ name: 'Entraide', invite: [bot.account.userId] });
    await agent.waitForMember(room, bot.account.userId);
    const root = await agent.send(room, 'qui sait ?');
    const inThread = await agent.send(room, {
      msgtype: 'm.text',
      body: 'mon vpn marche pas sur mon noemi',
      'm.relates_to': { rel_type: 'm.thread', event_id: root },
    });
    await agent.send(room, {
      msgtype: 'm.text',
      body: '* Assistant télétravail: mon vpn marche pas sur mon noemi',
      'm.new_content': {
        msgtype: 'm.text',
        body: 'Assistant télétravail: mon vpn marche pas sur mon noemi',
        'm.mentions': { user_ids: [bot.account.userId] },
      },
      'm.relates_to': { rel_type: 'm.replace', event_id: inThread },
    });
    await agent.waitFor(
      room,
      (event) => fromBot(event) && String(event.content['body']).includes('ResetVPN'),
    );
  });

  test('called by its whole id it answers the question alone, and a colleague whose title begins like its name is not it', async () => {
    const room = await agent.createRoom({ name: 'Entraide', invite: [bot.account.userId] });
    await agent.waitForMember(room, bot.account.userId);
    const toColleague = await agent.send(room, 'Assistant social : qui contacter ?');
    const question = await agent.send(room, `${bot.account.userId} noemi`);
    const answer = await agent.waitFor(room, answers(question));
    expect(String(answer.content['body'])).not.toContain('interieur.test');
    expect((await agent.readTimeline(room)).filter(answers(toColleague))).toEqual([]);
  });

  test('shown out and invited again, it comes back', async () => {
    // Made by the agent alone: in a trusted one, nobody may show the other out.
    const room = await agent.createRoom({ invite: [bot.account.userId] });
    await agent.waitForMember(room, bot.account.userId);
    const at = `/rooms/${encodeURIComponent(room)}`;
    for (let time = 0; time < 2; time += 1) {
      await agent.call('POST', `${at}/kick`, { user_id: bot.account.userId });
      await agent.call('POST', `${at}/invite`, { user_id: bot.account.userId });
      await agent.waitForMember(room, bot.account.userId);
    }
    const question = await agent.send(room, 'bonjour');
    await agent.waitFor(room, answers(question));
  });

  test('in a room that it cannot decrypt, it says nothing in clear', async () => {
    const room = await agent.createDirectRoom(bot.account.userId, {
      initial_state: [
        { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } },
      ],
    });
    await agent.waitForMember(room, bot.account.userId);
    await agent.send(room, 'mon vpn marche pas');
    const elsewhere = await openRoom();
    const question = await agent.send(elsewhere, 'bonjour');
    await agent.waitFor(elsewhere, answers(question));
    expect((await agent.readTimeline(room)).filter(fromBot)).toEqual([]);
  });
});

describe('for whoever runs it', () => {
  test('says whether it is alive and ready, and counts', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'mon vpn marche pas sur mon noemi');
    await agent.waitFor(room, answers(question));
    expect((await fetch(`${bot.healthUrl}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${bot.healthUrl}/readyz`)).json()).toEqual({ pret: true, problemes: [] });
    const metrics = await (await fetch(`${bot.healthUrl}/metrics`)).text();
    expect(metrics).toMatch(/^assistant_messages_total\{outcome="answer"\} [1-9]/m);
    expect(metrics).toMatch(/^assistant_queue_length \d+$/m);
    const readCount = (name: RegExp): number => Number(name.exec(metrics)?.[1]);
    // Answers alone are timed, from the event that they answer: no reaction counts.
    expect(readCount(/^assistant_reply_seconds_count (\d+)$/m)).toBe(
      readCount(/^assistant_sent_total\{kind="message"\} (\d+)$/m),
    );
    expect(readCount(/^assistant_reply_seconds_sum ([\d.]+)$/m)).toBeGreaterThan(0);
  });

  test('never logs what people wrote, who they are, or its token', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'bonjour aubergine, mon vpn marche pas');
    await agent.waitFor(room, answers(question));
    expect(bot.output()).toContain('Message traité');
    for (const secret of ['aubergine', agent.account.userId, room, question, bot.account.accessToken]) {
      expect(bot.output()).not.toContain(secret);
    }
  });

  test('keeps no text of a message once it is answered', async () => {
    const room = await openRoom();
    const question = await agent.send(room, 'mon imprimante courgette ne marche pas');
    await agent.waitFor(room, answers(question));
    await bot.stop('SIGTERM');
    const raw = readFileSync(`${bot.dataFolder}/assistant.db`);
    expect(raw.includes(question)).toBe(true);
    expect(raw.includes('formatted_body')).toBe(false);
    await bot.start();
  });

  test('stops within ten seconds when asked to', async () => {
    const start = Date.now();
    expect(await bot.stop('SIGTERM')).toBe(0);
    expect(Date.now() - start).toBeLessThan(10_000);
    await bot.start();
  });

  test('says in one line what to do when its token is refused, and ends with a code of its own', async () => {
    await createMatrixClient(synapse.url, bot.account).call('POST', '/logout', {});
    expect(await bot.waitForExit()).toBe(3);
    const line = bot.output().trim().split('\n').at(-1) ?? '';
    expect(line).toContain('npm run setup');
  });
});
