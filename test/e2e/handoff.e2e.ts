import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
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
import { type Account, type Synapse, startSynapse } from './homeserver/start-synapse.ts';

/** Issue 7, « It is done when », played by people on a real homeserver; the bot is a process that gets killed. */
describe.each([
  ['nothing encrypted', createClearPerson],
  ['everything encrypted', createEncryptedPerson],
] as const)('a human takes over, %s', (_name, createPerson) => {
  let synapse: Synapse;
  let bot: BotProcess;
  let ana: Person;
  let alice: Person;
  let bruno: Person;
  let salon: string;
  let dm: string;
  let root: string;

  beforeAll(async () => {
    synapse = await startSynapse();
    const account = await synapse.createUser('assistant', { displayName: 'Assistant télétravail' });
    [ana, alice, bruno] = await Promise.all([
      createPerson(synapse, 'ana', 'Ana Agent [Intérieur]'),
      createPerson(synapse, 'alice', 'Alice Martin [DNUM]'),
      createPerson(synapse, 'bruno', 'Bruno Petit [DNUM]'),
    ]);
    salon = await alice.createRoom({
      preset: 'private_chat',
      name: 'Conseillers',
      invite: [account.userId, bruno.account.userId],
    });
    await bruno.join(salon);
    bot = await startBot(synapse, { account, settings: { SUPPORT_ROOM: salon } });
    await alice.waitForMember(salon, account.userId);
    await alice.waitForMember(salon, bruno.account.userId);
  }, 180_000);

  afterAll(async () => {
    await Promise.all([ana?.stop(), alice?.stop(), bruno?.stop()]);
    await bot?.remove();
    await synapse?.remove();
  });

  const inThread = () => ({
    rel_type: 'm.thread',
    event_id: root,
    is_falling_back: true,
    'm.in_reply_to': { event_id: root },
  });
  const fromBot = (event: Seen): boolean => event.sender === bot.account.userId;
  const saying = (text: string) => (event: Seen) => fromBot(event) && bodyOf(event).includes(text);
  const exactly = (text: string) => (event: Seen) =>
    fromBot(event) && bodyOf(event) === plainTypography(text);
  const answerOf = (person: Person, text: string) => person.say(salon, text, inThread());

  test('the agent asks, consents, and gets a number; the salon gets the ticket and the exchange', async () => {
    dm = await ana.createDirectRoom(bot.account.userId);
    await ana.waitForMember(dm, bot.account.userId);
    await ana.say(dm, 'mon vpn marche pas sur mon noemi');
    await ana.waitFor(dm, 'answer', saying('ResetVPN'));
    await ana.say(dm, 'je veux parler à quelqu’un');
    await ana.waitFor(dm, 'consent', saying("d'accord"));
    expect((await alice.read(salon)).filter(saying('Demande'))).toEqual([]);
    await ana.say(dm, 'oui');
    await ana.waitFor(dm, 'number', saying('n° 1'));
    const ticket = await alice.waitFor(salon, 'ticket', saying('Demande n° 1'));
    root = ticket.id;
    expect(bodyOf(ticket)).toMatch(/le VPN[\s\S]*Ana Agent/);
    expect(bodyOf(ticket)).toContain('Problème : « mon vpn marche pas sur mon noemi »');
    // The ticket quotes the problem as well, and opens the thread.
    const exchange = await alice.waitFor(
      salon,
      'exchange',
      (message) => message.id !== root && saying('mon vpn marche pas sur mon noemi')(message),
    );
    expect(threadOf(exchange)).toBe(root);
    expect(String(exchange.content['formatted_body'])).toContain('<details>');
  });

  test('one operator claims with a hand, the other is refused', async () => {
    await alice.react(salon, root, '✋');
    await ana.waitFor(dm, 'claim', saying('Un conseiller a pris'));
    await bruno.say(salon, '!prendre 1');
    const refusal = await bruno.waitFor(salon, 'refusal', saying('déjà prise par Alice Martin'));
    expect(refusal.content['m.mentions']).toEqual({ user_ids: [bruno.account.userId] });
  });

  test('messages go both ways, with an edit, the bot killed and started again between two of them', async () => {
    const first = await answerOf(alice, 'Bonjour, quelle couleur a l’icone ?');
    await ana.waitFor(dm, 'first message', exactly('Conseiller : Bonjour, quelle couleur a l’icone ?'));
    await alice.edit(salon, first, 'Bonjour, quelle couleur a l’icône ?');
    await ana.waitFor(dm, 'edit', exactly('Conseiller : Bonjour, quelle couleur a l’icône ?'));
    await ana.say(dm, 'elle est bleue');
    await alice.waitFor(salon, 'first answer', exactly('Agent : elle est bleue'));

    await answerOf(alice, 'Tapez ResetVPN dans la recherche');
    await bot.stop('SIGKILL');
    await ana.say(dm, 'je le fais');
    await answerOf(alice, 'Dites-moi quand c’est fini');
    await bot.start();

    await ana.waitFor(dm, 'third message', exactly('Conseiller : Dites-moi quand c’est fini'));
    await alice.waitFor(salon, 'second answer', exactly('Agent : je le fais'));
    await ana.say(dm, 'ça marche !');
    await alice.waitFor(salon, 'third answer', exactly('Agent : ça marche !'));

    const relayed = async (person: Person, room: string, prefix: string) =>
      (await person.read(room))
        .filter((event) => fromBot(event) && bodyOf(event).startsWith(prefix) && !isEdit(event))
        .map(bodyOf)
        .filter((text) => !text.includes('\n'));
    const toAgent = await relayed(ana, dm, 'Conseiller :');
    expect(toAgent.slice(1)).toEqual([
      'Conseiller : Tapez ResetVPN dans la recherche',
      "Conseiller : Dites-moi quand c'est fini",
    ]);
    expect(toAgent).toHaveLength(3);
    expect(await relayed(alice, salon, 'Agent :')).toEqual([
      'Agent : elle est bleue',
      'Agent : je le fais',
      'Agent : ça marche !',
    ]);
    const answers = (await alice.read(salon)).filter(exactly('Agent : ça marche !'));
    expect(answers.map(threadOf)).toEqual([root]);
  });

  test('what is long, in characters or in bytes, is passed on whole, and so is its edit', async () => {
    // A quote takes 1 byte as it is typed, 2 in JSON and 6 in HTML, and an edit holds each twice.
    const costly = '"&" '.repeat(1_400);
    const said = await ana.say(dm, `${costly}un`);
    await alice.waitFor(salon, 'a costly message', (event) => fromBot(event) && bodyOf(event).endsWith('un'));
    await ana.edit(dm, said, `${costly}deux`);
    await alice.waitFor(salon, 'its edit', (event) => fromBot(event) && bodyOf(event).endsWith('deux'));
    await ana.say(dm, `${'mot '.repeat(7_000)}dernier`);
    await alice.waitFor(
      salon,
      'the end of a long message',
      (event) => fromBot(event) && bodyOf(event).endsWith('dernier'),
    );
  });

  test('what is not written in the thread, or not by the holder, or a command, never reaches the agent', async () => {
    await alice.say(salon, 'qui va déjeuner ?');
    await answerOf(bruno, 'je connais cet agent');
    await answerOf(alice, '!note icône bleue, fiche à compléter');
    await alice.waitFor(salon, 'note', saying('Note gardée'));
    const seen = (await ana.read(dm)).map(bodyOf).join('\n');
    expect(seen).not.toMatch(/déjeuner|je connais cet agent|fiche à compléter/);
  });

  test('a picture reaches the operator, who can open it', async () => {
    const bytes = randomBytes(2_000);
    const { content, open } = await uploadPicture(
      synapse,
      ana.account,
      bytes,
      createPerson !== createClearPerson,
    );
    await ana.send(dm, content);
    const copy = await alice.waitFor(
      salon,
      'picture',
      (event) => fromBot(event) && event.content['msgtype'] === 'm.image',
    );
    expect(copy.content).toMatchObject({ filename: 'ecran.png', body: 'Agent : ecran.png' });
    expect(threadOf(copy)).toBe(root);
    expect(await open(copy.content, alice.account)).toEqual(bytes);
  });

  test('a deleted message is deleted on the other side', async () => {
    const sent = await ana.say(dm, 'message envoyé par erreur');
    const copy = await alice.waitFor(salon, 'copy', exactly('Agent : message envoyé par erreur'));
    await ana.redact(dm, sent);
    await expect
      .poll(async () => (await alice.read(salon)).find(({ id }) => id === copy.id)?.content['body'], {
        timeout: 20_000,
      })
      .toBeUndefined();
  });

  test('the ticket is closed, the agent says in one tap whether it is solved', async () => {
    await alice.react(salon, root, '✅');
    const question = await ana.waitFor(dm, 'question', saying('Le problème est-il résolu ?'));
    await ana.react(dm, question.id, '👍');
    await ana.waitFor(dm, 'thanks', saying('merci de votre réponse'));
    await alice.waitFor(salon, 'satisfaction', saying("l'agent dit que le problème est résolu"));
    await ana.say(dm, 'comment chiffrer une clé USB avec BitLocker ?');
    await ana.waitFor(dm, 'the bot again', saying('BitLocker'));
  });

  test('an operator who leaves the salon gives the ticket back, and nobody is lost', async () => {
    await ana.say(dm, 'je veux parler à quelqu’un');
    await ana.waitFor(
      dm,
      'second consent',
      (event) => saying("d'accord")(event) && bodyOf(event).includes('transmettre'),
    );
    await ana.say(dm, 'conseiller');
    const second = await alice.waitFor(salon, 'second ticket', saying('Demande n° 2'));
    await bruno.react(salon, second.id, '✋');
    await alice.waitFor(salon, 'claim', saying('n° 2 prise par Bruno'));
    await bruno.leave(salon);
    await ana.waitFor(dm, 'back to the queue', saying('Un autre va la reprendre'));
    await alice.react(salon, second.id, '✋');
    await alice.waitFor(salon, 'second claim', saying('n° 2 prise par Alice'));
    await ana.leave(dm);
    await alice.waitFor(salon, 'departure', saying("L'agent a quitté"));
  });

  test('no message text is in the logs', () => {
    expect(bot.output()).not.toMatch(/elle est bleue|quelle couleur|ResetVPN dans la recherche/);
  });
});

