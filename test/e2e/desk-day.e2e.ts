import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainTypography } from '../text/plain-typography.ts';
import {
  bodyOf,
  createClearPerson,
  createEncryptedPerson,
  type Person,
  type Seen,
  threadOf,
} from './handoff-people.ts';
import { type BotProcess, startBot } from './homeserver/start-bot.ts';
import { type Synapse, startSynapse } from './homeserver/start-synapse.ts';

/** A day of the desk: three agents, two operators in two salons; the bot is a process that gets killed twice. */
describe.each([
  ['nothing encrypted', createClearPerson],
  ['everything encrypted', createEncryptedPerson],
] as const)('a day of the desk, %s', (_name, createPerson) => {
  let synapse: Synapse;
  let bot: BotProcess;
  let folder: string;
  let ana: Person;
  let boris: Person;
  let carla: Person;
  /** In the default salon. */
  let alice: Person;
  /** In the salon of NOEMI. */
  let dora: Person;
  let main: string;
  let network: string;
  const dms = new Map<Person, string>();
  const roots = new Map<Person, string>();
  /** Everything that somebody wrote for somebody: who must read it, once, and nobody else. */
  const sent: { readonly text: string; readonly reader: Person; readonly room: () => string }[] = [];

  beforeAll(async () => {
    synapse = await startSynapse();
    folder = mkdtempSync(join(tmpdir(), 'conseillers-'));
    const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
    [ana, boris, carla, alice, dora] = await Promise.all([
      createPerson(synapse, 'ana', 'Ana Agent'),
      createPerson(synapse, 'boris', 'Boris Agent'),
      createPerson(synapse, 'carla', 'Carla Agent'),
      createPerson(synapse, 'alice', 'Alice Martin'),
      createPerson(synapse, 'dora', 'Dora Petit'),
    ]);
    main = await alice.createRoom({ preset: 'private_chat', name: 'Conseillers', invite: [account.userId] });
    network = await dora.createRoom({ preset: 'private_chat', name: 'Réseau', invite: [account.userId] });
    // A moment of the past: the first start posts nothing for the weeks before it.
    writeSupportFile(`bilan: { jour: ${dayInParis(-1)}, heure: "0:00" }\n`);
    bot = await startBot(synapse, {
      account,
      settings: { SUPPORT_ROOM: main, SUPPORT_FILE: join(folder, 'conseillers.yaml') },
    });
    await alice.waitForMember(main, account.userId);
    await dora.waitForMember(network, account.userId);
  }, 180_000);

  afterAll(async () => {
    await Promise.all([ana, boris, carla, alice, dora].map((person) => person?.stop()));
    await bot?.remove();
    await synapse?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function writeSupportFile(report: string): void {
    writeFileSync(
      join(folder, 'conseillers.yaml'),
      `salons:
  - { nom: reseau, salon: "${network}", themes: [noemi] }
reponses:
  redemarrer: "Bonjour {agent}, redémarrez {machine} (demande n° {numero})."
${report}`,
    );
  }

  const fromBot = (event: Seen): boolean => event.sender === bot.account.userId;
  const saying = (text: string) => (event: Seen) => fromBot(event) && bodyOf(event).includes(text);
  const proposing = (text: string) => (event: Seen) =>
    saying("Proposition de l'assistant")(event) && bodyOf(event).includes(text);
  const exactly = (text: string) => (event: Seen) =>
    fromBot(event) && bodyOf(event) === plainTypography(text);
  const dm = (agent: Person): string => dms.get(agent) ?? '';
  const root = (agent: Person): string => roots.get(agent) ?? '';
  const inThread = (agent: Person) => ({
    rel_type: 'm.thread',
    event_id: root(agent),
    is_falling_back: true,
    'm.in_reply_to': { event_id: root(agent) },
  });
  const bodies = async (person: Person, room: string): Promise<string[]> =>
    (await person.read(room)).filter(fromBot).map(bodyOf);

  /** The operator writes in the thread, and the agent reads it. */
  async function help(operator: Person, salon: string, agent: Person, text: string): Promise<void> {
    sent.push({ text: `Conseiller : ${text}`, reader: agent, room: () => dm(agent) });
    await operator.say(salon, text, inThread(agent));
    await agent.waitFor(dm(agent), text, exactly(`Conseiller : ${text}`));
  }

  /** The agent writes in private, and the operator reads it in the thread. */
  async function reply(agent: Person, operator: Person, salon: string, text: string): Promise<void> {
    sent.push({ text: `Agent : ${text}`, reader: operator, room: () => salon });
    await agent.say(dm(agent), text);
    const copy = await operator.waitFor(salon, text, exactly(`Agent : ${text}`));
    expect(threadOf(copy)).toBe(root(agent));
  }

  async function openTicket(agent: Person, question: string | null, number: number): Promise<void> {
    dms.set(agent, await agent.createDirectRoom(bot.account.userId));
    await agent.waitForMember(dm(agent), bot.account.userId);
    if (question !== null) {
      const asked = await agent.say(dm(agent), question);
      await agent.waitFor(dm(agent), 'answer', (event) => fromBot(event) && answers(event, asked));
    }
    await agent.say(dm(agent), 'je veux parler à quelqu’un');
    await agent.waitFor(dm(agent), 'consent', saying("d'accord"));
    await agent.say(dm(agent), 'oui');
    await agent.waitFor(dm(agent), 'number', saying(`n° ${number}`));
  }

  test('each demande goes to the salon of its theme, the rest to the default one', async () => {
    await openTicket(ana, 'mon vpn marche pas sur mon noemi', 1);
    await openTicket(boris, null, 2);
    await openTicket(carla, 'comment chiffrer une clé usb ?', 3);
    const [first, second, third] = await Promise.all([
      dora.waitFor(network, 'first', saying('Demande n° 1')),
      alice.waitFor(main, 'second', saying('Demande n° 2')),
      alice.waitFor(main, 'third', saying('Demande n° 3')),
    ]);
    roots.set(ana, first.id);
    roots.set(boris, second.id);
    roots.set(carla, third.id);
    expect(bodyOf(first)).toMatch(/Problème : « mon vpn[\s\S]*Ana Agent[\s\S]*en attente depuis le/);
    expect((await bodies(alice, main)).join()).not.toContain('Demande n° 1');
    expect((await bodies(dora, network)).join()).not.toMatch(/Demande n° [23]/);
    // One salon, one queue: boris is first there, carla second.
    expect((await bodies(boris, dm(boris))).join()).toContain('en 1ʳᵉ position');
    expect((await bodies(carla, dm(carla))).join()).toContain('en 2ᵉ position');
    const exchange = await dora.waitFor(network, 'exchange', (event) => threadOf(event) === first.id);
    expect(String(exchange.content['formatted_body'])).toMatch(/<details>[\s\S]*ResetVPN/);
    expect(bodyOf(exchange)).not.toMatch(/Résolu \?|Bonjour, je suis l.assistant/);
  });

  test('two operators take them, and talk to the right agent', async () => {
    await dora.react(network, root(ana), '✋');
    await alice.react(main, root(boris), '✋');
    await alice.react(main, root(carla), '✋');
    for (const agent of [ana, boris, carla]) {
      await agent.waitFor(dm(agent), 'claim', saying('Un conseiller a pris'));
    }
    await help(dora, network, ana, 'pour ana : quelle couleur a l’icône ?');
    await help(alice, main, boris, 'pour boris : que se passe-t-il ?');
    await help(alice, main, carla, 'pour carla : quelle clé ?');
    await reply(ana, dora, network, 'd’ana : elle est rouge');
    await reply(boris, alice, main, 'de boris : mon écran est noir');
  });

  test('writing beside the thread reaches nobody, and is told once with a link', async () => {
    await alice.say(main, 'à côté : avez-vous redémarré ?');
    const warning = await alice.waitFor(main, 'warning', saying('reste entre conseillers'));
    expect(String(warning.content['formatted_body'])).toContain('https://matrix.to/#/');
    await alice.say(main, 'à côté : et maintenant ?');
  });

  test('the copilot’s proposal is sent by one reaction, and another one is refused', async () => {
    sent.push({ text: 'Agent : comment chiffrer une clé usb ?', reader: dora, room: () => network });
    await ana.say(dm(ana), 'comment chiffrer une clé usb ?');
    // Another one came before, about the colour of the icon: the holder leaves it alone.
    const proposal = await dora.waitFor(network, 'proposal', proposing('BitLocker'));
    expect(threadOf(proposal)).toBe(root(ana));
    expect((await bodies(ana, dm(ana))).filter((text) => text.includes('BitLocker'))).toEqual([]);
    await dora.react(network, proposal.id, '📨');
    const received = await ana.waitFor(dm(ana), 'proposal', saying('BitLocker'));
    expect(bodyOf(received)).toMatch(/^Conseiller :/);
    await dora.waitFor(network, 'who sent it', saying("envoyée à l'agent par Dora Petit"));

    sent.push({
      text: 'Agent : comment me connecter au wifi avec mon noemi ?',
      reader: alice,
      room: () => main,
    });
    await boris.say(dm(boris), 'comment me connecter au wifi avec mon noemi ?');
    const refused = await alice.waitFor(main, 'proposal', proposing('Wi-Fi'));
    await alice.react(main, refused.id, '❌');
    await alice.waitFor(main, 'refusal', saying('écartée par Alice Martin'));
    expect((await bodies(boris, dm(boris))).join()).not.toContain('Wi-Fi');
  });

  test('a canned reply is filled in and sent', async () => {
    const text = 'Bonjour Boris Agent, redémarrez NOEMI (demande n° 2).';
    await boris.say(dm(boris), 'j’ai un noemi');
    await alice.waitFor(main, 'profile', exactly('Agent : j’ai un noemi'));
    await alice.say(main, '!r redemarrer', inThread(boris));
    const received = await boris.waitFor(dm(boris), 'canned reply', saying('redémarrez'));
    // While a human holds the demande nothing is learnt: what is not known is named as what it is.
    expect([text, text.replace('NOEMI', 'votre poste')].map((one) => `Conseiller : ${one}`)).toContain(
      bodyOf(received),
    );
    await alice.waitFor(main, 'what was sent', saying("Envoyé à l'agent : Bonjour Boris Agent"));
  });

  test('a secret is withheld, and both sides know it', async () => {
    await carla.say(dm(carla), 'mon mot de passe est Soleil!2024');
    await carla.waitFor(dm(carla), 'warning', saying('pas transmis au conseiller'));
    const told = await alice.waitFor(main, 'notice', saying("Un message de l'agent n'est pas transmis"));
    expect(threadOf(told)).toBe(root(carla));
    expect((await alice.read(main)).map(bodyOf).join()).not.toContain('Soleil');
  });

  test('killed between two messages, nothing is lost or doubled', async () => {
    await bot.stop('SIGKILL');
    await ana.say(dm(ana), 'd’ana, bot tué : toujours rouge');
    await dora.say(network, 'pour ana, bot tué : débranchez', inThread(ana));
    sent.push({ text: 'Agent : d’ana, bot tué : toujours rouge', reader: dora, room: () => network });
    sent.push({ text: 'Conseiller : pour ana, bot tué : débranchez', reader: ana, room: () => dm(ana) });
    await bot.start();
    await dora.waitFor(network, 'agent', exactly('Agent : d’ana, bot tué : toujours rouge'));
    await ana.waitFor(dm(ana), 'operator', exactly('Conseiller : pour ana, bot tué : débranchez'));
  });

  test('a reminder names who asked for it', async () => {
    await dora.say(network, '!rappel 1 min', inThread(ana));
    await dora.waitFor(network, 'note', saying('je vous rappellerai'));
    const limit = Date.now() + 100_000;
    let reminder: Seen | undefined;
    while (!reminder && Date.now() < limit) {
      reminder = (await dora.read(network)).find(saying('vous avez demandé ce rappel'));
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    expect(reminder?.content['m.mentions']).toEqual({ user_ids: [dora.account.userId] });
  });

  test('a transfer to the other salon, the bot killed again: the old thread reaches nobody', async () => {
    const old = inThread(carla);
    await alice.say(main, '!transferer reseau', old);
    await carla.waitFor(dm(carla), 'transfer', saying('connaissent mieux ce sujet'));
    const moved = await dora.waitFor(network, 'ticket', saying('Demande n° 3'));
    await alice.say(main, 'vieux fil : vous êtes là ?', old);
    await alice.waitFor(main, 'refusal', saying('dans le salon « reseau »'));
    roots.set(carla, moved.id);
    await dora.react(network, moved.id, '✋');
    await expect
      .poll(async () => (await bodies(carla, dm(carla))).filter((text) => text.includes('a pris')).length, {
        timeout: 20_000,
      })
      .toBe(2);
    // The reminder took a minute: the three were opened before this one began.
    writeSupportFile(`bilan: { jour: ${dayInParis(0)}, heure: "${timeInParis()}" }\n`);
    await bot.stop('SIGKILL');
    await bot.start();
    await help(dora, network, carla, 'pour carla : je reprends');
    await reply(carla, dora, network, 'de carla : merci');
  });

  test('the weekly report comes to the default salon, once, and names nobody', async () => {
    const report = await alice.waitFor(main, 'report', saying('Bilan du'));
    expect(bodyOf(report)).toContain('3 demandes ouvertes, 0 close');
    expect(bodyOf(report)).not.toMatch(/Ana|Boris|Carla|Alice|Dora/);
  });

  test('each is closed, and the agent says whether it is solved', async () => {
    await dora.say(network, '!clore', inThread(ana));
    await dora.say(network, '!clore', inThread(carla));
    await alice.say(main, '!clore', inThread(boris));
    const question = await ana.waitFor(dm(ana), 'question', saying('Le problème est-il résolu ?'));
    await ana.react(dm(ana), question.id, '👍');
    await boris.waitFor(dm(boris), 'question', saying('Le problème est-il résolu ?'));
    await boris.say(dm(boris), 'non');
    await dora.waitFor(network, 'satisfaction', saying("n° 1 : l'agent dit que le problème est résolu"));
    await alice.waitFor(main, 'satisfaction', saying("n° 2 : l'agent dit que le problème n'est pas résolu"));
    await alice.say(main, '!bilan');
    const report = await alice.waitFor(main, 'figures', saying('3 closes'));
    expect(bodyOf(report)).toMatch(/résolu : 1 sur 2 réponses ; 67 %[\s\S]*1 envoyée, 1 écartée/);
    const metrics = await fetch(`${bot.healthUrl}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(/^assistant_tickets_closed_week 3$/m);
    expect(metrics).toMatch(/^assistant_proposals_sent_week 1$/m);
  });

  test('an operator begins: nothing passes before the agent answers', async () => {
    await alice.say(main, `!ecrire ${ana.account.userId} la mise à jour du poste`);
    const ticket = await alice.waitFor(main, 'ticket', saying('Demande n° 4'));
    roots.set(ana, ticket.id);
    const invitation = await ana.waitFor(dm(ana), 'invitation', saying('« la mise à jour du poste »'));
    await alice.say(main, 'trop tôt : êtes-vous là ?', inThread(ana));
    await alice.waitFor(main, 'refusal', saying("n'a pas encore répondu"));
    await ana.react(dm(ana), invitation.id, '👍');
    await alice.waitFor(main, 'consent', saying("L'agent a répondu"));
    await help(alice, main, ana, 'pour ana : redémarrez ce soir');
    await reply(ana, alice, main, 'd’ana : entendu');
    await alice.say(main, '!clore 4');
    await ana.waitFor(dm(ana), 'end', saying('clos votre demande n° 4'));
  });

  test('nothing was lost, doubled, or sent to the wrong person', async () => {
    const rooms: readonly (readonly [Person, string])[] = [
      [ana, dm(ana)],
      [boris, dm(boris)],
      [carla, dm(carla)],
      [alice, main],
      [dora, network],
    ];
    const read = await Promise.all(
      rooms.map(async ([person, room]) => ({ person, room, texts: await bodies(person, room) })),
    );
    for (const { text, reader, room } of sent) {
      for (const { person, room: where, texts } of read) {
        const copies = texts.filter((body) => body === plainTypography(text)).length;
        const expected = person === reader && where === room() ? 1 : 0;
        expect({ text, where: person.account.userId, copies }).toEqual({
          text,
          where: person.account.userId,
          copies: expected,
        });
      }
    }
    const inPrivate = read.filter(({ person }) => person !== alice && person !== dora);
    for (const { texts } of inPrivate) {
      expect(texts.join('\n')).not.toMatch(/à côté|vieux fil|trop tôt|Proposition|!r |!clore|Bilan/);
    }
    expect(read.flatMap(({ texts }) => texts.filter((text) => text.startsWith('Bilan du'))).length).toBe(2);
    expect(
      read.flatMap(({ texts }) => texts.filter((text) => text.includes('demandé ce rappel'))).length,
    ).toBe(1);
    expect(bot.output()).not.toMatch(/elle est rouge|débranchez|Soleil|mon écran est noir/);
  });
});

function answers({ content }: Seen, question: string): boolean {
  const relation = content['m.relates_to'] as { 'm.in_reply_to'?: { event_id?: string } } | undefined;
  return relation?.['m.in_reply_to']?.event_id === question;
}

/** Of today, or of so many days after. */
function dayInParis(after: number): string {
  const format = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', weekday: 'long' });
  return format.format(Date.now() + after * 86_400_000);
}

function timeInParis(): string {
  const format = new Intl.DateTimeFormat('fr-FR', {
    timeZone: 'Europe/Paris',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return format.format(Date.now());
}
