import { describe, expect, test } from 'vitest';
import { createSupportWorld, salon } from './support-world.ts';

const proposal = /Proposition de l.assistant[\s\S]*Voici le Wi-Fi/;

/** Alice holds Ana's ticket, and Ana asks what the assistant knows. */
async function startProposed(options: Parameters<typeof createSupportWorld>[0] = {}) {
  const world = createSupportWorld(options);
  const ana = world.agent('@ana:ici');
  const alice = world.operator('@alice:ici');
  await ana.say('oui, un conseiller');
  await alice.react(world.rootOf(1), '✋');
  const asked = await ana.say('et le wifi ?');
  const dm = world.direct('@ana:ici');
  const shown = world
    .seen(salon)
    .find(({ content }) => content.type === 'message' && proposal.test(content.text));
  if (shown === undefined) throw new Error('nothing was proposed');
  return { world, ana, alice, dm, asked, shown };
}

describe('while an operator holds the ticket', () => {
  test('what the assistant knows is proposed in the thread, to operators only', async () => {
    const { world, dm, shown } = await startProposed();
    expect(shown.thread).toBe(world.tickets.find(1)?.root);
    expect(world.texts(salon).slice(-4)).toEqual([
      'Agent : et le wifi ?',
      expect.stringMatching(proposal),
      '(réaction) 📨',
      '(réaction) ❌',
    ]);
    expect(world.texts(dm).join()).not.toContain('Wi-Fi');
  });

  test('what it does not know is not', async () => {
    const { world, ana } = await startProposed();
    const before = world.seen(salon).length;
    await ana.say('il affiche 691');
    expect(world.texts(salon).slice(before)).toEqual(['Agent : il affiche 691']);
  });

  test('nothing is proposed while the agent waits: the assistant answers', async () => {
    const world = createSupportWorld();
    const ana = world.agent('@ana:ici');
    await ana.say('oui, un conseiller');
    await ana.say('et le wifi ?');
    expect(world.texts(salon).join()).not.toContain('Proposition');
  });

  test('one reaction sends it as the operator’s, once, and the thread says by whom', async () => {
    const { world, alice, dm, shown } = await startProposed();
    const before = world.seen(dm).length;
    await alice.react(shown.event, '📨');
    await alice.react(shown.event, '📨');
    expect(world.texts(dm).slice(before)).toEqual(['Conseiller :\n\nVoici le Wi-Fi.']);
    expect(world.texts(salon).at(-1)).toMatch(/^\(modifié\)[\s\S]*envoyée à l'agent par alice[\s\S]*Wi-Fi/);
    expect(world.tickets.find(1)?.ticket.awaitsReply).toBe(false);
  });

  test('taken back, the reaction takes the answer back', async () => {
    const { world, alice, dm, shown } = await startProposed();
    const reaction = await alice.react(shown.event, '📨');
    await alice.delete(reaction);
    expect(world.texts(dm).at(-1)).toBe('(supprimé)');
  });

  test('a colleague sends nothing, and is told who holds it', async () => {
    const { world, dm, shown } = await startProposed();
    const before = world.seen(dm).length;
    await world.operator('@bruno:ici').react(shown.event, '📨');
    expect(world.seen(dm)).toHaveLength(before);
    expect(world.texts(salon).at(-1)).toContain('prise par alice');
  });

  test('refused, it is put aside and never proposed again', async () => {
    const { world, ana, alice, dm, shown } = await startProposed();
    await alice.react(shown.event, '❌');
    expect(world.texts(salon).at(-1)).toContain('écartée par alice');
    const before = world.seen(dm).length;
    await alice.react(shown.event, '📨');
    expect(world.seen(dm)).toHaveLength(before);
    const posted = world.seen(salon).length;
    await ana.say('et le wifi ?');
    expect(world.texts(salon).slice(posted)).toEqual(['Agent : et le wifi ?']);
  });

  test('any other reaction under it stays among operators', async () => {
    const { world, alice, dm, shown } = await startProposed();
    const before = world.seen(dm).length;
    await alice.react(shown.event, '👍');
    await alice.react(shown.event, '✅');
    expect(world.seen(dm)).toHaveLength(before);
    expect(world.tickets.listOpen()).toHaveLength(1);
  });

  test('it goes with the message that it answers', async () => {
    const { world, ana, alice, asked, dm, shown } = await startProposed();
    await ana.delete(asked);
    expect(world.seen(salon).filter(({ content }) => content.type === 'redaction')).toHaveLength(2);
    const before = world.seen(dm).length;
    await alice.react(shown.event, '📨');
    expect(world.seen(dm)).toHaveLength(before);
  });

  test('closed, the ticket sends nothing any more; forgotten, it keeps no proposal', async () => {
    const { world, ana, alice, dm, shown } = await startProposed();
    await alice.say('!clore 1');
    const before = world.seen(dm).length;
    await alice.react(shown.event, '📨');
    expect(world.seen(dm)).toHaveLength(before);
    await ana.say('!oublier');
    expect(world.store.proposals.count('open', 0)).toBe(0);
  });
});

describe('canned replies', () => {
  const replies = new Map([
    ['vpn', 'Bonjour {agent}, redémarrez {machine} (demande n° {numero}).'],
    ['faux', 'Appelez {inconnu}.'],
  ]);

  test('go to the agent with the profile filled in, and the thread shows what was sent', async () => {
    const { world, alice, dm } = await startProposed({ replies });
    const machine = world.content.profile.find(({ id }) => id === 'machine');
    world.store.conversations.write({
      key: dm,
      room: dm,
      agent: '@ana:ici',
      state: { version: 1, profile: { machine: machine?.values[0]?.id } },
      now: world.clock.now,
    });
    await alice.say('!r VPN', world.rootOf(1));
    const text = `Bonjour ana, redémarrez ${machine?.values[0]?.title} (demande n° 1).`;
    expect(world.texts(dm).at(-1)).toBe(`Conseiller : ${text}`);
    expect(world.texts(salon).at(-1)).toBe(`Envoyé à l'agent : ${text}`);
  });

  test('say « votre poste » while it is not known', async () => {
    const { world, alice, dm } = await startProposed({ replies });
    await alice.say('!r 1 vpn');
    expect(world.texts(dm).at(-1)).toContain('redémarrez votre poste');
  });

  test('taken back, they are taken back at the agent’s', async () => {
    const { world, alice, dm } = await startProposed({ replies });
    await alice.delete(await alice.say('!r 1 vpn'));
    expect(world.texts(dm).at(-1)).toBe('(supprimé)');
  });

  test('send nothing unknown, with a hole, or by somebody else, and say why each time', async () => {
    const { world, alice, dm } = await startProposed({ replies });
    const bruno = world.operator('@bruno:ici');
    const before = world.seen(dm).length;
    const said: (string | undefined)[] = [];
    for (const order of ['!r 1 wifi', '!r 1 faux', '!r 1']) {
      await alice.say(order);
      said.push(world.texts(salon).at(-1));
    }
    for (let time = 0; time < 2; time += 1) {
      await bruno.say('!r 1 vpn');
      said.push(world.texts(salon).at(-1));
    }
    expect(world.seen(dm)).toHaveLength(before);
    expect(said).toEqual([
      expect.stringContaining('!reponses'),
      expect.stringContaining('« inconnu »'),
      expect.stringContaining('!reponses'),
      expect.stringContaining('prise par alice'),
      expect.stringContaining('prise par alice'),
    ]);
  });

  test('are listed by name, with how each begins', async () => {
    const { world, alice } = await startProposed({ replies });
    await alice.say('!reponses');
    expect(world.texts(salon).at(-1)).toMatch(/vpn : Bonjour \{agent\}, redémarrez[\s\S]*faux : Appelez/);
    const without = await startProposed();
    await without.alice.say('!réponses');
    expect(without.world.texts(salon).at(-1)).toContain('SUPPORT_FILE');
  });
});
