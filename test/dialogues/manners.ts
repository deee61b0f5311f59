import { describe, expect, test } from 'vitest';
import { shipped, startDialogue } from './play.ts';

describe('small talk (issue 6, point 7)', () => {
  test('welcomes on first contact, once, even after a long silence', () => {
    const dialogue = startDialogue();
    const hello = dialogue.say('bonjour');
    expect(hello.outcome).toBe('smalltalk');
    expect(hello.text.match(/Bonjour/g)).toHaveLength(1);
    expect(hello.text).toContain("je suis l'assistant télétravail");
    expect(dialogue.say('mon vpn marche pas sur mon noemi').text).not.toContain("je suis l'assistant");
    dialogue.wait(60 * 24 * 3);
    expect(dialogue.say('bonjour').text).not.toContain("je suis l'assistant");
  });

  test('puts the welcome before the first answer when the first message is a question', () => {
    const answer = startDialogue().say('mon vpn marche pas sur mon noemi');
    expect(answer.replies).toHaveLength(1);
    expect(answer.text).toMatch(/^Bonjour, je suis l'assistant télétravail/);
    expect(answer.text).toContain("Regardez l'icône du VPN");
  });

  test('introduces itself when invited, and does not welcome again after that', () => {
    const dialogue = startDialogue();
    expect(dialogue.play({ type: 'arrival' }).text).toContain("je suis l'assistant télétravail");
    expect(dialogue.say('mon vpn marche pas sur mon noemi').text).not.toContain("je suis l'assistant");
  });

  test.each([
    ['merci beaucoup', 'Avec plaisir'],
    ['au revoir', 'bonne journée'],
  ])('answers "%s" in kind', (words, answer) => {
    const dialogue = startDialogue();
    dialogue.say('bonjour');
    expect(dialogue.say(words)).toMatchObject({ outcome: 'smalltalk' });
    expect(dialogue.say(words).text).toContain(answer);
  });

  test('"que sais-tu faire ?" opens a menu by theme; each entry is a question that can be picked', () => {
    const dialogue = startDialogue();
    const themes = dialogue.say('que sais-tu faire ?');
    expect(themes).toMatchObject({ outcome: 'smalltalk', intent: 'capacites' });
    for (const title of shipped.content.sentences.themes.values()) expect(themes.text).toContain(title);
    const questions = dialogue.say('nomade 2');
    expect(questions.text).toContain('1. ');
    expect(dialogue.say('menu').text).toContain('Voici les sujets');
    dialogue.say('5');
    const picked = dialogue.say('2');
    expect(picked).toMatchObject({ outcome: 'answer', confidence: 1 });
    expect(picked.fiche).toMatch(/^nomade2-/);
  });

  test('a question asked while the menu is open is answered', () => {
    const dialogue = startDialogue();
    dialogue.say('menu');
    expect(dialogue.say('mon vpn marche pas sur mon noemi')).toMatchObject({ fiche: 'noemi-vpn' });
  });

  test('every fiche is in the menu', () => {
    const found = new Set<string | null>();
    const count = shipped.content.sentences.themes.size;
    for (let theme = 1; theme <= count; theme++) {
      for (let entry = 1; entry <= 12; entry++) {
        const dialogue = startDialogue();
        dialogue.say('menu');
        const alone = dialogue.say(String(theme));
        found.add(alone.fiche ?? dialogue.say(String(entry)).fiche);
      }
    }
    expect([...shipped.content.fiches.keys()].filter((id) => !found.has(id))).toEqual([]);
  });

  test('stays calm when insulted, says so once, and still answers', () => {
    const dialogue = startDialogue();
    expect(dialogue.say("t'es vraiment nul").text).toContain('Je comprends que ce soit pénible');
    expect(dialogue.say('espèce de connard').text).not.toContain('Je comprends');
    const angry = startDialogue().say('mon vpn marche pas sur mon noemi putain');
    expect(angry).toMatchObject({ outcome: 'answer', fiche: 'noemi-vpn' });
  });

  test.each([
    'hello, how do I connect to the VPN please?',
    'no puedo conectarme, necesito ayuda con mi ordenador',
    'ich kann nicht arbeiten, bitte Hilfe mit dem Passwort',
    'non riesco a collegarmi, come posso fare per favore',
    'لا أستطيع الاتصال',
    'не могу подключиться',
  ])('says that it answers in French, with the number: %s', (words) => {
    const answer = startDialogue().say(words);
    expect(answer.text).toContain('Je réponds seulement en français');
    expect(answer.text).toContain('01 40 07 20 00');
  });

  test.each([
    'wifi',
    'reset vpn',
    'noemi hs',
    'slt jarive pa a me co o vpn',
    'tchap cest koi',
    'BitLocker not found',
  ])('does not take "%s" for another language', (words) => {
    expect(startDialogue().say(words).text).not.toContain('seulement en français');
  });

  test.each(['image', 'file', 'audio', 'video', 'other'] as const)(
    'says of a %s that it reads text only',
    (media) => {
      const dialogue = startDialogue();
      dialogue.say('comment partager la connexion de mon téléphone');
      expect(dialogue.play({ type: 'media', media }).text).toContain('Je lis seulement le texte');
      // What it was waiting for, it still is.
      expect(dialogue.say('android').outcome).toBe('answer');
    },
  );

  test('"oui", "suivant" or a number out of nowhere get a hint, not a procedure', () => {
    for (const words of ['oui', 'suivant', '3', 'le deuxième', 'ok', '👍', '???', '🤷']) {
      const dialogue = startDialogue();
      dialogue.say('bonjour');
      expect(dialogue.say(words)).toMatchObject({ outcome: 'smalltalk', fiche: null });
    }
  });

  test('a foreign tool is named, with who can help', () => {
    const answer = startDialogue().say('teams bug');
    expect(answer.outcome).toBe('fallback');
    expect(answer.text).toContain('ne parle pas de Teams');
    expect(answer.text).toContain('72000');
  });

  test("a person's words are never said back", () => {
    for (const words of [
      '<b>imprimante</b> @room https://evil.example',
      '**gras** [lien](https://evil.example)',
    ]) {
      const { html, text } = startDialogue().say(words);
      expect(`${html}${text}`).not.toMatch(/evil|@room|<b>/);
    }
  });
});

describe('edits and deletions (point 8)', () => {
  test('an edited question gets its answer edited', () => {
    const dialogue = startDialogue();
    dialogue.say('bonjour');
    dialogue.say('mon vpn marche pas sur mon noemi');
    const asked = dialogue.turn;
    const answer = dialogue.edit('comment chiffrer une clé usb avec bitlocker');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'bitlocker' });
    expect(answer.replies[0]?.replaces).toBe(asked);
    dialogue.react('👍', asked);
    expect(dialogue.effects).toEqual([{ type: 'feedback', fiche: 'bitlocker', solved: true }]);
  });

  test('is answered from where things stood before it', () => {
    const dialogue = startDialogue();
    dialogue.say('comment partager la connexion de mon téléphone');
    dialogue.say('iphone');
    const answer = dialogue.edit('android');
    expect(answer.text).toContain("« Point d'accès mobile »");
    expect(dialogue.edit('iphone finalement').text).toContain('Données cellulaires');
  });

  test('an older question edited changes nothing of what is under way', () => {
    const dialogue = startDialogue();
    dialogue.say("c'est quoi tchap");
    const older = dialogue.turn;
    dialogue.say('mon vpn marche pas sur mon noemi');
    dialogue.say('pas à pas');
    expect(dialogue.edit("c'est quoi jitsi", older).replies[0]?.replaces).toBe(older);
    expect(dialogue.say('suivant').text).toContain('Étape 2/4');
  });

  test('two answers that become one: the old ones go', () => {
    const dialogue = startDialogue();
    dialogue.say('comment installer le certificat nomade ? et comment créer une réunion jitsi ?');
    const asked = dialogue.turn;
    const answer = dialogue.edit('comment créer une réunion jitsi ?');
    expect(answer.effects).toContainEqual({ type: 'withdraw', turnId: asked });
    expect(answer.replies).toMatchObject([{ replaces: null }]);
  });

  test('a deleted question is forgotten, and so is its answer', () => {
    const dialogue = startDialogue();
    dialogue.say('bonjour');
    dialogue.say('ma phrase à oublier : vpn');
    const deleted = dialogue.erase();
    expect(deleted).toMatchObject({ outcome: 'silence', replies: [] });
    expect(deleted.effects).toEqual([{ type: 'withdraw', turnId: 't2' }]);
    expect(JSON.stringify(dialogue.state)).not.toContain('oublier');
    expect(dialogue.say('oui').outcome).toBe('smalltalk');
  });
});

