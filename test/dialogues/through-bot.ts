import { describe, expect, test } from 'vitest';
import type { Desk } from '../../src/bot/desk.ts';
import type { HandoffRequest } from '../../src/conversation/conversation.ts';
import { listReplies } from '../../src/local/list-replies.ts';
import { createLocalWorld, type LocalGesture } from '../../src/local/local-world.ts';
import { plainTypography } from '../text/plain-typography.ts';
import { shipped } from './play.ts';

/** The numbered points of issue 6 in one breath each, through bot.ts and its store, as one agent would live them. */
function openRoom(kind: LocalGesture['kind'] = 'dm') {
  const tickets: HandoffRequest[] = [];
  const desk: Desk = {
    availability: () => ({ handoff: 'available' }),
    take: () => null,
    standingOf: () => 'elsewhere',
    answerOperator: () => [],
    openTicket: (request) => {
      tickets.push(request);
      return [];
    },
    countOf: () => 0,
    isHeld: () => false,
    countOpen: () => tickets.length,
    passTime: () => [],
    eraseOf: () => [],
    eraseOld: () => [],
  };
  let now = Date.UTC(2026, 10, 24, 9);
  const world = createLocalWorld({ brain: () => shipped, desk, clock: () => now });
  const act = async (gesture: LocalGesture['act'], mentioned = true) => {
    now += 30_000;
    const handled = await world.handle({
      from: '@camille:ici',
      room: `!${kind}:ici`,
      kind,
      mentioned,
      act: gesture,
    });
    if (handled === null) return null;
    expect(handled.error).toBeNull();
    const { replies, deleted } = listReplies(handled, () => false);
    return {
      text: plainTypography(replies.map(({ text }) => text).join('\n')),
      reactions: replies.flatMap(({ reactions }) => reactions),
      edit: replies.some(({ edit }) => edit),
      deleted,
      outcome: handled.turn?.outcome,
      fiche: handled.turn?.fiche,
      outgoing: handled.outgoing,
    };
  };
  return {
    tickets,
    world,
    say: (text: string) => act({ type: 'text', text }),
    overhear: (text: string) => act({ type: 'text', text }, false),
    react: (key: string) => act({ type: 'reaction', key }),
    edit: (text: string) => act({ type: 'edit', text }),
    erase: () => act({ type: 'deletion' }),
    send: () => act({ type: 'media', media: 'image' }),
    wait: (minutes: number) => {
      now += minutes * 60_000;
    },
  };
}

