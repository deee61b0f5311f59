import { describe, expect, test } from 'vitest';
import { createSupportWorld, salon } from './support-world.ts';

const dm = '!ana:ici';

/** Alice invites Ana, who has written to the bot before. */
async function startInvited() {
  const world = createSupportWorld({ mayWriteTo: (person) => person !== '@externe:ici' });
  const ana = world.agent('@ana:ici');
  const alice = world.operator('@alice:ici');
  await alice.say('!ecrire @ana:ici la mise à jour de votre *poste*');
  const question = world.seen(dm).find(({ content }) => content.type === 'message');
  return { world, ana, alice, root: world.rootOf(1), question };
}

describe('an operator who begins a conversation', () => {
  test('has the agent asked in one tap, with the subject, in a ticket of the salon', async () => {
    const { world } = await startInvited();
    expect(world.texts(dm)).toEqual([
      expect.stringMatching(/conseiller souhaite vous parler[\s\S]*« la mise à jour de votre poste »/),
      '(réaction) 👍',
      '(réaction) 👎',
    ]);
    expect(world.texts(salon)[0]).toMatch(/Demande n° 1[\s\S]*ouverte par alice[\s\S]*invitation envoyée/);
    expect(world.desk.isHeld('@ana:ici')).toBe(false);
  });

  test('reaches nobody before the agent answers', async () => {
    const { world, alice, root } = await startInvited();
    const before = world.seen(dm).length;
    await alice.say('bonjour, avez-vous une minute ?', root);
    await alice.say('!rendre 1');
    expect(world.seen(dm)).toHaveLength(before);
    expect(world.texts(salon).slice(-2)).toEqual([
      expect.stringContaining("n'a pas encore répondu"),
      expect.stringContaining("n'a pas encore répondu"),
    ]);
  });

  test('is answered by a sentence, which is passed on', async () => {
    const { world, ana, alice, root } = await startInvited();
    await ana.say('bonjour, oui je suis là');
    expect(world.texts(salon).slice(-2)).toEqual([
      expect.stringContaining("L'agent a répondu"),
      'Agent : bonjour, oui je suis là',
    ]);
    await alice.say('parfait', root);
    expect(world.texts(dm).at(-1)).toBe('Conseiller : parfait');
  });

  test('is answered by a tap, or by « oui », which are no message', async () => {
    for (const answer of ['tap', 'word']) {
      const { world, ana, alice, root, question } = await startInvited();
      await (answer === 'tap' ? ana.react(question?.event ?? '$none', '👍') : ana.say('oui'));
      expect(world.texts(salon).at(-1)).toContain("L'agent a répondu");
      await alice.say('parfait', root);
      expect(world.texts(dm).at(-1)).toBe('Conseiller : parfait');
    }
  });

  test.each(['non', '👎', 'revenir à l’assistant'])(
    'is declined by « %s », and the bot answers on',
    async (word) => {
      const { world, ana, question } = await startInvited();
      await (word === '👎' ? ana.react(question?.event ?? '$none', word) : ana.say(word));
      expect(world.tickets.listOpen()).toEqual([]);
      expect(world.texts(salon).at(-1)).toContain('a décliné');
      await ana.say('et le wifi ?');
      expect(world.texts(dm).at(-1)).toBe('Voici le Wi-Fi.');
    },
  );

  test('takes the invitation back by closing, and nobody is asked whether it is solved', async () => {
    const { world, alice } = await startInvited();
    await alice.say('!clore 1');
    expect(world.texts(dm).at(-1)).toContain("n'a plus besoin de vous parler");
    expect(world.tickets.listOpen()).toEqual([]);
  });

  test('without an answer, it ends by itself after a day, and not before', async () => {
    const { world } = await startInvited();
    await world.wait(23 * 60);
    expect(world.tickets.listOpen()).toHaveLength(1);
    await world.wait(61);
    expect(world.tickets.listOpen()).toEqual([]);
    expect(world.texts(salon).at(-1)).toContain("n'a pas répondu");
  });

  test('is refused whom the access rules refuse, whom nobody named, and who has a ticket already', async () => {
    const world = createSupportWorld({ mayWriteTo: (person) => person !== '@externe:ici' });
    await world.agent('@ana:ici').say('oui, un conseiller');
    const alice = world.operator('@alice:ici');
    const said: (string | undefined)[] = [];
    for (const order of ['!ecrire @externe:ici bonjour', '!ecrire', '!ecrire @bot:ici', '!ecrire @ana:ici']) {
      await alice.say(order);
      said.push(world.texts(salon).at(-1));
    }
    expect(said).toEqual([
      expect.stringContaining('pas le droit'),
      expect.stringContaining('À qui écrire'),
      expect.stringContaining('pas le droit'),
      expect.stringContaining('la n° 1'),
    ]);
    expect(world.tickets.listOpen()).toHaveLength(1);
  });

  test('names somebody by a mention, the subject after a colon', async () => {
    const { world, alice } = await startInvited();
    await alice.say('!écrire Boris : votre clé USB', null, { mentions: ['@boris:ici'] });
    expect(world.texts('dm:@boris:ici')[0]).toContain('« votre clé USB »');
  });

  test('an agent who leaves the new direct message has declined', async () => {
    const { world, ana } = await startInvited();
    ana.leave();
    await world.wait(1);
    expect(world.texts(salon).at(-1)).toContain('a décliné');
  });
});

