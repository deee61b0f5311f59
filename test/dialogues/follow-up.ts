import { describe, expect, test } from 'vitest';
import { readOpenQuestions } from '../../src/evaluation/read-question-sets.ts';
import { shipped, startDialogue } from './play.ts';

const having = (...lines: string[]) => {
  const dialogue = startDialogue();
  for (const line of lines) dialogue.say(line);
  return dialogue;
};

describe('follow-ups (issue 6, point 5)', () => {
  test('"et pour la gendarmerie ?" is about the fiche just shown', () => {
    const answer = having('comment me connecter à comu', '1').say('et pour la gendarmerie ?');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'comu-connexion' });
    expect(answer.text).toContain('prenom.nom@comu.minint.fr');
  });

  test('"et sur Android ?" shows the other telephone', () => {
    const answer = having('partager la connexion de mon iphone avec mon noemi').say('et sur Android ?');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'noemi-partage-connexion' });
    expect(answer.text).toContain("« Point d'accès et partage réseau »");
  });

  test('"c\'est quoi le mot de passe ?" gives the password of this tool, not of another', () => {
    const comu = having('comment me connecter à comu', 'gendarmerie').say("c'est quoi le mot de passe ?");
    expect(comu).toMatchObject({ outcome: 'answer', fiche: 'comu-connexion' });
    expect(comu.text).toContain('intranet');
    const nomade = having("comment demander l'accès à nomade 2").say('et le mot de passe ?');
    expect(nomade.fiche).toMatch(/^nomade2-/);
  });

  test('"c\'est sécurisé ?" and "et l\'adresse ?" are about the tool just spoken of', () => {
    expect(having("c'est quoi tchap").say("c'est sécurisé ?").fiche).toBe('tchap-securite');
    const answer = having('comment me connecter à comu', 'gendarmerie').say("et l'adresse ?");
    expect(answer.text).toContain('https://webconf.comu.minint.fr');
    expect(answer.text).not.toContain('1. ');
  });

  test.each(['ça marche pas', 'ça ne marche toujours pas', 'toujours pas', 'rien ne change', 'pareil'])(
    '"%s" leads to what to do if it persists',
    (words) => {
      expect(having('mon vpn marche pas sur mon noemi').say(words).text).toContain(
        'Vérifiez que vous avez un réseau',
      );
    },
  );

  test('"et si ma carte est perdue ?" is answered, by this fiche or the one on the card', () => {
    const answer = having('mon noemi se met en veille quand je retire la carte').say(
      'et si ma carte est perdue ?',
    );
    expect(answer.outcome).toBe('answer');
    expect(answer.text).toMatch(/CRYHOD|Révocation/);
  });

  test('a full question on something else changes the subject without fuss', () => {
    const dialogue = having('mon vpn marche pas sur mon noemi');
    const answer = dialogue.say('comment chiffrer une clé usb avec bitlocker ?');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'bitlocker' });
    expect(answer.text).not.toContain('VPN');
    dialogue.say('👍');
    expect(dialogue.effects).toEqual([{ type: 'feedback', fiche: 'bitlocker', solved: true }]);
  });

  test('a foreign question stays foreign, whatever was said before', () => {
    const dialogue = having('mon vpn marche pas sur mon noemi');
    expect(dialogue.say('et mon imprimante ?').outcome).not.toBe('answer');
    expect(having('mon vpn marche pas sur mon noemi').say('et teams ?').outcome).toBe('fallback');
  });

  test('goes on an hour later, and is forgotten after a day', () => {
    const dialogue = having('comment me connecter à comu', '1');
    dialogue.wait(60);
    expect(dialogue.say("c'est quoi le mot de passe ?").fiche).toBe('comu-connexion');
    dialogue.wait(25 * 60);
    expect(dialogue.say("c'est quoi le mot de passe ?").fiche).not.toBe('comu-connexion');
  });
});

