import { expect, test } from 'vitest';
import { splitQuestions } from '../../../src/conversation/reading/split-questions.ts';

test.each([
  ["adresse de comu. et le numero d'aide.", ['adresse de comu', "et le numero d'aide"]],
  ['URL + format de son identifiant ?', ['URL', 'format de son identifiant ?']],
  [
    "donne moi l'adresse de comu et celle de nomade 2 pour les mails",
    ["donne moi l'adresse de comu", 'adresse de nomade 2 pour les mails'],
  ],
  [
    "Deux points : l'adresse de COMU et celle de la webconférence.",
    ["l'adresse de COMU", 'adresse de la webconférence'],
  ],
  [
    'peut-on inviter un extérieur ? Y partager un fichier ?',
    ['peut-on inviter un extérieur ?', 'Y partager un fichier ?'],
  ],
])('« %s » asks several things', (text, parts) => expect(splitQuestions(text)).toEqual(parts));

test.each(['mon vpn est bleu et mon noemi rame', "j'ai un noemi et le wifi de la box"])(
  '« %s » is one message',
  (text) => expect(splitQuestions(text)).toEqual([text]),
);
