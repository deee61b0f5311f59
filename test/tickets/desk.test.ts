import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { toEventContent } from '../../src/matrix/sending/to-event-content.ts';
import type { RoomId } from '../../src/messages/ids.ts';
import type { Attachment } from '../../src/messages/incoming-message.ts';
import { createSupportWorld, describe as describeAll, minute, salon } from './support-world.ts';

/** Ana has asked for a human and Alice has claimed the ticket. */
async function startHeld(options: Parameters<typeof createSupportWorld>[0] = {}) {
  const world = createSupportWorld(options);
  const ana = world.agent('@ana:ici');
  const alice = world.operator('@alice:ici');
  const bruno = world.operator('@bruno:ici');
  await ana.say('oui, un conseiller');
  const root = world.rootOf(1);
  await alice.react(root, '✋');
  const dm = world.direct('@ana:ici');
  return {
    world,
    ana,
    alice,
    bruno,
    root,
    dm,
    last: (room: RoomId, count = 1) => world.texts(room).slice(-count),
  };
}

describe('asking for a human', () => {
  test('posts one ticket whose thread holds the folded exchange, then tells the agent number and place', async () => {
    const world = createSupportWorld();
    await world.agent('@ana:ici').say('oui, un conseiller');
    const [ticket, exchange] = world.seen(salon);
    expect(ticket).toMatchObject({
      thread: null,
      content: { text: expect.stringContaining('Demande n°\u00a01') },
    });
    expect(world.texts(salon)[0]).toMatch(/ana \(@ana:ici\)[\s\S]*le VPN[\s\S]*étape 2[\s\S]*en attente/);
    expect(exchange).toMatchObject({
      thread: ticket?.id,
      content: {
        html: expect.stringMatching(/^<details><summary>.*mon &lt;b&gt;vpn&lt;\/b&gt; ne marche pas/),
      },
    });
    expect(world.texts(salon).slice(2)).toEqual(['(réaction) ✋', '(réaction) ✅']);
    expect(world.texts(world.direct('@ana:ici')).at(-1)).toMatch(/n° 1[\s\S]*en 1ʳᵉ position/);
  });

  test('promises nothing that is not stored', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'demandes-')), 'assistant.db');
    const world = createSupportWorld({ path });
    using damage = new DatabaseSync(path);
    damage.exec('DROP TABLE ticket_message');
    await expect(world.agent('@ana:ici').say('oui, un conseiller')).rejects.toThrow();
    expect(world.tickets.listOpen()).toEqual([]);
    expect(world.store.outgoing.countWaiting()).toBe(0);
  });

  test('gives the second agent the second place, and the same agent no second ticket', async () => {
    const world = createSupportWorld();
    await world.agent('@ana:ici').say('oui, un conseiller');
    await world.agent('@boris:ici').say('oui, un conseiller');
    await world.agent('@boris:ici').say('oui, un conseiller');
    expect(world.texts(world.direct('@boris:ici')).at(-1)).toMatch(/n° 2 est déjà transmise.*en 2ᵉ position/);
    expect(world.tickets.listOpen()).toHaveLength(2);
  });

  test('is not offered without a salon, and says when somebody is back outside hours', () => {
    const now = Date.parse('2026-11-22T10:00:00+01:00');
    const world = createSupportWorld({
      hours: {
        timeZone: 'Europe/Paris',
        week: [[], [{ from: 480, to: 1080 }], [], [], [], [], []],
        exception: () => null,
      },
    });
    expect(world.desk.availability(now)).toEqual({ handoff: 'closed', reopens: 'demain à 8 h' });
    world.store.rooms.update(salon, { membership: 'leave' });
    expect(world.desk.availability(now)).toEqual({ handoff: 'none' });
  });
});

