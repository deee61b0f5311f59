import { describe, expect, test } from 'vitest';
import { startDialogue } from './play.ts';

const having = (...lines: string[]) => {
  const dialogue = startDialogue();
  for (const line of lines) dialogue.say(line);
  return dialogue;
};

describe('a choice that asks', () => {
  test('« mot de passe », then « COMU »: the password, not the whole fiche', () => {
    const answer = having('mot de passe').say('comu');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'comu-connexion' });
    expect(answer.text).toContain('mot de passe de session Windows');
  });

  test('« COMU. Je suis en préfecture » picks, and tells', () => {
    const dialogue = having('mot de passe');
    const answer = dialogue.say('COMU. Je suis en préfecture.');
    expect(answer.text).toContain('mot de passe de session Windows');
    expect(dialogue.state?.profile).toMatchObject({ corps: 'at' });
  });

  test('a message that names a choice and asks one thing of it gets that thing', () => {
    const answer = having('visio').say('du coup pour comu je vais sur quelle adresse ?');
    expect(answer.text).toContain('https://webconf.comu.minint.fr');
    expect(answer.text).not.toContain('1. ');
  });

  test('« celle du ministère » tells COMU from its like, and answers the question before', () => {
    const answer = having("l'adresse de jitsi").say('non pas ça, celle du ministère');
    expect(answer.text).toContain('https://webconf.comu.minint.fr');
    const other = having("l'adresse de comu").say("non, l'autre, celle de l'état");
    expect(other.text).toContain('http://webconf.numerique.gouv.fr');
  });
});

describe('what is told', () => {
  test.each([
    'Bonjour, je suis secrétaire à la préfecture, dans les Ardennes... administration territoriale comme ils disent',
    "bon pour situer : pj, iphone, et un noemi qu'on m'a prêté",
  ])('who only says who he is is noted: « %s »', (line) => {
    const answer = startDialogue().say(line);
    expect(answer.outcome).toBe('smalltalk');
    expect(answer.text).toContain("C'est noté");
  });

  test('the cause of what is solved is no question', () => {
    const answer = having('le mot de passe de mon certificat nomade 2 est refusé').say(
      "c'était un zéro pas un o... réglé",
    );
    expect(answer.text).toContain('Tant mieux');
  });

  test('who refuses a human is not offered one', () => {
    const dialogue = having("mon vpn ne marche pas sur mon noemi, l'icône est bleue");
    dialogue.react('👎');
    expect(dialogue.say('non, je ne souhaite pas de conseiller pour le moment').outcome).not.toBe('handoff');
  });
});

test('the goodbye that closes a letter does not hide its question', () => {
  const answer = startDialogue().say(
    'mon vpn marche pas sur mon noemi. Bonne journée, cordialement, au revoir',
  );
  expect(answer).toMatchObject({ outcome: 'answer', fiche: 'noemi-vpn' });
});

describe('for somebody else', () => {
  test('« même mot de passe que moi ? » goes on about the colleague just asked for', () => {
    const dialogue = having('je suis à la crs', 'mon identifiant comu ?', 'et mon collègue gendarme ?');
    expect(dialogue.say('même mot de passe que moi ?').text).toContain('intranet');
  });
});

describe('in a guide', () => {
  test('what the first step asks to look at, and the question tells, is not asked', () => {
    const answer = startDialogue().say("L'icône VPN de mon NOEMI est bleue. Aidez-moi pas à pas.");
    expect(answer.text).toContain('Étape 2/4');
  });

  test('« je ne trouve pas » about a later step is help with that one', () => {
    const dialogue = having('mon vpn ne marche pas sur mon noemi', 'pas à pas');
    expect(dialogue.say('je ne trouve pas la zone de recherche pour saisir ResetVPN').text).toContain(
      '« recherche »',
    );
  });

  test('a step that did not do what it should is not done', () => {
    const dialogue = having('connecter mon noemi au wifi de la maison', 'pas à pas');
    const answer = dialogue.say(
      "j'ai cliqué sur « Se connecter » mais « Pas d'internet sécurisé » ne s'affiche pas",
    );
    expect(answer.text).toContain('réessayez');
  });

  test('« et après ? » with no guide goes on from the fact just answered', () => {
    const answer = having('bitlocker, je choisis quel mode de chiffrement ?').say('et après ?');
    expect(answer.text).toContain('Démarrer le chiffrement');
  });
});

describe('several things asked', () => {
  test('two facts of one fiche are both answered', () => {
    const answer = having('je suis crs', 'comment se connecter à comu').say(
      'mon identifiant comu et mon mot de passe ?',
    );
    expect(answer.text).toContain('crs-');
    expect(answer.text).toContain('session Windows');
  });

  test('« ladresse de comu et celle de tchap »', () => {
    const answer = startDialogue().say('ladresse de comu et celle de tchap stp');
    expect(answer.text).toContain('webconf.comu.minint.fr');
    expect(answer.text).toContain('tchap.gouv.fr');
  });
});

describe('reactions', () => {
  test('a 👍 under a fact is thanked for in a direct message, once', () => {
    const dialogue = having("l'adresse de comu ?");
    expect(dialogue.react('👍').text).toContain('Tant mieux');
  });

  test('a 👎 under what asked nothing asks for other words', () => {
    expect(having('bonjour').react('👎').text).toContain("avec d'autres mots");
  });
});

test('a list that does not hold what is meant keeps nobody from asking it', () => {
  const before = having('comment je fais pour me connecter');
  expect(before.say("Comment s'inscrire sur Tchap ?").fiche).toBe('tchap-inscription');
});
