import { describe, expect, test } from 'vitest';
import { createSupportWorld, salon } from './support-world.ts';

const day = 24 * 60;

describe('the figures of the desk', () => {
  test('say first answer, closing, reopening, satisfaction and what was solved without a human', async () => {
    const world = createSupportWorld();
    const ana = world.agent('@ana:ici');
    const alice = world.operator('@alice:ici');
    world.store.feedback.recordFeedback({
      turnId: '$a',
      at: world.clock.now,
      fiche: 'noemi-vpn',
      solved: true,
    });
    await ana.say('oui, un conseiller');
    await alice.react(world.rootOf(1), '✋');
    await world.wait(10);
    await alice.say('redémarrez', world.rootOf(1));
    await world.wait(20);
    await alice.say('!clore 1');
    await ana.say('oui');
    await ana.say('oui, un conseiller');
    await alice.say('!bilan');
    const report = world.texts(salon).at(-1);
    expect(report).toContain('2 demandes ouvertes, 1 close');
    expect(report).toContain("Première réponse d'un conseiller : 10 min");
    expect(report).toContain('1 demande suit de moins de 7 jours');
    expect(report).toContain("De l'ouverture à la clôture : 30 min");
    expect(report).toContain('résolu : 1 sur 1 réponse ; 100 %');
    expect(report).toContain("de l'avis des agents : 1 (33 %");
    expect(report).toMatch(/NOEMI : le VPN ne se connecte pas \(2\)/);
    expect(report).not.toMatch(/ana|alice/);
  });

  test('count nothing of what an operator began, nor of a demande of long before', async () => {
    const world = createSupportWorld({ mayWriteTo: () => true });
    const ana = world.agent('@ana:ici');
    await ana.say('oui, un conseiller');
    await ana.say('annuler la demande');
    await world.wait(8 * day);
    await ana.say('oui, un conseiller');
    await world.operator('@alice:ici').say('!ecrire @boris:ici');
    expect(world.tickets.find(2)?.ticket.follows).toBeNull();
    const { now } = world.clock;
    expect(world.tickets.readFigures(now - day * 60_000, now + 1)).toMatchObject({ opened: 1, reopened: 0 });
  });
});

describe('the weekly report', () => {
  /** The clock of the world starts on a Monday at 10:00. */
  const report = { weekday: 1, minutes: 8 * 60 };
  const posted = (world: ReturnType<typeof createSupportWorld>) =>
    world.texts(salon).filter((text) => text.startsWith('Bilan'));

  test('comes at its moment, once, and not for the weeks before the first start', async () => {
    const world = createSupportWorld({ report });
    await world.wait(1);
    expect(posted(world)).toEqual([]);
    await world.wait(6 * day + 21 * 60);
    expect(posted(world)).toEqual([]);
    await world.wait(60);
    await world.wait(1);
    expect(posted(world)).toEqual([expect.stringContaining('Bilan du 23 novembre au 30 novembre')]);
    await world.wait(7 * day);
    expect(posted(world)).toHaveLength(2);
  });

  test('comes late rather than never, and once, after a stop', async () => {
    const world = createSupportWorld({ report });
    await world.wait(1);
    await world.wait(17 * day);
    expect(posted(world)).toHaveLength(1);
    await world.wait(60);
    expect(posted(world)).toHaveLength(1);
  });

  test('is none unless it was asked for', async () => {
    const world = createSupportWorld();
    await world.wait(1);
    await world.wait(8 * day);
    expect(posted(world)).toEqual([]);
  });
});