describe('while the agent waits', () => {
  test('the bot still answers what it knows, and adds the rest to the ticket', async () => {
    const world = createSupportWorld();
    const ana = world.agent('@ana:ici');
    await ana.say('oui, un conseiller');
    await ana.say('et le wifi ?');
    await ana.say('il affiche 691');
    const dm = world.texts(world.direct('@ana:ici'));
    expect(dm.slice(-2)).toEqual(['Voici le Wi-Fi.', expect.stringContaining("J'ajoute ce message")]);
    expect(world.texts(salon).slice(-2)).toEqual(['Agent : et le wifi ?', 'Agent : il affiche 691']);
  });

  test.each(['revenir à l’assistant', 'reprendre le bot', 'je reprends avec l’assistant svp'])(
    '« %s » is told that the bot is there, and gives nothing up',
    async (words) => {
      const world = createSupportWorld();
      const ana = world.agent('@ana:ici');
      await ana.say('oui, un conseiller');
      const before = world.texts(salon).length;
      await ana.say(words);
      expect(world.texts(world.direct('@ana:ici')).at(-1)).toMatch(
        /je vous réponds[\s\S]*n° 1[\s\S]*annuler/i,
      );
      expect(world.texts(salon)).toHaveLength(before);
      expect(world.tickets.listOpen()).toHaveLength(1);
    },
  );

  test('the agent may give up', async () => {
    const world = createSupportWorld();
    const ana = world.agent('@ana:ici');
    await ana.say('oui, un conseiller');
    await ana.say('Annuler la demande');
    expect(world.tickets.listOpen()).toEqual([]);
    expect(world.texts(world.direct('@ana:ici')).at(-1)).toContain('annulée');
    expect(world.texts(salon).at(-1)).toContain("L'agent a renoncé");
  });
});

