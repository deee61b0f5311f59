import { expect, test } from 'vitest';
import { createBot } from '../../src/bot/bot.ts';
import { createLiveBrain } from '../../src/brain/live-brain.ts';
import { createAdministration } from '../../src/chat-commands/create-administration.ts';
import { renderReply } from '../../src/conversation/rendering/render-reply.ts';
import { respond } from '../../src/conversation/respond.ts';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { projectRoot } from '../../src/knowledge/project-root.ts';
import type { UserId } from '../../src/messages/ids.ts';
import type { IncomingMessage } from '../../src/messages/incoming-message.ts';
import { openStore } from '../../src/store/open-store.ts';
import { copyContent } from '../knowledge/copy-content.ts';

const admin = '@chef.equipe-interieur.gouv.fr:agent.interieur.tchap.gouv.fr';
const content = await loadContent(projectRoot);
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
    onReload: (reload) => administration.tell(reload),
  });
  const administration = createAdministration({
    live,
    isAdmin: (person) => person === admin,
    room: '!support:ici',
    store,
    version: '1.2.3',
    verifiesDevices: true,
    onOutgoing: () => {},
    onRetry: () => {},
    onFailure: (cause) => expect.fail(String(cause)),
  });
  const bot = createBot({
    store,
    brain: live.brain,
    respond,
    render: renderReply,
    administration,
  });
  return { store, bot };
}

function message(text: string, person: UserId): IncomingMessage {
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
    text: expect.stringMatching(/^Assistant 1\.2\.3, contenu [0-9a-f]{12}\u00a0: 32 fiches, Node 24/),
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

test('`!recharger` begins once its turn is stored, and says why the files could not be read', async () => {
  const store = openStore(':memory:');
  const waiting = () => store.outgoing.readWaiting(0, 10).map(({ content }) => JSON.stringify(content));
  const brain = () => ({ content, mind: createSoloMind({ understand: () => expect.fail('not asked') }) });
  let storedBefore = 0;
  const administration = createAdministration({
    live: {
      brain,
      async reload() {
        storedBefore = waiting().length;
        throw new Error('le dossier des fiches a disparu');
      },
    },
    isAdmin: (person) => person === admin,
    room: null,
    store,
    version: '1.2.3',
    verifiesDevices: false,
    onOutgoing: () => {},
    onRetry: () => {},
    onFailure: (cause) => expect.fail(String(cause)),
  });
  const bot = createBot({ store, brain, respond, render: renderReply, administration });
  const { outgoing } = await bot.handle(message('!recharger', admin));
  expect(JSON.stringify(outgoing)).toContain('Je relis les fichiers');
  await expect.poll(waiting).toHaveLength(2);
  expect(waiting()[1]).toContain('Lecture impossible : le dossier des fiches a disparu');
  expect(storedBefore).toBe(1);
  // Nobody verifies devices here: help does not say that one could.
  const help = await bot.handle(message('!aide', admin));
  expect(JSON.stringify(help.outgoing)).toContain('!recharger');
  expect(JSON.stringify(help.outgoing)).not.toContain('!verifier');
});

test('`!aide` shows an administrator their commands, and an agent only those that are theirs', async () => {
  using copy = copyContent();
  const { bot } = await startBot(copy.root);
  const helpOf = async (person: UserId) => {
    const { outgoing } = await bot.handle(message('!Aide', person));
    return (JSON.stringify(outgoing).match(/![a-z-]+/g) ?? []).filter((word) => word !== '!dm');
  };
  const everybody = ['!mes-donnees', '!oublier', '!aide'];
  const admins = ['!version', '!recharger', '!echecs', '!verifier', '!refuser', ...everybody];
  // Each is in the plain text, then in the HTML.
  const unique = (words: string[]) => [...new Set(words)];
  expect(unique(await helpOf(admin))).toEqual(admins);
  expect(unique(await helpOf(agent))).toEqual(everybody);
});

test('to anybody else it is a message like another', async () => {
  using copy = copyContent();
  const { bot } = await startBot(copy.root);
  const { outgoing } = await bot.handle(message('!version', agent));
  expect(JSON.stringify(outgoing)).not.toContain('1.2.3');
});