describe('through bot.ts, an agent', () => {
  test('1. is answered, and asked whether it is solved, under two reactions', async () => {
    const room = openRoom();
    const answer = await room.say('mon vpn marche pas sur mon noemi');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'noemi-vpn', reactions: ['👍', '👎'] });
    expect((await room.react('👍'))?.text).toContain('Tant mieux');
  });

  test('2. is guided step by step, by words and by reactions', async () => {
    const room = openRoom();
    await room.say('mon vpn marche pas sur mon noemi');
    const first = await room.say('pas à pas');
    expect(first?.text).toContain('Étape 1/4');
    expect(first?.reactions).toEqual(['1️⃣', '2️⃣']);
    expect((await room.react('1️⃣'))?.text).toContain('Étape 2/4');
    expect((await room.react('✅'))?.text).toContain('Étape 3/4');
    expect((await room.react('⏮'))?.text).toContain('Étape 2/4');
  });

  test('3. is asked which telephone, once', async () => {
    const room = openRoom();
    expect(await room.say('comment partager la connexion de mon téléphone')).toMatchObject({
      outcome: 'clarify',
      reactions: ['1️⃣', '2️⃣'],
    });
    expect(await room.react('1️⃣')).toMatchObject({ outcome: 'answer', fiche: 'noemi-partage-connexion' });
    expect(await room.say('comment partager la connexion de mon téléphone')).toMatchObject({
      outcome: 'answer',
    });
  });

  test('4. chooses when two fiches are close', async () => {
    const room = openRoom();
    expect(await room.say('comment je fais pour me connecter')).toMatchObject({ outcome: 'clarify' });
    expect(await room.say('wifi')).toMatchObject({ outcome: 'answer', fiche: 'noemi-wifi' });
  });

  test('4. picks from any list by tapping a digit, six of them at most, and none in a salon', async () => {
    const six = ['1️⃣', '2️⃣', '3️⃣', '4️⃣', '5️⃣', '6️⃣'];
    const room = openRoom();
    const themes = await room.say('menu');
    expect(themes?.text).toContain('10. Parler à un conseiller');
    expect(themes?.reactions).toEqual(six);
    const spans = await room.react('3️⃣');
    expect(spans?.text).toContain("SPAN, l'accès à distance");
    expect(spans?.reactions).toEqual(['1️⃣', '2️⃣']);
    expect(await room.react('2️⃣')).toMatchObject({ outcome: 'answer', fiche: 'span-presentation' });
    await room.say('mon vpn marche pas sur mon noemi');
    const others = await room.react('👎');
    expect(others?.reactions).toEqual(['1️⃣', '2️⃣', '3️⃣', '👍', '👎']);
    expect(await room.react('2️⃣')).toMatchObject({ outcome: 'answer', fiche: 'noemi-wifi' });
    expect((await openRoom('salon').say('menu'))?.reactions).toEqual([]);
  });

  test('5. goes on from the last answer, for a day', async () => {
    const room = openRoom();
    await room.say('comment me connecter à comu je suis policier');
    expect((await room.say('et pour la gendarmerie ?'))?.text).toContain('jean.dupont@comu.minint.fr');
    room.wait(25 * 60);
    expect((await room.say('pas à pas'))?.text).not.toContain('Étape');
  });

  test('6. climbs the ladder to a human', async () => {
    const room = openRoom();
    await room.say('mon vpn marche pas sur mon noemi');
    expect((await room.react('👎'))?.text).toContain('Autres pistes');
    expect(await room.say('toujours pas')).toMatchObject({ outcome: 'handoff' });
    await room.say('oui');
    expect(room.tickets).toMatchObject([{ fiche: 'noemi-vpn' }]);
  });

  test('7. is welcomed once, sees a menu, and is told that pictures are not read', async () => {
    const room = openRoom();
    expect((await room.say('bonjour'))?.text).toContain("je suis l'assistant télétravail");
    room.wait(60);
    expect((await room.say('que sais-tu faire ?'))?.text).not.toContain("je suis l'assistant");
    expect((await room.send())?.text).toContain('Je lis seulement le texte');
  });

  test('8. edits and deletes a question; the answer follows', async () => {
    const room = openRoom();
    await room.say('mon vpn marche pas sur mon noemi');
    expect(await room.edit('comment chiffrer une clé usb avec bitlocker')).toMatchObject({
      fiche: 'bitlocker',
      edit: true,
    });
    expect((await room.react('👍'))?.text).toContain('Tant mieux');
    const asked = openRoom();
    await asked.say('mon vpn marche pas sur mon noemi');
    const deleted = await asked.erase();
    expect(deleted?.text).toBe('');
  });

  test('9. is warned about a secret, of which the store keeps nothing', async () => {
    const room = openRoom();
    expect((await room.say('mon mot de passe est Azerty123!'))?.text).toContain('Supprimez ce message');
    await room.say('je veux parler à un conseiller');
    await room.say('oui');
    expect(JSON.stringify(room.tickets)).not.toContain('Azerty');
    expect(JSON.stringify(room.world.store.conversations.read('!dm:ici'))).not.toContain('Azerty');
  });

  test('in a salon is answered only when the bot is called, and goes on in private for a human', async () => {
    const room = openRoom('salon');
    expect(await room.overhear('mon vpn marche pas sur mon noemi')).toBeNull();
    expect(await room.say('mon vpn marche pas sur mon noemi')).toMatchObject({ fiche: 'noemi-vpn' });
    const human = await room.say('je veux parler à un conseiller');
    expect(human?.outgoing.map(({ address }) => address)).toEqual(
      expect.arrayContaining(['!salon:ici', 'dm:@camille:ici']),
    );
    expect(room.world.store.conversations.read('dm:@camille:ici')).toMatchObject({
      pending: { kind: 'consent' },
    });
  });
});
