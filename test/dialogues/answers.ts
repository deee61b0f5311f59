import { describe, expect, test } from 'vitest';
import { createSoloMind } from '../../src/conversation/targets/create-solo-mind.ts';
import { shipped, startDialogue } from './play.ts';

describe('an answer in a direct message (issue 6, point 1)', () => {
  test('gives title, one line, numbered steps, what to do if it persists, then asks, with whom to call', () => {
    const answer = startDialogue().say('mon vpn marche pas sur mon noemi');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'noemi-vpn', intent: 'noemi-vpn' });
    const order = [
      'NOEMI : le VPN ne se connecte pas',
      "1. Regardez l'icône du VPN",
      'Si cela persiste',
      'Résolu ? Oui 👍, non 👎, ou pas à pas.',
      '01 40 07 20 00',
    ].map((part) => answer.text.indexOf(part));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(answer.replies[0]?.reactions).toEqual(['👍', '👎']);
  });

  test('is plain HTML that Element and Tchap keep: small heading, lists, code, strong, no table', () => {
    const { html } = startDialogue().say('mon vpn marche pas sur mon noemi');
    expect(html).toContain('<h4>NOEMI : le VPN ne se connecte pas</h4>');
    expect(html).toContain('<ol><li>');
    expect(html).toContain('<code>ResetVPN</code>');
    const tags = new Set([...html.matchAll(/<\/?([a-z0-9]+)/g)].map(([, tag]) => tag));
    expect(
      [...tags].filter(
        (tag) => !['h4', 'p', 'ol', 'ul', 'li', 'strong', 'code', 'a', 'em'].includes(tag ?? ''),
      ),
    ).toEqual([]);
  });

  test('asks nothing after a fiche that is no procedure', () => {
    const answer = startDialogue().say("c'est quoi tchap");
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'tchap-presentation' });
    expect(answer.text).not.toContain('Résolu');
    expect(answer.text).toContain('Source : guide, « TCHAP ».');
    expect(answer.replies[0]?.reactions).toEqual([]);
  });

  test('shows everything and asks nothing when one question is all there is (ask)', () => {
    const answer = startDialogue({ interactive: false }).say('comment me connecter à comu');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'comu-connexion' });
    expect(answer.text).toContain('ac-dupontje@comu.minint.fr');
    expect(answer.text).toContain('jean.dupont@comu.minint.fr');
    expect(answer.text).not.toMatch(/Résolu|Bonjour|Répondez/);
    expect(answer.replies[0]?.reactions).toEqual([]);
  });

  test('says of a dated statement that it is one', () => {
    const { text } = startDialogue({ interactive: false }).say('comment demander un accès nomade 2');
    expect(text).toContain('Avant (période COVID-19) : Procédure exceptionnelle COVID-19 : la création');
  });

  test('👍 or "oui" is thanked for and counted, once', () => {
    const dialogue = startDialogue();
    dialogue.say('mon vpn marche pas sur mon noemi');
    const asked = dialogue.turn;
    expect(dialogue.react('👍')).toMatchObject({ outcome: 'smalltalk', fiche: 'noemi-vpn' });
    expect(dialogue.react('👍', asked).replies).toEqual([]);
    dialogue.say('oui');
    expect(dialogue.effects).toEqual([{ type: 'feedback', fiche: 'noemi-vpn', solved: true }]);
  });

  test('a 👍 that comes after the idle time still counts', () => {
    const dialogue = startDialogue();
    dialogue.say('mon vpn marche pas sur mon noemi');
    dialogue.wait(90);
    expect(dialogue.react('👍').text).toContain('Tant mieux');
    expect(dialogue.effects).toEqual([{ type: 'feedback', fiche: 'noemi-vpn', solved: true }]);
  });

  test('"ok je vais essayer" is not taken for a yes', () => {
    const dialogue = startDialogue();
    dialogue.say('mon vpn marche pas sur mon noemi');
    expect(dialogue.say('ok je vais essayer').text).toContain('Prenez votre temps');
    expect(dialogue.say('ça marche merci').text).toContain('Tant mieux');
  });

  test('two questions in one message are both answered, one after the other', () => {
    const answer = startDialogue().say(
      'comment installer le certificat nomade ? et comment créer une réunion jitsi ?',
    );
    expect(answer.replies).toHaveLength(2);
    expect(answer.text).toContain('Nomade 2 : générer et installer le certificat');
    expect(answer.text).toContain('Jitsi : créer ou rejoindre une réunion');
  });

  test('a message over 4,000 characters is read up to there, and the bot says so', () => {
    const answer = startDialogue().say(`mon vpn marche pas sur mon noemi. ${'Cordialement. '.repeat(400)}`);
    expect(answer.text).toContain("j'en ai lu les 4000 premiers caractères");
  });

  test('every fiche can be shown, in every form, without a hole', () => {
    for (const fiche of shipped.content.fiches.values()) {
      for (const situation of [{}, { interactive: false }, { place: 'salon' as const }]) {
        const understand = shipped.mind.intents.understand(fiche.question);
        const certain = {
          ...understand,
          decision: 'answer' as const,
          candidates: [{ id: fiche.id, score: 1 }],
          alsoAsked: [],
        };
        const { text, fiche: shown } = startDialogue(situation, {
          ...shipped,
          mind: createSoloMind({ understand: () => certain }),
        }).say(fiche.question);
        expect(shown).toBe(fiche.id);
        expect(text).toContain(fiche.title);
        expect(text).not.toMatch(/\{[a-z-]+\}|undefined|\*\*|<[a-z]+>(?<!<domaine>|<login>)/);
      }
    }
  });
});