function isEdit({ content }: Seen): boolean {
  return (content['m.relates_to'] as { rel_type?: string } | undefined)?.rel_type === 'm.replace';
}

/** A picture on the homeserver, encrypted as the client-server specification says (« Sending encrypted attachments »). */
async function uploadPicture(synapse: Synapse, account: Account, bytes: Buffer, encrypted: boolean) {
  const key = randomBytes(32);
  const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  const sent = encrypted ? Buffer.concat([cipher.update(bytes), cipher.final()]) : bytes;
  const answer = await fetch(`${synapse.url}/_matrix/media/v3/upload?filename=ecran.png`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${account.accessToken}`, 'Content-Type': 'image/png' },
    body: new Uint8Array(sent),
  });
  const { content_uri: url } = (await answer.json()) as { content_uri: string };
  const unpadded = (data: Buffer) => data.toString('base64').replace(/=+$/, '');
  const file = {
    url,
    v: 'v2',
    key: {
      kty: 'oct',
      key_ops: ['encrypt', 'decrypt'],
      alg: 'A256CTR',
      k: key.toString('base64url'),
      ext: true,
    },
    iv: unpadded(iv),
    hashes: { sha256: unpadded(createHash('sha256').update(sent).digest()) },
  };
  const info = { mimetype: 'image/png', size: bytes.length };
  return {
    content: { msgtype: 'm.image', body: 'ecran.png', info, ...(encrypted ? { file } : { url }) },
    /** As somebody else's client does, with what they received and nothing more. */
    async open(received: Record<string, unknown>, reader: Account): Promise<Buffer> {
      const given = received['file'] as typeof file | undefined;
      const [, , server, media] = String(given?.url ?? received['url']).split('/');
      const download = await fetch(`${synapse.url}/_matrix/client/v1/media/download/${server}/${media}`, {
        headers: { Authorization: `Bearer ${reader.accessToken}` },
      });
      const data = Buffer.from(await download.arrayBuffer());
      if (!given) return data;
      const opening = [Buffer.from(given.key.k, 'base64url'), Buffer.from(given.iv, 'base64')] as const;
      const decipher = createDecipheriv('aes-256-ctr', ...opening);
      return Buffer.concat([decipher.update(data), decipher.final()]);
    },
  };
}