describe('in a salon', () => {
  test('answers shorter, and sends long procedures to the direct message', () => {
    const answer = startDialogue({ place: 'salon' }).say('comment générer mon certificat nomade 2');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'nomade2-certificat' });
    expect(answer.text).toContain('message privé');
    expect(answer.text).not.toContain('7. ');
    expect(answer.text).not.toContain('Bonjour');
    expect(answer.replies.every(({ reactions }) => reactions.length === 0)).toBe(true);
  });

  test('a 👍 is counted without a word', () => {
    const dialogue = startDialogue({ place: 'salon' });
    dialogue.say('mon vpn marche pas sur mon noemi');
    expect(dialogue.react('👍')).toMatchObject({ outcome: 'silence', replies: [] });
    expect(dialogue.effects).toEqual([{ type: 'feedback', fiche: 'noemi-vpn', solved: true }]);
  });

  test('goes on in private to speak to a human', () => {
    const dialogue = startDialogue({ place: 'salon' });
    dialogue.say('mon vpn marche pas sur mon noemi');
    const turn = dialogue.say('je veux parler à un conseiller');
    expect(turn.replies.map(({ to }) => to)).toEqual(['here', 'dm']);
    const [effect] = turn.effects;
    expect(effect?.type).toBe('continue-in-dm');
    const inPrivate = startDialogue({}, shipped, effect?.type === 'continue-in-dm' ? effect.state : null);
    inPrivate.say('oui');
    expect(inPrivate.effects).toMatchObject([{ type: 'open-ticket', request: { fiche: 'noemi-vpn' } }]);
    dialogue.say('oui');
    expect(dialogue.effects.filter(({ type }) => type === 'open-ticket')).toEqual([]);
  });

  test('introduces itself when invited, shortly', () => {
    const hello = startDialogue({ place: 'salon' }).play({ type: 'arrival' });
    expect(hello.text).toContain('mentionnez-moi');
    expect(hello.text.length).toBeLessThan(300);
  });
});