describe('the relay', () => {
  test('carries three messages each way, and the bot is silent', async () => {
    const { ana, alice, root, dm, last } = await startHeld();
    for (const number of [1, 2, 3]) {
      await alice.say(`essayez ${number}`, root);
      await ana.say(`fait ${number}`);
    }
    expect(last(dm, 3)).toEqual([
      'Conseiller : essayez 1',
      'Conseiller : essayez 2',
      'Conseiller : essayez 3',
    ]);
    expect(last(salon, 3)).toEqual(['Agent : fait 1', 'Agent : fait 2', 'Agent : fait 3']);
  });

  test('shows what was typed as text, never as markup', async () => {
    const { world, alice, root, dm } = await startHeld();
    await alice.say('tapez <script> & **entrée**\nvoilà', root);
    expect(world.seen(dm).at(-1)?.content).toMatchObject({
      text: 'Conseiller : tapez <script> & **entrée**\nvoilà',
      html: '<p><strong>Conseiller :</strong> tapez &lt;script&gt; &amp; **entrée**<br>voilà</p>',
    });
  });

  test('follows edits and deletions both ways', async () => {
    const { world, ana, alice, root, dm, last } = await startHeld();
    const said = await alice.say('redémarez', root);
    const copy = world.seen(dm).at(-1);
    await alice.edit(said, 'redémarrez');
    expect(world.seen(dm).at(-1)?.content).toMatchObject({ of: copy?.id, text: 'Conseiller : redémarrez' });
    await alice.delete(said);
    // The first version and the second.
    expect(last(dm, 2)).toEqual(['(supprimé)', '(supprimé)']);
    const answered = await ana.say('ok');
    await ana.edit(answered, 'ok merci');
    expect(last(salon)).toEqual(['(modifié) Agent : (message modifié) ok merci']);
    await ana.delete(answered);
    expect(last(salon, 3)).toEqual(['(supprimé)', '(supprimé)', "L'agent a supprimé un message."]);
  });

  test('passes pictures on by reference, and says so when it cannot', async () => {
    const { world, ana, last, dm } = await startHeld();
    const attachment: Attachment = {
      msgtype: 'm.image',
      name: 'ecran.png',
      caption: null,
      source: { url: 'mxc://ici/abc' },
      info: { size: 3 },
    };
    await ana.sendFile(attachment);
    expect(world.seen(salon).at(-1)?.content).toEqual({ type: 'media', attachment, prefix: 'Agent :' });
    await ana.sendFile();
    expect(last(salon)[0]).toContain('ne sais pas transmettre');
    expect(last(dm)[0]).toContain('ne sais pas transmettre');
  });

  test('puts a reaction under the message that it is about', async () => {
    const { world, ana, alice, root, dm } = await startHeld();
    const said = await alice.say('redémarrez', root);
    await ana.react(world.seen(dm).at(-1)?.event ?? '$none', '👍');
    expect(world.seen(salon).at(-1)?.content).toEqual({ type: 'reaction', of: said, key: '👍' });
  });

  test('takes a reply to a message of the thread for one of the thread', async () => {
    const { world, ana, alice, dm, last } = await startHeld();
    await ana.say('toujours rien');
    const copy = world.seen(salon).at(-1)?.event ?? '$none';
    await alice.say('regardez le câble', null, { inReplyTo: copy });
    expect(last(dm)).toEqual(['Conseiller : regardez le câble']);
  });

  test('leaves alone what operators say to each other beside the thread', async () => {
    const { world, alice, bruno } = await startHeld();
    const before = world.log.length;
    const asked = await bruno.say('qui va déjeuner ?');
    await alice.say('moi', null, { inReplyTo: asked });
    await alice.say('et vous ?', null, { mentions: ['@bruno:ici'] });
    await alice.say('dans une heure', asked);
    expect(world.log).toHaveLength(before);
  });

  test('tells the holder once, with a link, that what is written beside the thread is not passed on', async () => {
    const { world, alice, bruno, root, dm, last } = await startHeld();
    const before = world.seen(dm).length;
    await alice.say('essayez de redémarrer');
    const warning = last(salon)[0] ?? '';
    expect(warning).toContain("n'est pas transmis à l'agent de la demande n° 1");
    expect(warning).toContain(`https://matrix.to/#/!salon%3Aici/${encodeURIComponent(root)}?via=ici`);
    const after = world.log.length;
    await alice.say('et puis voilà');
    expect(world.log).toHaveLength(after);
    expect(world.seen(dm)).toHaveLength(before);
    // The next holder has not been told.
    await alice.say('!transferer 1 @bruno:ici');
    await bruno.say('essayez encore');
    expect(last(salon)[0]).toContain("n'est pas transmis");
  });

  test('names one thread to whoever holds several, once', async () => {
    const { world, ana, alice } = await startHeld();
    await world.agent('@boris:ici').say('oui, un conseiller');
    await alice.react(world.rootOf(2), '✋');
    world.clock.now += minute;
    await ana.say('toujours rien');
    const before = world.log.length;
    await alice.say('redémarrez');
    await alice.say('redémarrez donc');
    const warnings = world.log.slice(before);
    expect(warnings.map(({ address }) => address)).toEqual([salon]);
    expect(world.texts(salon).at(-1)).toContain('n° 1');
  });

  test('never passes on a secret, and warns', async () => {
    const { ana, dm, last, world } = await startHeld();
    const before = world.seen(salon).length;
    await ana.say('mon mot de passe est Soleil!2024');
    expect(world.texts(salon).slice(before)).toEqual([
      expect.stringMatching(/message de l.agent n.est pas transmis/),
    ]);
    expect(last(dm)[0]).toMatch(/mot de passe[\s\S]*Supprimez/);
  });

  test('tells operators of a secret withheld while the agent waits, and the bot warns the agent', async () => {
    const world = createSupportWorld();
    const ana = world.agent('@ana:ici');
    await ana.say('oui, un conseiller');
    await ana.say('mon mot de passe est Soleil!2024');
    expect(world.texts(salon).at(-1)).toMatch(/n.est pas transmis/);
    expect(world.log.map(describeAll).join()).not.toContain('Soleil!2024');
    expect(world.texts(world.direct('@ana:ici')).at(-1)).not.toMatch(/pas transmis au conseiller/);
  });

  test('says nothing of a deletion whose copy nobody could read', async () => {
    const { world, ana } = await startHeld();
    const before = world.seen(salon).length;
    await ana.delete('$jamais-transmis');
    expect(world.seen(salon)).toHaveLength(before);
  });

  test('never passes on a command, even a misspelt one', async () => {
    const { world, alice, root, dm, last } = await startHeld();
    const before = world.seen(dm).length;
    await alice.say('!ntoe agent très énervé', root);
    await alice.say('!note agent très énervé', root);
    expect(world.seen(dm)).toHaveLength(before);
    expect(last(salon, 2)).toEqual([
      expect.stringContaining('`!ntoe`'.replaceAll('`', '')),
      expect.stringContaining('Note gardée'),
    ]);
  });

  test('carries a very long message whole, in several parts', async () => {
    const { ana, world } = await startHeld();
    const text = Array.from({ length: 2_000 }, (_, index) => `mot${index}`).join(' ');
    const before = world.seen(salon).length;
    await ana.say(text);
    const parts = world.texts(salon).slice(before);
    expect(parts.map((part) => part.replace('Agent : ', '')).join(' ')).toBe(text);
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(20_000);
  });

  test.each([
    ['quotes', '"'],
    ['ampersands', '&'],
    ['line ends', 'a\n'],
    ['emoji', '😀'],
    ['control characters', '\u0001'],
    ['words', 'mot '],
  ])('no event is larger than a homeserver takes, encrypted and edited too: %s', async (_what, piece) => {
    const { ana, world } = await startHeld();
    const text = `a${piece.repeat(15_000 / piece.length)}z`;
    const id = await ana.say(text);
    await ana.edit(id, text);
    const caption = { msgtype: 'm.image', name: 'a.png', caption: text, source: {}, info: {} } as const;
    await ana.sendFile(caption);
    const sizes = world.log.map(({ content }) => {
      if (content.type === 'redaction') return 0;
      const event = toEventContent(content, { thread: '$root', target: '$target' });
      // Base64 of the ciphertext, and what the homeserver adds: ids, hashes, signatures, references.
      return (Buffer.byteLength(JSON.stringify(event)) * 4) / 3 + 4_500;
    });
    expect(Math.max(...sizes)).toBeLessThan(65_536);
  });
});

