import { expect, test } from 'vitest';
import { createBot } from '../../src/bot/bot.ts';
import { createAdministration } from '../../src/chat-commands/create-administration.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { respond } from '../../src/conversation/respond.ts';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import { createAnnounceSetAside } from '../../src/matrix/announce-set-aside.ts';
import type { Address, EventId } from '../../src/messages/ids.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';
import { openStore } from '../../src/store/open-store.ts';

const content = await loadContent(projectRoot);
const admin = '@chef.equipe-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';
const agent = '@ana.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';

function start() {
  const store = openStore(':memory:');
  const brain = () => ({ content, mind: createSoloMind({ understand: () => expect.fail('not asked') }) });
  let woken = 0;
  const administration = createAdministration({
    live: { brain, reload: () => expect.fail('not asked') },
    isAdmin: (person) => person === admin,
    room: '!administrateurs:ici',
    store,
    version: '1.2.3',
    verifiesDevices: false,
    onOutgoing: () => {},
    onRetry: () => {
      woken += 1;
    },
    onFailure: (cause) => expect.fail(String(cause)),
  });
  const bot = createBot({ store, brain, respond, render: renderReply, administration });
  let count = 0;
  const write = async (text: string): Promise<string> => {
    count += 1;
    const message: IncomingMessage = {
      id: `$${count}`,
      conversation: '!dm:admin',
      room: '!dm:admin',
      place: 'dm',
      sender: admin,
      thread: null,
      sentAt: 0,
      late: false,
      input: { type: 'text', text },
    };
    const { outgoing } = await bot.handle(message);
    const [first] = outgoing;
    return first?.content.type === 'message' ? first.content.text.replace(/[\u00a0\u202f]/g, ' ') : '';
  };
  const fail = (eventId: EventId, type: string, reason: string): void => {
    const raw = JSON.stringify({ event_id: eventId, type, content: { body: 'secret aubergine' } });
    const at = Date.UTC(2026, 10, 28, 9, 30);
    store.journal.add({
      eventId,
      room: '!salon:ici',
      sender: agent,
      sentAt: at,
      receivedAt: at,
      late: false,
      raw,
    });
    store.journal.finish(eventId, 'failed', reason);
  };
  return { store, write, fail, woken: () => woken };
}

test('`!echecs` lists what was set aside: where, what, why and since when, and no text', async () => {
  const { write, fail } = start();
  expect(await write('!echecs')).toBe('Rien n’a été mis de côté.');
  fail('$a', 'm.room.encrypted', 'the bot ended each time that it was read');
  fail('$b', 'm.room.message', 'Error: défaut');
  const list = await write('!échecs');
  expect(list).toContain('2 événements ont été mis de côté');
  expect(list).toMatch(/28 novembre 2026 à 10:30, salon !salon:ici, message chiffré/);
  expect(list).toContain('Error : défaut');
  expect(list).toContain('!echecs reprendre');
  expect(list).not.toContain('aubergine');
  expect(list).not.toContain(agent);
});

test('`!echecs reprendre` puts them back in the journal, behind what waits, and wakes the intake', async () => {
  const { store, write, fail, woken } = start();
  fail('$a', 'm.room.message', 'Error: défaut');
  const before = store.journal.readWaiting(0, 10).at(-1)?.seq ?? 1;
  expect(await write('!echecs reprendre')).toContain('Je reprends un événement');
  await expect.poll(woken).toBe(1);
  const [entry] = store.journal.readWaiting(before, 10);
  expect(entry).toMatchObject({ eventId: '$a', attempts: 0 });
  expect(await write('!echecs')).toBe('Rien n’a été mis de côté.');
});

test('`!echecs` lists what the homeserver would not take, and has it sent again behind what waits', async () => {
  const { store, write } = start();
  const at = Date.UTC(2026, 10, 28, 9, 30);
  const say = (id: `${string}-reply0`, address: Address) =>
    store.outgoing.add(
      {
        id,
        origin: 'reply',
        turnId: '$question',
        conversation: address,
        address,
        agent: agent,
        thread: null,
        content: { type: 'message', text: 'aubergine', html: 'aubergine', inReplyTo: null, mention: null },
      },
      at,
    );
  say('refused-reply0', '!salon:ici');
  store.outgoing.setAside('refused-reply0', '400 M_UNKNOWN');
  const list = await write('!echecs');
  expect(list).toMatch(/28 novembre 2026 à 10:30, salon !salon:ici, message de l’assistant : 400 M_UNKNOWN/);
  expect(list).not.toContain('aubergine');
  const last = store.outgoing.readWaiting(0, 100).at(-1)?.seq ?? 0;
  expect(await write('!echecs reprendre')).toContain('Je reprends un événement');
  expect(store.outgoing.readWaiting(last, 100).map(({ id }) => id)).toContain('refused-reply0');
  expect(await write('!echecs')).toBe('Rien n’a été mis de côté.');
});

test('administrators are told of it once, and again after they have looked', async () => {
  const { store, write, fail } = start();
  const announce = createAnnounceSetAside(store, '!administrateurs:ici');
  const told = () => store.outgoing.readWaiting(0, 100).filter(({ address }) => address.includes('adminis'));
  fail('$a', 'm.room.message', 'Error: défaut');
  announce(1);
  announce(2);
  expect(told()).toHaveLength(1);
  expect(JSON.stringify(told()[0]?.content)).toContain('!echecs');
  await write('!echecs');
  announce(3);
  expect(told()).toHaveLength(2);
});