describe('variants (point 3)', () => {
  test('asks which telephone when the message does not say, and answers for that one', () => {
    const dialogue = startDialogue();
    const asked = dialogue.say('comment partager la connexion de mon téléphone');
    expect(asked).toMatchObject({ outcome: 'clarify', fiche: 'noemi-partage-connexion', candidates: [] });
    expect(asked.text).toContain('1. iPhone\n2. Android');
    const answer = dialogue.say('android');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'noemi-partage-connexion' });
    expect(answer.text).toContain("« Point d'accès et partage réseau »");
    expect(answer.text).not.toContain('Données cellulaires');
  });

  test.each(['2', 'le deuxième', 'Android', 'un android', '2️⃣'])('takes %s for the second', (words) => {
    const dialogue = startDialogue();
    dialogue.say('comment partager la connexion de mon téléphone');
    expect(dialogue.say(words).text).toContain("« Point d'accès mobile »");
  });

  test('does not ask when the message says it', () => {
    const answer = startDialogue().say('partager la connexion de mon iphone avec mon noemi');
    expect(answer).toMatchObject({ outcome: 'answer', fiche: 'noemi-partage-connexion' });
    expect(answer.text).toContain('Données cellulaires');
  });

  test('remembers the choice, and what it says of the agent, the next day too', () => {
    const dialogue = startDialogue();
    dialogue.say('comment partager la connexion de mon téléphone');
    dialogue.react('2️⃣');
    dialogue.say("c'est quoi tchap");
    expect(dialogue.say('comment partager la connexion de mon téléphone')).toMatchObject({
      outcome: 'answer',
    });
    dialogue.say('jai un android');
    dialogue.wait(30 * 60);
    expect(dialogue.say('comment partager la connexion de mon téléphone')).toMatchObject({
      outcome: 'answer',
    });
  });

  test('shows all of them to who does not know', () => {
    const dialogue = startDialogue();
    dialogue.say('comment partager la connexion de mon téléphone');
    const answer = dialogue.say('je ne sais pas');
    expect(answer.text).toContain('iPhone');
    expect(answer.text).toContain('Android');
  });

  test('a question on something else, instead of the choice, is answered', () => {
    const dialogue = startDialogue();
    dialogue.say('comment partager la connexion de mon téléphone');
    expect(dialogue.say('comment chiffrer ma clé usb avec bitlocker')).toMatchObject({ fiche: 'bitlocker' });
  });
});

describe('clarify (point 4)', () => {
  const ask = () => {
    const dialogue = startDialogue();
    const asked = dialogue.say('comment je fais pour me connecter');
    expect(asked).toMatchObject({ outcome: 'clarify', fiche: null });
    expect(asked.candidates.length).toBeGreaterThanOrEqual(2);
    expect(asked.text).toContain('Autre chose');
    return { dialogue, asked };
  };

  test('offers numbered choices, the last of them « Autre chose »', () => {
    const { asked } = ask();
    const numbers = [...asked.text.matchAll(/^(\d)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual([1, 2, 3, 4, 5].slice(0, asked.candidates.length + 1));
    expect(asked.text).toContain(`${numbers.at(-1)}. Autre chose`);
  });

  test.each(['2', 'le deuxième', 'la 2', 'choix 2', '2e', 'le second'])('%s picks the second', (words) => {
    const { dialogue, asked } = ask();
    expect(dialogue.say(words).fiche).toBe(asked.candidates[1]?.id);
  });

  test('a reaction picks', () => {
    const { dialogue, asked } = ask();
    expect(dialogue.react('1️⃣').fiche).toBe(asked.candidates[0]?.id);
  });

  test('the title, or a part of it, picks', () => {
    const { dialogue, asked } = ask();
    const wifi = asked.candidates.find(({ id }) => id === 'noemi-wifi');
    expect(wifi).toBeDefined();
    expect(dialogue.say('le wifi')).toMatchObject({ outcome: 'answer', fiche: 'noemi-wifi' });
  });

  test.each(['aucun', 'autre chose', "ce n'est pas ça", "ni l'un ni l'autre", '❌'])(
    '%s asks for other words once, then offers a human',
    (words) => {
      const { dialogue } = ask();
      expect(dialogue.say(words).text).toContain("avec d'autres mots");
      expect(dialogue.say('patati patata tralala').outcome).toBe('handoff');
    },
  );

  test('other words that are understood are answered', () => {
    const { dialogue } = ask();
    dialogue.say('autre chose');
    expect(dialogue.say('mon vpn reste bleu')).toMatchObject({ outcome: 'answer', fiche: 'noemi-vpn' });
  });

  test.each(['oui', '99', 'comment je fais pour me connecter', 'euh', '👍', '?'])(
    'never goes round in circles, even for who keeps saying %s',
    (words) => {
      const { dialogue } = ask();
      const outcomes = Array.from({ length: 4 }, () => dialogue.say(words).outcome);
      expect(outcomes).toContain('handoff');
    },
  );
});