describe('operators', () => {
  test('only the first claims; the second is told who has it, and what they write is not passed on', async () => {
    const { bruno, root, dm, last, world } = await startHeld();
    await bruno.say('!prendre 1');
    expect(last(salon)[0]).toContain('déjà prise par alice');
    const before = world.seen(dm).length;
    await bruno.say('je peux aider ?', root);
    expect(world.seen(dm)).toHaveLength(before);
    expect(last(salon)[0]).toContain("n'est pas transmis");
  });

  test('are the members of the salon, nobody else', async () => {
    const world = createSupportWorld();
    await world.agent('@ana:ici').say('oui, un conseiller');
    const before = world.log.length;
    await world.operator('@intrus:ici').say('!prendre 1');
    await world.operator('@intrus:ici').react(world.rootOf(1), '✋');
    expect(world.log).toHaveLength(before);
    expect(world.tickets.find(1)?.ticket.stage.status).toBe('waiting');
    // A command in a direct message is a message like any other.
    await world.agent('@alice:ici').say('!prendre 1');
    expect(world.tickets.find(1)?.ticket.stage.status).toBe('waiting');
  });

  test('hand a ticket to a colleague by mention or by name, and to nobody else', async () => {
    const { world, alice, root, last } = await startHeld();
    await alice.say('!transferer 1 @zoe', root);
    expect(last(salon)[0]).toContain('Mentionnez un membre');
    await alice.say('!transferer Chloé', root, { mentions: ['@bot:ici', '@chloe:ici'] });
    expect(world.tickets.find(1)?.ticket.stage).toEqual({ status: 'held', by: '@chloe:ici' });
    await world.operator('@chloe:ici').say('!transferer 1 @bruno:ici');
    expect(world.tickets.find(1)?.ticket.stage).toEqual({ status: 'held', by: '@bruno:ici' });
  });

  test('see what is open, and the commands', async () => {
    const { world, alice, last } = await startHeld();
    await world.agent('@boris:ici').say('oui, un conseiller');
    await alice.say('!demandes');
    expect(last(salon)[0]).toMatch(
      /2 demandes ouvertes[\s\S]*n° 1.*prise par alice[\s\S]*n° 2.*en attente depuis le 23 novembre à 10 h 00/,
    );
    await alice.say('!aide');
    const help = last(salon)[0];
    expect(help).toContain('!transferer 12 @nom');
    expect(help).toContain('le numéro est inutile');
    expect(help).not.toContain('!version');
  });

  test('get help as operators in the salon only, a stranger there gets none', async () => {
    const { world, ana, dm, last } = await startHeld();
    await ana.say('!aide');
    expect(last(dm)[0]).toContain('!mes-donnees');
    await world.agent('@alice:ici').say('!aide');
    expect(last(world.direct('@alice:ici'))[0]).not.toContain('!prendre');
    const before = world.log.length;
    await world.operator('@intrus:ici').say('!aide');
    expect(world.log).toHaveLength(before);
  });

  test('get the ticket back into the queue when one of them leaves, in the second another claims', async () => {
    const { world, alice, bruno, dm } = await startHeld();
    alice.leave();
    await bruno.say('!prendre 1');
    expect(world.tickets.find(1)?.ticket.stage).toEqual({ status: 'held', by: '@bruno:ici' });
    expect(world.texts(dm).slice(-2)).toEqual([
      expect.stringContaining('Un autre va la reprendre'),
      expect.stringContaining('Un conseiller a pris'),
    ]);
  });

  test('learn that the agent left the direct message', async () => {
    const { world, ana, alice, root, dm, last } = await startHeld();
    ana.leave();
    await world.wait(0);
    expect(last(salon)[0]).toContain("L'agent a quitté");
    const before = world.seen(dm).length;
    await alice.say('vous êtes là ?', root);
    expect(world.seen(dm)).toHaveLength(before);
    ana.back();
    await ana.say('me revoilà');
    expect(last(salon, 2)).toEqual([expect.stringContaining('de retour'), 'Agent : me revoilà']);
  });

  test('write beside the threads when the agent comes back, and this stays between them', async () => {
    const { world, ana, alice, dm, last } = await startHeld();
    ana.leave();
    await world.wait(0);
    ana.back();
    const before = world.seen(dm).length;
    await alice.say('elle ne lit rien, celle-là');
    expect(last(salon, 2).join('\n')).toContain('de retour');
    expect(world.seen(dm)).toHaveLength(before);
  });

  test('never reach an agent in a room where somebody else has come in', async () => {
    const { world, alice, root, dm } = await startHeld();
    world.store.rooms.update(dm, { crowded: true });
    const before = world.seen(dm).length;
    await alice.say('votre dossier médical', root);
    expect(world.seen(dm)).toHaveLength(before);
  });
});

