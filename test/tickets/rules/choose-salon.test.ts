import { expect, test } from 'vitest';
import { chooseSalon, type Salon } from '../../../src/tickets/rules/choose-salon.ts';

const salon = (name: string, change: Partial<Salon>): Salon => ({
  id: `!${name}:ici`,
  name,
  themes: [],
  servers: [],
  profile: {},
  ...change,
});
const agent = { theme: 'noemi', server: 'agent.interieur.tchap.gouv.fr', profile: { corps: 'paf' } };

test('the first salon that a demande is for takes it', () => {
  const salons = [
    salon('tchap', { themes: ['tchap'] }),
    salon('noemi', { themes: ['noemi', 'span'] }),
    salon('tout', { servers: ['*'] }),
  ];
  expect(chooseSalon(salons, agent)?.name).toBe('noemi');
  expect(chooseSalon(salons, { ...agent, theme: null })?.name).toBe('tout');
  expect(chooseSalon([], agent)).toBeNull();
});

test('every kind of criterion that is given has to fit', () => {
  const both = [salon('paf', { servers: ['agent.interieur.*'], profile: { corps: ['paf', 'pj'] } })];
  expect(chooseSalon(both, agent)?.name).toBe('paf');
  expect(chooseSalon(both, { ...agent, profile: {} })).toBeNull();
  expect(chooseSalon(both, { ...agent, server: 'agent.justice.tchap.gouv.fr' })).toBeNull();
});

test('a server is compared whole: what begins alike is another one', () => {
  const one = [salon('interieur', { servers: ['agent.interieur.tchap.gouv.fr'] })];
  expect(chooseSalon(one, { ...agent, server: 'agent.interieur.tchap.gouv.fr.pirate.fr' })).toBeNull();
  expect(chooseSalon(one, { ...agent, server: 'agentXinterieur.tchap.gouv.fr' })).toBeNull();
});

test('a salon that asks for nothing gets nothing', () => {
  expect(chooseSalon([salon('vide', {})], agent)).toBeNull();
});
