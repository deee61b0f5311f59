import { describe, expect, test } from 'vitest';
import { createSupportWorld, network, salon } from './support-world.ts';

const salons = [{ id: network, name: 'reseau', themes: ['noemi'], servers: [], profile: {} }];
/** What concerns the fiche of the tests goes to the default salon here. */
const elsewhere = [{ id: network, name: 'reseau', themes: ['tchap'], servers: [], profile: {} }];
const dm = '!ana:ici';

describe('several salons', () => {
  test('a demande goes to the salon of its theme, and no other learns of it', async () => {
    const world = createSupportWorld({ salons });
    await world.agent('@ana:ici').say('oui, un conseiller');
    expect(world.texts(network)[0]).toContain('Demande n° 1');
    expect(world.texts(salon)).toEqual([]);
    const dora = world.operator('@dora:ici', network);
    await dora.react(world.rootOf(1), '✋');
    await dora.say('bonjour', world.rootOf(1));
    expect(world.texts(dm).at(-1)).toBe('Conseiller : bonjour');
    await world.agent('@ana:ici').say('merci');
    expect(world.texts(network).at(-1)).toBe('Agent : merci');
    expect(world.texts(salon)).toEqual([]);
  });

  test('to the default one when the bot is not in that of its theme', async () => {
    const world = createSupportWorld({ salons });
    world.store.rooms.update(network, { membership: 'leave' });
    await world.agent('@ana:ici').say('oui, un conseiller');
    expect(world.texts(salon)[0]).toContain('Demande n° 1');
  });

  test('each has its own operators, queue and places', async () => {
    const world = createSupportWorld({ salons: elsewhere });
    await world.agent('@ana:ici').say('oui, un conseiller');
    const alice = world.operator('@alice:ici');
    const dora = world.operator('@dora:ici', network);
    await dora.say('!prendre 1');
    expect(world.texts(network).at(-1)).toContain('dans le salon « principal »');
    expect(world.tickets.find(1)?.ticket.stage.status).toBe('waiting');
    // A member of another salon only.
    await world.operator('@dora:ici').say('!prendre 1');
    expect(world.tickets.find(1)?.ticket.stage.status).toBe('waiting');
    await dora.say('!demandes');
    expect(world.texts(network).at(-1)).toBe('Aucune demande ouverte.');
    await alice.say('!transferer 1 reseau');
    await world.agent('@boris:ici').say('oui, un conseiller');
    expect(world.texts('!boris:ici').at(-1)).toContain('en 1ʳᵉ position');
  });

  test('a transfer posts it there, tells both sides, and what is written in the old thread reaches nobody', async () => {
    const world = createSupportWorld({ salons: elsewhere });
    const ana = world.agent('@ana:ici');
    const alice = world.operator('@alice:ici');
    await ana.say('oui, un conseiller');
    const old = world.rootOf(1);
    await alice.react(old, '✋');
    await alice.say('!transférer réseau', old);
    expect(world.texts(salon).join('\n')).toMatch(/confiée au salon « reseau » par alice/);
    expect(world.texts(dm).at(-1)).toContain('connaissent mieux ce sujet');
    expect(world.texts(network)[0]).toMatch(/Demande n° 1[\s\S]*en attente/);
    expect(world.texts(network).at(-1)).toContain('https://matrix.to/#/!salon%3Aici/');

    const before = world.seen(dm).length;
    await alice.say('vous êtes là ?', old);
    await alice.react(old, '✋');
    await alice.react(old, '✅');
    expect(world.seen(dm)).toHaveLength(before);
    expect(world.texts(salon).at(-1)).toContain('dans le salon « reseau »');
    expect(world.tickets.find(1)?.ticket.stage.status).toBe('waiting');

    const dora = world.operator('@dora:ici', network);
    await dora.react(world.rootOf(1), '✋');
    await dora.say('bonjour', world.rootOf(1));
    expect(world.texts(dm).at(-1)).toBe('Conseiller : bonjour');
    const inOld = world.seen(salon).length;
    await ana.say('enfin');
    expect(world.texts(network).at(-1)).toBe('Agent : enfin');
    expect(world.seen(salon)).toHaveLength(inOld);
  });

  test('only its holder sends it elsewhere, and only to a salon that is one', async () => {
    const world = createSupportWorld({ salons: elsewhere });
    await world.agent('@ana:ici').say('oui, un conseiller');
    await world.operator('@alice:ici').say('!prendre 1');
    await world.operator('@bruno:ici').say('!transferer 1 reseau');
    expect(world.texts(salon).at(-1)).toContain('prise par alice');
    await world.operator('@alice:ici').say('!transferer 1 inconnu');
    expect(world.texts(salon).at(-1)).toContain("nom d'un autre salon");
    expect(world.texts(network)).toEqual([]);
  });

  test('its salon lost, a demande is opened again in another one, and administrators are told', async () => {
    const world = createSupportWorld({ salons, adminRoom: '!admin:ici' });
    world.openRoom('!admin:ici', ['@root:ici'], false);
    const ana = world.agent('@ana:ici');
    await ana.say('oui, un conseiller');
    await world.operator('@dora:ici', network).say('!prendre 1');
    world.store.rooms.update(network, { membership: 'leave' });
    await world.wait(1);
    await world.wait(1);
    expect(world.texts(salon)[0]).toContain('Demande n° 1');
    expect(world.texts(salon).join('\n')).toContain('« reseau », où je ne suis plus');
    expect(world.tickets.find(1)?.ticket.stage.status).toBe('waiting');
    expect(world.texts('!admin:ici')).toEqual([expect.stringContaining('« reseau »')]);
    await ana.say('vous êtes là ?');
    expect(world.texts(salon).at(-1)).toBe('Agent : vous êtes là ?');
  });

  test('an operator begins where they write', async () => {
    const world = createSupportWorld({ salons, mayWriteTo: () => true });
    await world.operator('@dora:ici', network).say('!ecrire @ana:ici');
    expect(world.texts(network)[0]).toContain('Demande n° 1');
    await world.agent('@ana:ici').say('bonjour');
    expect(world.texts(network).at(-1)).toBe('Agent : bonjour');
    expect(world.texts(salon)).toEqual([]);
  });
});
