import { describe, expect, test } from 'vitest';
import { startDialogue } from './play.ts';

const startVpnGuide = () => {
  const dialogue = startDialogue();
  dialogue.say('mon vpn marche pas sur mon noemi');
  return { dialogue, first: dialogue.say('pas à pas') };
};

describe('pas à pas (issue 6, point 2)', () => {
  test('shows one step at a time with the progress', () => {
    const { dialogue, first } = startVpnGuide();
    expect(first.text).toContain('Étape 1/4');
    expect(first.text).not.toContain('« ResetVPN »');
    expect(dialogue.say('suivant').text).toContain('Étape 2/4');
    expect(dialogue.say('ok').text).toContain('Étape 3/4');
    expect(dialogue.say("c'est fait").text).toContain('Étape 4/4');
  });

  test.each(['pas à pas', 'guide-moi', 'Guide moi stp', 'étape par étape', 'vous pouvez me guider ?'])(
    '%s starts it',
    (words) => {
      const dialogue = startDialogue();
      dialogue.say('mon vpn marche pas sur mon noemi');
      expect(dialogue.say(words).text).toContain('Étape 1/4');
    },
  );

  test('can be asked for with the question itself', () => {
    const guided = startDialogue().say('guide-moi pour me connecter au wifi de ma box avec mon noemi');
    expect(guided).toMatchObject({ fiche: 'noemi-wifi' });
    expect(guided.text).toContain('Étape 1/8');
  });

  test('goes back, repeats and starts again, never before the first step', () => {
    const { dialogue } = startVpnGuide();
    dialogue.say('suivant');
    expect(dialogue.say('répète').text).toContain('Étape 2/4');
    expect(dialogue.say('précédent').text).toContain('Étape 1/4');
    expect(dialogue.say('retour').text).toContain('Étape 1/4');
    dialogue.say('suivant');
    dialogue.say('suivant');
    expect(dialogue.say('recommencer').text).toContain('Étape 1/4');
  });

  test('✅ and ⏮ do the same, and a ✅ under a step that is past does nothing', () => {
    const dialogue = startDialogue();
    dialogue.say('guide-moi pour me connecter au wifi de ma box avec mon noemi');
    const first = dialogue.turn;
    expect(dialogue.react('✅').text).toContain('Étape 2/8');
    expect(dialogue.react('✅', first).replies).toEqual([]);
    expect(dialogue.react('✅').replies).toEqual([]);
    expect(dialogue.say('répète').text).toContain('Étape 2/8');
    expect(dialogue.react('⏮').text).toContain('Étape 1/8');
  });

  test('puts under each step the reactions that answer it', () => {
    const dialogue = startDialogue();
    dialogue.say('guide-moi pour me connecter au wifi de ma box avec mon noemi');
    const reactions = Array.from({ length: 7 }, () => dialogue.say('suivant').replies[0]?.reactions);
    expect(reactions[0]).toEqual(['✅', '⏮']);
    // Step 7 asks what is seen.
    // The digits of what one may see are put under it when the message is composed (through-bot.ts).
    expect(reactions[5]).toEqual(['⏮']);
  });

  test('what is seen leads where the fiche says: next step, last resorts, end', () => {
    expect(startVpnGuide().dialogue.say('elle est bleue').text).toContain('Étape 2/4');
    expect(startVpnGuide().dialogue.react('1️⃣').text).toContain('Étape 2/4');
    const green = startVpnGuide().dialogue.say("l'icône est verte");
    expect(green.text).toContain('Vérifiez que vous avez un réseau');
    const { dialogue } = startVpnGuide();
    for (const line of ['1', 'ok', 'ok']) dialogue.say(line);
    const ended = dialogue.say('verte');
    expect(ended.text).toContain('Est-ce résolu ?');
    expect(ended.text).not.toContain('Étape');
  });

  test('a fiche that leads to another fiche goes there', () => {
    const dialogue = startDialogue();
    dialogue.say('guide-moi pour installer le certificat nomade 2');
    const reply = dialogue.say('pas reçu');
    expect(reply.text).not.toContain('undefined');
    expect(['nomade2-demande-acces', 'nomade2-certificat']).toContain(reply.fiche);
  });

  test('the end asks whether it is solved', () => {
    const { dialogue } = startVpnGuide();
    const lines = Array.from({ length: 4 }, () => dialogue.say('suivant'));
    expect(lines.at(-1)?.text).toContain("C'était la dernière étape");
    expect(lines.at(-1)?.replies[0]?.reactions).toEqual(['👍', '👎']);
    expect(dialogue.react('👍').text).toContain('Tant mieux');
  });

  test.each(['jtrouve pas', 'jvois pas le bouton', 'jsais pas', 'jcomprends pas'])(
    '"%s", as it is typed on a phone, asks for help with the step, not for another fiche',
    (words) => {
      const { dialogue } = startVpnGuide();
      dialogue.say('suivant');
      expect(dialogue.say(words).text).toMatch(/l'étape 2|Étape 2/);
      expect(dialogue.say('suivant').text).toContain('Étape 3');
    },
  );

  test('"je ne trouve pas" helps once, then offers a human who is told the step', () => {
    const { dialogue } = startVpnGuide();
    dialogue.say('suivant');
    const help = dialogue.say('je ne trouve pas');
    expect(help.text).toContain('à droite du bouton « Démarrer »');
    expect(help.text).toContain("ce que dit l'étape 2");
    expect(help.text).toContain('01 40 07 20 00');
    expect(dialogue.say('je trouve toujours pas le bouton').outcome).toBe('handoff');
    dialogue.say('oui');
    expect(dialogue.effects).toContainEqual(
      expect.objectContaining({
        type: 'open-ticket',
        request: expect.objectContaining({ fiche: 'noemi-vpn', step: 2 }),
      }),
    );
  });

  test('"toujours pas" leads to the last resorts of the fiche', () => {
    const { dialogue } = startVpnGuide();
    dialogue.say('suivant');
    expect(dialogue.say('ça marche toujours pas').text).toContain('Vérifiez que vous avez un réseau');
  });

  test('a question in the middle is answered, then the guide is offered again', () => {
    const { dialogue } = startVpnGuide();
    dialogue.say('suivant');
    const short = dialogue.say("c'est quoi resetvpn ?");
    expect(short.text).toMatch(/ferme le VPN.*puis le relance/);
    expect(short.text).toContain("à l'étape 2/4");
    const other = dialogue.say('comment chiffrer une clé usb avec bitlocker ?');
    expect(other).toMatchObject({ outcome: 'answer', fiche: 'bitlocker' });
    expect(other.text).toContain('Répondez reprendre pour continuer');
    expect(other.text).not.toMatch(/Résolu|Est-ce résolu/);
    expect(dialogue.say('reprendre').text).toContain('Étape 2/4');
    expect(dialogue.say('suivant').text).toContain('Étape 3/4');
  });

  test('so is one that has to be made clear first', () => {
    const { dialogue } = startVpnGuide();
    dialogue.say('suivant');
    expect(dialogue.say('comment partager la connexion de mon téléphone').outcome).toBe('clarify');
    expect(dialogue.say('reprendre').text).toContain('Étape 2/4');
    dialogue.say('comment partager la connexion de mon téléphone');
    const answer = dialogue.say('iphone');
    expect(answer.text).toContain('Données cellulaires');
    expect(answer.text).toContain('Répondez reprendre pour continuer');
    expect(dialogue.say('reprendre').text).toContain('Étape 2/4');
  });

  test('what nobody understands is said to be so, with what can be said; then a human is offered', () => {
    const { dialogue } = startVpnGuide();
    expect(dialogue.say('mon imprimante fait du bruit').text).toContain('Répondez suivant');
    expect(dialogue.say('et comment je détartre ma cafetière ?').outcome).toBe('handoff');
  });

  test('survives a restart', () => {
    const { dialogue } = startVpnGuide();
    dialogue.say('suivant');
    dialogue.restart();
    expect(dialogue.say('suivant').text).toContain('Étape 3/4');
  });

  test('stops when told', () => {
    const { dialogue } = startVpnGuide();
    expect(dialogue.say('stop').text).toContain('Le guide est arrêté');
    expect(dialogue.say('suivant').text).not.toContain('Étape');
    expect(dialogue.say('pas à pas').text).toContain('Étape 1/4');
  });

  test('asks for the variant first when there are several', () => {
    const dialogue = startDialogue();
    dialogue.say('comment partager la connexion de mon téléphone');
    dialogue.say('pas à pas');
    expect(dialogue.say('iphone').text).toContain('Étape 1/3');
  });

  test('a fiche without steps is shown as it is', () => {
    const dialogue = startDialogue();
    dialogue.say("c'est quoi tchap");
    dialogue.say('ça marche pas');
    expect(dialogue.say('pas à pas').replies).toHaveLength(1);
  });

  test('politeness does not lose it', () => {
    const { dialogue } = startVpnGuide();
    dialogue.say('suivant');
    expect(dialogue.say('merci').outcome).toBe('smalltalk');
    expect(dialogue.say('ok suivant merci').text).toContain('Étape 3/4');
  });
});
