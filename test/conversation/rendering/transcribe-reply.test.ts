import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { layOutFiche } from '../../../src/conversation/rendering/lay-out-fiche.ts';
import { createSay } from '../../../src/conversation/rendering/say.ts';
import { transcribeReply } from '../../../src/conversation/rendering/transcribe-reply.ts';
import { loadContent } from '../../../src/knowledge/load-content.ts';
import { frenchTypography } from '../../../src/text/french-typography.ts';

const content = await loadContent(fileURLToPath(new URL('../../..', import.meta.url)));
const say = createSay(content.sentences);
const paragraph = (text: string) => ({ type: 'paragraph', text }) as const;

test('every fiche is transcribed in whole sentences, without the assistant’s own formulas', () => {
  for (const fiche of content.fiches.values()) {
    const { blocks } = layOutFiche(fiche, 'all', 'whole', content, say, {
      asks: 'solved-or-guide',
      now: Date.parse('2026-11-28'),
    });
    const welcome = say('bienvenue').split('\n').map(paragraph);
    const text = transcribeReply([...welcome, ...blocks], content.sentences);
    expect(text.startsWith(frenchTypography(fiche.title))).toBe(true);
    expect(text.length).toBeLessThanOrEqual(400);
    expect(text).not.toMatch(/Bonjour|jamais de mot de passe|Résolu|Répondez|Sinon :/);
    // Cut, it ends with a sentence.
    expect(text).not.toMatch(/[^.!?»)\s][^\S\n]?…$/u);
  }
});

test('a reply of formulas alone leaves nothing in the exchange', () => {
  const formulas = [say('prenez-votre-temps'), say('choisir'), say('guide-comment')].map(paragraph);
  expect(transcribeReply(formulas, content.sentences)).toBe('');
});

test('numbers to call are left out with their title, and other lists stay', () => {
  const blocks = [
    paragraph('**Qui appeler :**'),
    { type: 'bullets', items: [{ text: '**72000**' }] },
    paragraph('Vérifiez ceci :'),
    { type: 'bullets', items: [{ text: 'le câble' }] },
  ] as const;
  expect(transcribeReply(blocks, content.sentences)).toBe('Vérifiez ceci\u00a0:\n- le câble');
});