describe('the end of a ticket', () => {
  test('is followed by a question in one tap, counted once, and the note goes to the editors only', async () => {
    const { world, ana, alice, root, dm, last } = await startHeld();
    await alice.say('!clore certificat expiré, fiche à compléter', root);
    const question = world.seen(dm).at(-3);
    expect(last(dm, 3)).toEqual([expect.stringContaining('résolu ?'), '(réaction) 👍', '(réaction) 👎']);
    await ana.react(question?.event ?? '$none', '👎');
    await ana.react(question?.event ?? '$none', '👍');
    expect(last(dm)[0]).toContain('01 40 07 20 00');
    expect(world.tickets.countSatisfaction(0)).toEqual({ resolved: 0, unresolved: 1, unanswered: 0 });
    expect(world.tickets.readGaps(0)).toMatchObject([
      { fiche: 'noemi-vpn', step: 2, resolved: false, notes: ['certificat expiré, fiche à compléter'] },
    ]);
    expect(world.texts(dm).join()).not.toContain('certificat expiré');
  });

  test('is understood in words, unless the agent has gone on to something else', async () => {
    const first = await startHeld();
    await first.alice.react(first.root, '✅');
    await first.ana.say('oui');
    expect(first.world.tickets.countSatisfaction(0).resolved).toBe(1);
    const second = await startHeld();
    await second.alice.react(second.root, '✅');
    await second.ana.say('et le wifi ?');
    await second.ana.say('oui');
    expect(second.world.tickets.countSatisfaction(0).resolved).toBe(0);
    expect(second.last(second.dm)).toEqual(['Je ne comprends pas.']);
  });

  test('gives the bot back to the agent', async () => {
    const { world, ana, alice, root, dm, last } = await startHeld();
    await ana.say('stop');
    expect(world.tickets.listOpen()).toEqual([]);
    expect(last(salon)[0]).toContain("L'agent a mis fin");
    await ana.say('et le wifi ?');
    expect(last(dm)).toEqual(['Voici le Wi-Fi.']);
    const before = world.seen(dm).length;
    await alice.say('encore une chose', root);
    expect(world.seen(dm)).toHaveLength(before);
  });

  test('comes by itself when nobody writes: both are asked first', async () => {
    const { world, dm, last } = await startHeld();
    await world.wait(61);
    expect([last(dm)[0], last(salon)[0]]).toEqual([
      expect.stringContaining("besoin d'aide"),
      expect.stringContaining('Est-elle finie'),
    ]);
    await world.wait(31);
    expect(world.tickets.listOpen()).toEqual([]);
  });

  test('nobody claims: the salon is reminded once, the agent gets the number to call', async () => {
    const world = createSupportWorld();
    await world.agent('@ana:ici').say('oui, un conseiller');
    await world.wait(16);
    await world.wait(16);
    expect(world.texts(salon).filter((text) => text.includes("personne ne l'a prise"))).toHaveLength(1);
    expect(world.texts(world.direct('@ana:ici')).at(-1)).toContain('01 40 07 20 00');
  });

  test('the bot is shut out of the salon: agents are told whom to call, administrators what to mend', async () => {
    const { world, dm, last } = await startHeld({ adminRoom: '!admin:ici' });
    world.openRoom('!admin:ici', ['@root:ici'], false);
    world.store.rooms.update(salon, { membership: 'leave' });
    await world.wait(0);
    expect(last(dm)[0]).toMatch(/ne peux plus joindre[\s\S]*01 40 07 20 00/);
    expect(world.texts('!admin:ici')).toEqual([expect.stringMatching(/n° 1 est close[\s\S]*SUPPORT_ROOM/)]);
    await world.wait(1);
    expect(world.texts('!admin:ici')).toHaveLength(1);
  });
});