describe('what is said of the answer just given', () => {
  const vpn = 'mon vpn marche pas sur mon noemi';

  test('a sight of the whole fiche goes on from its step', () => {
    expect(having(vpn).say('elle est bleue').text).toContain('Étape 2/4');
    const solved = having(vpn);
    expect(solved.say('elle est repassée verte').outcome).toBe('smalltalk');
    expect(solved.effects).toEqual([{ type: 'feedback', fiche: 'noemi-vpn', solved: true }]);
  });

  test('another trouble is no thanks, and no « c’est réglé »', () => {
    const dialogue = having('noemi en 4g');
    expect(dialogue.say('mon imprimante aussi est en panne').outcome).toBe('fallback');
    expect(dialogue.effects).not.toContainEqual(expect.objectContaining({ type: 'feedback' }));
  });

  test('a question about the sight is no sight', () => {
    expect(having(vpn).say("elle est où l'icône bleue ?").text).not.toContain('Étape');
    expect(having(vpn).say('pourquoi le ciel est-il bleu ?').text).not.toContain('Étape');
  });

  test.each([
    ['il affiche 34 Go en cellulaire', 'plus de 20 Go'],
    ['il affiche 3 Go en cellulaire', '20 Go ou moins'],
  ])('a number read where the fiche says to look: %s', (said, told) => {
    expect(having('ma 4G rame sur mon noemi').say(said).text).toContain(told);
  });

  test('the other tool, or the other variant, is answered as the question before', () => {
    expect(having("c'est quoi un span").say("non. l'autre. noemi.").fiche).toBe('noemi-presentation');
    const other = having('comment partager la connexion de mon iphone').say("et sur l'autre ?");
    expect(other.text).toContain("« Point d'accès et partage réseau »");
  });

  test.each(['oui svp', "oui s'il vous plaît", 'oui je veux bien'])(
    '« %s » after the last resorts accepts a human, and is not counted as solved',
    (said) => {
      const dialogue = having(vpn, 'non');
      expect(dialogue.say(said).outcome).toBe('handoff');
      expect(dialogue.effects).not.toContainEqual({ type: 'feedback', fiche: 'noemi-vpn', solved: true });
    },
  );

  test('a bare « oui » there says that it is solved, as the sentence under it does', () => {
    expect(having(vpn, 'non').say('oui').text).toContain('Tant mieux');
  });
});

describe('a full question', async () => {
  const intents = shipped.content.intents.map(({ id }) => id);
  const questions = await readOpenQuestions(intents);
  const some = questions.filter((_, index) => index % 4 === 0).map(({ text }) => text);
  const greeted = having('bonjour').state;

  test.each([
    ['after an answer', ['mon vpn marche pas sur mon noemi']],
    ['after a refusal', ['mon vpn marche pas sur mon noemi', 'non']],
    ['before a choice', ['comment je fais pour me connecter']],
    ['before a variant', ['comment partager la connexion de mon téléphone']],
    ['in the menu', ['menu', '2']],
    ['in a guide', ['mon vpn marche pas sur mon noemi', 'pas à pas']],
    ['before a consent', ['je veux parler à un conseiller']],
  ])('is read as it would be at the start, %s', (_name, lines) => {
    const before = having(...lines).state;
    const otherwise = some.filter((question) => {
      const fresh = startDialogue({}, shipped, greeted).say(question);
      // Words that steer, and follow-ups, are meant to depend on what was said.
      return (
        fresh.outcome === 'answer' && startDialogue({}, shipped, before).say(question).fiche !== fresh.fiche
      );
    });
    expect(some.length).toBeGreaterThan(100);
    expect(otherwise.length, otherwise.join('\n')).toBeLessThanOrEqual(some.length * 0.02);
  });
});

describe('not solved (point 6)', () => {
  test("offers the fiche's own branch and related fiches, then the human with the number to call", () => {
    const dialogue = having('mon vpn marche pas sur mon noemi');
    const branch = dialogue.react('👎');
    expect(branch.text).toContain('Vérifiez que vous avez un réseau');
    expect(branch.text).toContain('1. NOEMI : 4G lente ou VPN instable en 4G');
    const human = dialogue.say('non');
    expect(human.outcome).toBe('handoff');
    expect(human.text).toContain('01 40 07 20 00');
    expect(human.text).toContain('72000');
    expect(dialogue.effects).toEqual([
      { type: 'feedback', fiche: 'noemi-vpn', solved: false },
      { type: 'unanswered', text: 'mon vpn marche pas sur mon noemi', nearest: 'noemi-vpn' },
    ]);
  });

  test('a related fiche can be picked, and starts the ladder anew', () => {
    const dialogue = having('mon vpn marche pas sur mon noemi', 'non');
    expect(dialogue.say('1')).toMatchObject({ outcome: 'answer', fiche: 'noemi-4g' });
    expect(dialogue.say('non').outcome).toBe('answer');
  });

  test('two refusals in a row offer the human at once, wherever they were said', () => {
    const dialogue = having('mon imprimante fait du bruit');
    expect(dialogue.say('et comment je détartre ma machine à café ?').outcome).toBe('handoff');
  });

  test('solved in the end is solved', () => {
    const dialogue = having('mon vpn marche pas sur mon noemi', 'non');
    expect(dialogue.say("c'est bon ça marche").text).toContain('Tant mieux');
  });

  test('a branch of the pas à pas that leads to the last resorts is no refusal', () => {
    const dialogue = having('mon vpn marche pas sur mon noemi', 'pas à pas', 'elle est verte');
    expect(dialogue.effects).toEqual([]);
    expect(dialogue.say('non').outcome).toBe('handoff');
  });
});

