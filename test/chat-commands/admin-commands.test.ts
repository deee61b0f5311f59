import { expect, test } from 'vitest';
import { createBot } from '../../src/bot/bot.ts';
import { createLiveBrain } from '../../src/brain/live-brain.ts';
import { createAdminCommands } from '../../src/chat-commands/admin-commands.ts';
import { createSoloMind } from '../../src/conversation/reading/solo-mind.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { respond } from '../../src/conversation/respond.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';
import { openStore } from '../../src/store/open-store.ts';
import { copyContent } from '../knowledge/copy-content.ts';

const admin = '@chef.equipe-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';
const agent = '@ana.martin-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';

async function startBot(root: string) {
  const store = openStore(':memory:');
  const mind = createSoloMind({
    understand: () => {
      throw new Error('not asked');
    },
  });
  const initial = { content: await loadContent(root), mind };
  const live = createLiveBrain({
    root,
    initial,
    train: () => mind,
    watch: false,
    onReload: (reload) => commands.tell(reload),
  });
  const commands = createAdminCommands({
    live,
    isAdmin: (person) => person === admin,
    room: '!support:ici',
    store,
    version: '1.2.3',
    onOutgoing: () => {},
  });
  const bot = createBot({
    store,
    brain: live.brain,
    respond,
    render: renderReply,
    takeCommand: commands.take,
  });
  return { store, bot };
}

function message(text: string, person: string): IncomingMessage {
  return {
    id: `$${text}${person}`,
    conversation: `!dm:${person}`,
    room: `!dm:${person}`,
    place: 'dm',
    sender: person,
    thread: null,
    sentAt: 0,
    late: false,
    input: { type: 'text', text },
  };
}

test('an administrator is told which version answers', async () => {
  using copy = copyContent();
  const { bot } = await startBot(copy.root);
  const { outgoing } = await bot.handle(message('!version', admin));
  expect(outgoing[0]?.content).toMatchObject({
    text: expect.stringMatching(/^Assistant 1\.2\.3, contenu [0-9a-f]{12} : 32 fiches, Node 24/),
  });
});

test('`!recharger` reads the files and says what is wrong, to the administrator and in the support salon', async () => {
  using copy = copyContent();
  const { bot, store } = await startBot(copy.root);
  copy.edit('knowledge/noemi-veille.yaml', 'contacts:', 'contatcs:');
  await bot.handle(message('!recharger', admin));
  const waiting = () => store.outgoing.readWaiting(0, 10);
  await expect.poll(() => waiting().length, { timeout: 5000 }).toBe(3);
  const refusals = waiting().filter(({ content }) => JSON.stringify(content).includes('Fichiers refusés'));
  expect(refusals.map(({ address }) => address).sort()).toEqual([`!dm:${admin}`, '!support:ici'].sort());
  expect(refusals[0]?.content).toMatchObject({
    html: expect.stringContaining('<pre><code>Fichiers refusés, un problème'),
  });
});

test('to anybody else it is a message like another', async () => {
  using copy = copyContent();
  const { bot } = await startBot(copy.root);
  const { outgoing } = await bot.handle(message('!version', agent));
  expect(JSON.stringify(outgoing)).not.toContain('1.2.3');
});