describe('what is kept', () => {
  test('leaves the store and the salon after the set time', async () => {
    const { world, ana, alice, root } = await startHeld();
    await ana.say('toujours rien');
    await alice.say('!clore note', root);
    const visible = world.seen(salon).filter(({ content }) => content.type !== 'redaction').length;
    world.clock.now += 31 * 24 * 3_600_000;
    const before = world.clock.now - 30 * 24 * 3_600_000;
    const deletions = world.desk.eraseOld(before, world.clock.now);
    expect(deletions).toHaveLength(visible);
    expect(deletions.every(({ content }) => content.type === 'redaction' && content.of.startsWith('$'))).toBe(
      true,
    );
    expect(world.tickets.find(1)?.ticket.agent).toBe('');
    expect(world.tickets.readGaps(0)[0]?.notes).toEqual([]);
  });

  test('leaves when the person asks to be forgotten', async () => {
    const { world, ana, alice, root, last } = await startHeld();
    await alice.say('!clore', root);
    await ana.say('!oublier');
    expect(world.tickets.countOf('@ana:ici')).toBe(0);
    expect(last(salon)).toEqual(['(supprimé)']);
  });
});

describe('a salon that was upgraded', () => {
  test('takes its open tickets along', async () => {
    const { world, ana } = await startHeld();
    world.openRoom('!salon2:ici', ['@alice:ici'], false);
    world.store.rooms.update(salon, { replacement: '!salon2:ici' });
    world.store.rooms.update('!salon2:ici', { predecessor: salon });
    await world.wait(0);
    await ana.say('toujours rien');
    expect(world.texts('!salon2:ici')[0]).toContain('prise par alice');
    expect(world.seen('!salon2:ici').at(-1)).toMatchObject({
      thread: world.seen('!salon2:ici')[0]?.id,
      content: { text: 'Agent : toujours rien' },
    });
  });

  test('is not replaced by a room that does not say so itself', async () => {
    const { world, ana } = await startHeld();
    world.openRoom('!ailleurs:ici', ['@curieux:ici'], false);
    world.store.rooms.update(salon, { replacement: '!ailleurs:ici' });
    await world.wait(0);
    await ana.say('toujours rien');
    expect(world.seen('!ailleurs:ici')).toEqual([]);
    expect(world.texts(salon).at(-1)).toBe('Agent : toujours rien');
  });
});