describe('a human (issue 7, points 1, 5 and 7)', () => {
  test('says what will be passed on, asks, and opens a ticket on yes only', () => {
    const dialogue = having('mon vpn marche pas sur mon noemi', 'pas à pas', 'suivant');
    const asked = dialogue.say('je veux parler à quelqu’un');
    expect(asked.outcome).toBe('handoff');
    expect(asked.text).toContain('Nos derniers messages');
    expect(asked.text).toContain('Fiche suivie : NOEMI : le VPN ne se connecte pas');
    expect(asked.text).toMatch(/Étape 2\/\d+ : /);
    expect(asked.text).toContain('jamais transmis');
    expect(dialogue.effects).toEqual([]);
    dialogue.say('oui');
    const [effect] = dialogue.effects;
    expect(effect).toMatchObject({ type: 'open-ticket', request: { fiche: 'noemi-vpn', step: 2 } });
    const transcript = effect?.type === 'open-ticket' ? effect.request.transcript : [];
    expect(transcript[0]).toMatchObject({ from: 'agent', text: 'mon vpn marche pas sur mon noemi' });
    expect(transcript[1]?.from).toBe('bot');
  });

  test('what is deleted before the yes is not passed on', () => {
    const dialogue = having('mon vpn marche pas sur mon noemi', 'je veux parler à un conseiller');
    dialogue.erase('t1');
    dialogue.say('oui');
    const [effect] = dialogue.effects.filter(({ type }) => type === 'open-ticket');
    expect(effect).toMatchObject({ request: { fiche: 'noemi-vpn', summary: expect.any(Array) } });
    expect(JSON.stringify(effect)).not.toContain('mon vpn marche pas');
  });

  test('a consent asked by a version that summarised nothing still opens its ticket', () => {
    const asked = having('mon vpn marche pas sur mon noemi', 'pas à pas', 'je veux parler à un conseiller');
    const stored = asked.state as unknown as { pending: object };
    const pending = { kind: 'consent', step: 1, asked: 1 };
    const dialogue = startDialogue({}, shipped, { ...stored, pending, version: 1 } as never);
    dialogue.say('oui');
    const [effect] = dialogue.effects;
    expect(effect).toMatchObject({ type: 'open-ticket', request: { fiche: 'noemi-vpn', step: 1 } });
    expect(effect?.type === 'open-ticket' ? effect.request : {}).not.toHaveProperty('summary');
  });

  test.each(['👍', '✅'])('%s consents, 👎 does not', (key) => {
    const yes = having('je veux parler à un conseiller');
    yes.react(key);
    yes.react(key);
    expect(yes.effects.map(({ type }) => type)).toEqual(['open-ticket']);
    const no = having('je veux parler à un conseiller');
    expect(no.react('👎').text).toContain('je ne transmets rien');
    expect(no.effects).toEqual([]);
  });

  test('a question instead of the consent is answered, and nothing is passed on', () => {
    const dialogue = having('je veux parler à un conseiller');
    expect(dialogue.say('comment chiffrer une clé usb avec bitlocker ?').fiche).toBe('bitlocker');
    dialogue.say('oui');
    expect(dialogue.effects.map(({ type }) => type)).toEqual(['feedback']);
  });

  test('asks again once when the answer is neither yes nor no, then lets go', () => {
    const dialogue = having('je veux parler à un conseiller');
    expect(dialogue.say('bof').text).toContain('Voulez-vous que je transmette');
    dialogue.say('bof bof');
    dialogue.say('blablabla');
    expect(dialogue.effects.filter(({ type }) => type === 'open-ticket')).toEqual([]);
  });

  test('without a support salon, says so and gives the numbers of the guide', () => {
    const answer = startDialogue({ handoff: 'none' }).say('je veux parler à quelqu’un');
    expect(answer.outcome).toBe('handoff');
    for (const way of ['72000', '01 40 07 20 00', 'SETNA']) expect(answer.text).toContain(way);
    expect(answer.replies[0]?.reactions).toEqual([]);
  });

  test('outside opening hours, says when, and gives the numbers', () => {
    const answer = startDialogue({ handoff: 'closed', reopens: 'lundi à 8 h' }).say('parler à un conseiller');
    expect(answer.text).toContain('de retour lundi à 8 h');
    expect(answer.text).toContain('01 40 07 20 00');
  });

  test('is the last entry of the menu', () => {
    const dialogue = startDialogue();
    const menu = dialogue.say('que sais-tu faire ?');
    const [, number] = /(\d+)\. Parler à un conseiller/.exec(menu.text) ?? [];
    expect(dialogue.say(number ?? '').outcome).toBe('handoff');
  });

  test('a transcript stays within 30 entries of 1,000 characters', () => {
    const dialogue = startDialogue();
    for (let line = 0; line < 40; line++) dialogue.say(`mon vpn marche pas ${line} ${'très '.repeat(400)}`);
    dialogue.say('je veux parler à un conseiller');
    dialogue.say('oui');
    const ticket = dialogue.effects.find((effect) => effect.type === 'open-ticket');
    const transcript = ticket?.type === 'open-ticket' ? ticket.request.transcript : [];
    expect(transcript.length).toBeLessThanOrEqual(30);
    expect(Math.max(...transcript.map(({ text }) => text.length))).toBeLessThanOrEqual(1_000);
    expect(JSON.stringify(dialogue.state).length).toBeLessThan(40_000);
  });
});

