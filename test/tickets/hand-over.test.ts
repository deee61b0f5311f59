import { afterEach, describe, expect, test } from 'vitest';
import { loadBrain } from '../../src/brain/load-brain.ts';
import { createLocalWorld, type LocalGesture, type LocalWorld } from '../../src/local/local-world.ts';
import { plainTypography } from '../text/plain-typography.ts';

const brain = await loadBrain();
let world: LocalWorld;
afterEach(() => world.store.close());

/** An agent, the real conversation, the real desk, and what each side reads. */
function openWorld() {
  const now = Date.UTC(2026, 10, 24, 9);
  world = createLocalWorld({
    brain: () => brain,
    clock: () => now,
    support: { room: '!support:ici', hours: null, delays: { claim: 1e9, idle: 1e9, close: 1e9 } },
  });
  const act = async (gesture: LocalGesture['act']) => {
    const handled = await world.handle({
      from: '@camille:ici',
      room: '!dm:ici',
      kind: 'dm',
      mentioned: true,
      act: gesture,
    });
    const messages = (handled?.outgoing ?? []).flatMap(({ address, content }) =>
      content.type === 'message' ? [{ address, text: plainTypography(content.text) }] : [],
    );
    const read = (inSupport: boolean): string[] =>
      messages.filter(({ address }) => (address === '!dm:ici') !== inSupport).map(({ text }) => text);
    return { told: read(false).join('\n'), posted: read(true) };
  };
  const say = (text: string) => act({ type: 'text', text });
  return {
    say,
    async sayAll(...texts: readonly string[]) {
      for (const text of texts) await say(text);
    },
  };
}

/** The lines of a list, as they are read. */
function listOf(text: string, from: string): string[] {
  const lines = text.slice(text.indexOf(from)).split('\n').slice(1);
  const start = lines.findIndex((line) => line.startsWith('- '));
  const list = lines.slice(start);
  const end = list.findIndex((line) => !line.startsWith('- '));
  return list.slice(0, end < 0 ? undefined : end).map((line) => line.slice(2));
}

describe('what the operator reads first', () => {
  test('is a summary: problem, tool, profile, what was tried, step reached', async () => {
    const agent = openWorld();
    await agent.sayAll('j’ai un noemi', 'mon vpn marche pas', 'pas à pas', 'suivant');
    await agent.say('je veux parler à un conseiller');
    const { posted } = await agent.say('oui');
    expect(listOf(posted[0] ?? '', 'Demande n°').slice(0, 5)).toEqual([
      'Problème : « mon vpn marche pas »',
      'Outil : NOEMI',
      'Situation : NOEMI',
      'Fiche suivie : NOEMI : le VPN ne se connecte pas, sans ses derniers recours',
      // Names of buttons keep their guillemets.
      expect.stringMatching(/^Étape 2\/\d+ : Dans la zone « recherche », /u),
    ]);
  });

  test('says that the last resorts were shown, and what the agent added', async () => {
    const agent = openWorld();
    await agent.sayAll('mon vpn marche pas sur mon noemi', 'pas à pas', 'suivant', 'ça marche pas');
    await agent.say('toujours pas, passez-moi quelqu’un, la fenêtre affiche une erreur 691 en rouge');
    const { posted } = await agent.say('oui');
    const list = listOf(posted[0] ?? '', 'Demande n°');
    expect(list[0]).toBe('Problème : « mon vpn marche pas sur mon noemi »');
    expect(list[1]).toContain('erreur 691');
    expect(list).toContain('Fiche suivie : NOEMI : le VPN ne se connecte pas, derniers recours compris');
    // The step that the guide was left at is not lost by the last resorts.
    expect(list.join('\n')).toMatch(/Étape 2\/\d/);
  });

  test('is short, whatever was said', async () => {
    const agent = openWorld();
    await agent.sayAll(
      'j’ai un noemi et un iphone, je suis à la pj',
      `mon vpn marche pas ${'du tout '.repeat(200)}`,
    );
    await agent.say('je veux parler à un conseiller');
    const { posted } = await agent.say('oui');
    expect(posted[0]?.length).toBeLessThan(1_500);
  });
});

describe('what the agent is told will be passed on', () => {
  const exchanges: Readonly<Record<string, readonly string[]>> = {
    'from the start': ['je veux parler à un conseiller'],
    'in a guide': ['mon vpn marche pas sur mon noemi', 'pas à pas', 'suivant', 'un conseiller svp'],
    'after the last resorts': ['mon vpn marche pas sur mon noemi', 'non', 'non'],
    'with a profile': ['je suis à la paf', 'comment je me connecte à comu', 'parler à un humain'],
    'after two refusals': [
      'mon imprimante est cassée depuis lundi',
      'la cafetière du bureau fuit de partout',
    ],
    'after a secret': ['mon mot de passe est Azerty123!', 'je veux parler à un conseiller'],
    'with another question before the yes': [
      'mon vpn marche pas sur mon noemi',
      'je veux parler à un conseiller',
      'c’est quoi le numéro de l’assistance ?',
    ],
  };

  test.each(Object.entries(exchanges))('%s, is what the operator reads, line by line', async (_, lines) => {
    const agent = openWorld();
    let told: string[] = [];
    for (const line of lines) {
      const answer = await agent.say(line);
      if (answer.told.includes('Il verra :')) told = listOf(answer.told, 'Il verra :');
    }
    const { posted } = await agent.say('oui');
    if (posted.length === 0) {
      // The other question took the place of the consent: nothing may have been passed on.
      expect(lines.length).toBe(3);
      return;
    }
    const read = listOf(posted[0] ?? '', 'Demande n°');
    // Who asks, the state of the ticket and the exchange stand beside the summary; one line tells the agent so.
    const beside = /^(?:Agent|État) :/;
    expect(told.at(-1)).toContain('votre nom');
    expect(read.filter((line) => !beside.test(line))).toEqual(told.slice(0, -1));
    expect(posted.join('\n')).not.toContain('Azerty');
  });
});

describe('the summary', () => {
  test('stands whenever the ticket is shown anew, and goes with what is forgotten', async () => {
    const agent = openWorld();
    await agent.sayAll('mon vpn marche pas sur mon noemi', 'je veux parler à un conseiller', 'oui');
    const operator = (act: LocalGesture['act']) =>
      world.handle({
        from: '@alice:ici',
        room: '!support:ici',
        kind: 'salon',
        mentioned: true,
        ticket: 1,
        act,
      });
    const claimed = await operator({ type: 'reaction', key: '✋' });
    const edits = (claimed?.outgoing ?? []).flatMap(({ content }) =>
      content.type === 'edit' ? [plainTypography(content.text)] : [],
    );
    expect(edits[0]).toMatch(/Problème : « mon vpn marche pas sur mon noemi »[\s\S]*prise par/);
    await operator({ type: 'text', text: '!clore' });
    expect(world.store.tickets.find(1)?.ticket.summary?.[0]).toContain('mon vpn');
    await agent.say('!oublier');
    expect(world.store.tickets.find(1)?.ticket).not.toHaveProperty('summary');
  });
});
