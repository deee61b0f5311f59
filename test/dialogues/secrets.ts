import { describe, expect, test } from 'vitest';
import { searchSecrets } from '../../src/conversation/reading/secrets.ts';
import { startDialogue } from './play.ts';

const key = '123456-234567-345678-456789-567890-678901-789012-890123';

describe('secrets (issue 6, point 9)', () => {
  test.each([
    ['mon mot de passe est Azerty123!', 'Azerty123!'],
    ['mon mdp est soleil', 'soleil'],
    ['mdp: Soleil2024', 'Soleil2024'],
    ['MDP = motdepasse', 'motdepasse'],
    ["mon mot de passe c'est chaton75", 'chaton75'],
    ['mot de passe : Toto1234', 'Toto1234'],
    ['le mot de passe de ma session windows est Toto-1234', 'Toto-1234'],
    ['voici mon mot de passe Bn7!kkp', 'Bn7!kkp'],
    ['login dupontje mdp Hello2024!', 'Hello2024!'],
    ['mon mot de passe est « cheval de bois »', 'cheval de bois'],
    ['Hello2024! est mon mot de passe', 'Hello2024!'],
    ['password: hunter2', 'hunter2'],
    ["le mdp du certificat c'est aB3-x_9?", 'aB3-x_9?'],
    ["mon code pin c'est 1234", '1234'],
    ['pin 4821', '4821'],
    ['le code PIN de ma carte agent est 12 34 56', '12 34 56'],
    ['mon code secret : 98765432', '98765432'],
    [`ma clé bitlocker est ${key}`, key],
    [key.replaceAll('-', ''), '123456234567'],
    [key.replaceAll('-', ' '), '123456 234567'],
    [key.replaceAll('-', '\n'), '234567'],
    [key.replaceAll('-', '‑'), '234567'],
    ['la clé de récupération commence par 123456-234567-345678-456789', '345678'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg', 'MIIEvQIBADANBg'],
    ['mon jeton syt_bWFyaWU_abcdefghij_123456', 'bWFyaWU'],
  ])('warns about %s, and keeps nothing of it', (text, secret) => {
    const dialogue = startDialogue();
    const answer = dialogue.say(text);
    expect(answer.text).toContain('Supprimez ce message');
    expect(answer.effects).toContainEqual({ type: 'forget-text', turnId: 't1' });
    dialogue.say('je veux parler à un conseiller');
    dialogue.say('oui');
    expect(JSON.stringify([dialogue.state, dialogue.effects, dialogue.replies])).not.toContain(secret);
  });

  test.each([
    'mon mot de passe est refusé',
    'mon mot de passe est expiré depuis hier',
    'le mot de passe ne marche pas',
    'mot de passe oublié',
    "c'est quoi le mot de passe ?",
    'mot de passe : comment le changer ?',
    'mon mot de passe est toujours incorrect',
    'quel est mon mot de passe nomade2',
    'le mot de passe est le même que windows',
    'mon code pin est bloqué',
    "j'ai tapé 3 fois mon code pin",
    'j ai appelé le 01 40 07 20 00 pour mon code pin',
    'mot de passe du certificat p12 refusé',
    'problème mdp : perdu',
    'mon mdp windows 10 ne passe plus',
    'le mot de passe cryhod est valable 1 mois',
    'ticket 123456 et 234567',
    "je n'ai pas reçu le code",
    'mon mot de passe est-il le même ?',
    'le code pin est demandé 2 fois',
    'mon mot de passe est trop court',
    'mot de passe et identifiant refusés',
  ])('does not cry wolf at: %s', (text) => {
    expect(searchSecrets(text)).toMatchObject({ found: false, masked: text });
  });

  test('still answers the question, without the secret', () => {
    const dialogue = startDialogue();
    const answer = dialogue.say(
      'mon certificat nomade 2 ne veut pas de mon mot de passe, pourtant mon mdp est Xy7_kk!2',
    );
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'nomade2-mot-de-passe-certificat' });
    expect(answer.text).toContain('Supprimez ce message');
  });

  test('a secret alone changes nothing of what the bot was waiting for', () => {
    const dialogue = startDialogue();
    dialogue.say('mon vpn marche pas sur mon noemi');
    dialogue.say('pas à pas');
    dialogue.say('mon mdp est soleil');
    expect(dialogue.say('suivant').text).toContain('Étape 2/4');
  });

  test('a secret that comes with an edit is forgotten with the question', () => {
    const dialogue = startDialogue();
    dialogue.say('mon vpn marche pas sur mon noemi');
    const answer = dialogue.edit('mon mot de passe est Azerty123!');
    expect(answer.effects).toContainEqual({ type: 'forget-text', turnId: 't1' });
    expect(answer.effects).toContainEqual({ type: 'forget-text', turnId: 't2' });
    expect(JSON.stringify(dialogue.state)).not.toContain('Azerty');
  });

  test('is found beyond what is read of a long message', () => {
    const answer = startDialogue().say(`${'bla '.repeat(1500)} mon mot de passe est Azerty123!`);
    expect(answer.effects).toContainEqual({ type: 'forget-text', turnId: 't1' });
  });
});
