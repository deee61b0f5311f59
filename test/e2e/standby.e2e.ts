import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playTakeOvers } from '../standby/play-take-overs.ts';
import { hasPostgres, type Postgres, startPostgres } from '../standby/start-postgres.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

if (!hasPostgres)
  console.warn('\n⚠ Test du relais laissé de côté : pas de PostgreSQL ici (apt-get install postgresql).\n');

describe.skipIf(!hasPostgres)('two machines over PostgreSQL', () => {
  let synapse: Synapse;
  let postgres: Postgres;

  beforeAll(async () => {
    synapse = await startSynapse();
    postgres = await startPostgres();
  });
  afterAll(async () => {
    await synapse?.remove();
    await postgres?.remove();
  });

  test('one takes over when the other is asked to end, is killed, is stopped: nothing lost, nothing doubled, all readable', async () => {
    const outcome = await playTakeOvers({
      synapse,
      postgres,
      name: 'relais',
      seed: 19,
      blows: ['term', 'kill', 'stop'],
      machines: 2,
    });
    expect(outcome.findings).toEqual([]);
    expect(outcome.asked).toBeGreaterThan(10);
    const [term, kill, stop] = outcome.takeOvers;
    expect(term?.changed).toBe(true);
    // A quiet machine has 0.6 s and 5.5 s (npm run test:standby prints them); a busy one that plays the homeserver and the
    // agents as well has several times that. What is asked here is that nobody waits for a person.
    expect(term?.silence).toBeLessThan(15_000);
    expect(kill?.silence).toBeLessThan(30_000);
    expect(stop?.silence).toBeLessThan(30_000);
  }, 300_000);
});