describe('several questions in one message', () => {
  test('two facts of one fiche are both said', () => {
    const { text } = having().say("COMU : l'adresse du site + mon préfixe de domaine ? je suis à la PAF");
    expect(text).toContain('https://webconf.comu.minint.fr');
    expect(text).toContain('paf-');
  });

  test('« celle de … » asks again for what was asked before', () => {
    const { text } = having().say("donne moi l'adresse de comu et celle de nomade 2 pour les mails");
    expect(text).toContain('https://webconf.comu.minint.fr');
    expect(text).toContain('https://msg.interieur.gouv.fr');
  });
});

describe('a human who is not wanted', () => {
  test('is not offered to who says so', () => {
    const dialogue = having('mon imprimante est en panne');
    expect(dialogue.say('non. pas de conseiller.')).toMatchObject({ outcome: 'smalltalk' });
    expect(dialogue.say('la cafetière fuit').outcome).toBe('fallback');
  });

  test('is refused by a message that asks something else, and nothing is awaited any more', () => {
    const dialogue = having('un conseiller svp');
    expect(dialogue.say("Non, attendez. D'abord l'adresse de la FAQ CAPITOLE.").text).toContain(
      'ssi.minint.fr',
    );
    expect(dialogue.say('oui').outcome).not.toBe('handoff');
    expect(dialogue.effects).not.toContainEqual(expect.objectContaining({ type: 'open-ticket' }));
  });
});

test('« toujours pas, passez-moi quelqu’un » asks for a human', () => {
  expect(having('mon vpn marche pas sur mon noemi').say("toujours pas, passez-moi quelqu'un").outcome).toBe(
    'handoff',
  );
});

describe('whose question it is', () => {
  test('a machine that is not his, after all, is no longer answered about', () => {
    const dialogue = having('mon noemi ne se connecte pas');
    const answer = dialogue.say("non attendez c'est pas un noemi, c'est marqué SPAN dessus");
    expect(answer.text).not.toContain('ResetVPN');
  });

  test('a follow-up goes on about the colleague, until the agent speaks of himself', () => {
    const dialogue = having(
      'je suis à la PJ',
      'quel est mon identifiant comu ?',
      'et pour un collègue gendarme ?',
    );
    expect(dialogue.say('même mot de passe ?').text).toContain('intranet');
    expect(dialogue.say('et le mien, mon mot de passe comu ?').text).toContain('Windows');
  });

  test('what is said of oneself and not understood otherwise is noted', () => {
    const answer = having('bonjour').say(
      "Et j'ai un iPhone, c'est l'ancien de ma fille, avec l'écran fendu...",
    );
    expect(answer.text).toContain('iPhone');
    expect(answer.outcome).toBe('smalltalk');
  });
});

describe('a trouble after a word of thanks', () => {
  test('is what the message is about', () => {
    const dialogue = having('partager la connexion de mon android avec mon noemi');
    expect(dialogue.say('nickel. et le vpn reste bleu')).toMatchObject({
      outcome: 'answer',
      fiche: 'noemi-vpn',
    });
  });

  test('« 👍👍 » is a word of thanks', () => {
    expect(having('quel est le site de comu').say('👍👍').outcome).toBe('smalltalk');
  });
});

describe('a fact that leads to another fiche', () => {
  test('is answered, and what follows is about that one', () => {
    const dialogue = having('comment demander un accès à nomade 2');
    expect(dialogue.say("j'ai reçu les deux mails, je fais quoi maintenant")).toMatchObject({
      outcome: 'answer',
      fiche: 'nomade2-certificat',
    });
    expect(dialogue.say('pas à pas').text).toContain('Nomade 2 : générer et installer le certificat');
  });
});

describe('questions about the assistant that no example is quite like', () => {
  test.each(['vous gardez koi de ce que je tape', 'et si je veux tout effacer jfais comment'])(
    '« %s »',
    (said) => {
      expect(having('tu es un robot ?').say(said).outcome).toBe('smalltalk');
    },
  );
});
