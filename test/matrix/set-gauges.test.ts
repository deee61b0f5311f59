import { expect, test } from 'vitest';
import type { Desk } from '../../src/bot/desk.ts';
import { setGauges } from '../../src/matrix/set-gauges.ts';
import { createMetrics } from '../../src/operations/metrics.ts';
import { createSupportWorld } from '../tickets/support-world.ts';

test('the figures of the desk are in /metrics, and a desk without work says so', async () => {
  const world = createSupportWorld();
  // The gauges look at the week that ends now.
  world.clock.now = Date.now() - 60_000;
  const metrics = createMetrics();
  const desk: Desk = world.desk;
  setGauges(metrics, { store: world.store, encryption: null, desk });
  expect(metrics.render()).toMatch(/^assistant_tickets_first_answer_minutes -1$/m);

  const ana = world.agent('@ana:ici');
  const alice = world.operator('@alice:ici');
  await ana.say('oui, un conseiller');
  await alice.react(world.rootOf(1), '✋');
  await alice.say('redémarrez', world.rootOf(1));
  await alice.say('!clore 1');
  await ana.say('oui');
  // Another scrape than the one before.
  const later = createMetrics();
  setGauges(later, { store: world.store, encryption: null, desk });
  const shown = later.render();
  expect(shown).toMatch(/^assistant_tickets_opened_hour 1$/m);
  expect(shown).toMatch(/^assistant_tickets_closed_week 1$/m);
  expect(shown).toMatch(/^assistant_tickets_first_answer_minutes 0$/m);
  expect(shown).toMatch(/^assistant_satisfaction_resolved_week 1$/m);
  expect(shown).toMatch(/^assistant_handed_over_week\{fiche="[a-z0-9-]+"\} 1$/m);
});

test('without a desk none of them is given', () => {
  const { store } = createSupportWorld();
  const metrics = createMetrics();
  setGauges(metrics, { store, encryption: null });
  expect(metrics.render()).not.toContain('assistant_tickets_closed_week');
});