describe('operators among themselves', () => {
  test('name a ticket, which the agent never sees', async () => {
    const { world, alice, root } = await startInvited();
    await alice.say('!renommer VPN de **Beauvau**', root);
    expect(world.texts(salon).find((text) => text.startsWith('(modifié)'))).toContain(
      'Demande n° 1 : VPN de Beauvau',
    );
    await alice.say('!demandes');
    expect(world.texts(salon).at(-1)).toContain('ana, VPN de Beauvau');
    expect(world.texts(dm).join()).not.toContain('Beauvau');
  });

  test('put one before the others: the queue and the places follow', async () => {
    const world = createSupportWorld();
    for (const name of ['@ana:ici', '@boris:ici'] as const) await world.agent(name).say('oui, un conseiller');
    const alice = world.operator('@alice:ici');
    await alice.say('!priorite 2 haute');
    await alice.say('!demandes');
    expect(world.texts(salon).at(-1)).toMatch(/priorité haute[\s\S]*n° 2[\s\S]*n° 1/);
    await world.agent('@ana:ici').say('oui, un conseiller');
    expect(world.texts('!ana:ici').at(-1)).toContain('en 2ᵉ position');
    await alice.say('!priorite 2 énorme');
    expect(world.texts(salon).at(-1)).toContain('Quelle priorité');
  });

  test('are reminded once, by name, of a ticket that is not closed meanwhile', async () => {
    const world = createSupportWorld();
    await world.agent('@ana:ici').say('oui, un conseiller');
    const alice = world.operator('@alice:ici');
    await alice.react(world.rootOf(1), '✋');
    await alice.say('!rappel 2 h', world.rootOf(1));
    expect(world.texts(salon).at(-1)).toContain('le 23 novembre à 12 h 00');
    await world.wait(119);
    expect(world.texts('!ana:ici').join()).not.toContain('sans nouvelles');
    await world.wait(1);
    const reminder = world.seen(salon).find(({ content }) => content.type === 'message' && content.mention);
    expect(reminder?.content).toMatchObject({
      mention: '@alice:ici',
      text: expect.stringContaining('rappel'),
    });
    const before = world.seen(salon).length;
    await world.wait(5);
    expect(world.seen(salon)).toHaveLength(before);
    await alice.say('!rappel', world.rootOf(1));
    expect(world.texts(salon).at(-1)).toContain('Dans combien de temps');
  });
});
