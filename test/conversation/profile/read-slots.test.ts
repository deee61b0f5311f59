import { expect, test } from 'vitest';
import { readSlots, updateProfile } from '../../../src/conversation/profile/read-slots.ts';
import { loadContent } from '../../../src/knowledge/load-content.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';

const { profile, otherPeople } = await loadContent(projectRoot);
const told = (text: string) => readSlots(text, profile, otherPeople).told;

test.each([
  ["j'ai un noemi", { machine: 'noemi' }],
  ["un noemi qu'on m'a prêté", { machine: 'noemi' }],
  ['mon vpn marche pas sur mon noemi', { machine: 'noemi' }],
  ['ça fonctionne plus avec mon iphone', { telephone: 'iphone' }],
  ['je suis à la préfecture de police', { corps: 'ppol' }],
])('« %s » tells', (text, slots) => expect(told(text)).toEqual(slots));

test.each([
  "c'est pas un noemi",
  "je n'ai pas de noemi",
  'pas un iphone',
  'sans mon noemi',
  'iphone ou android ?',
])('« %s » tells nothing', (text) => expect(told(text)).toEqual({}));

test.each(["c'est quoi un span", "le span, c'est quoi ?", "qu'est-ce qu'un noemi"])(
  '« %s » asks what the thing is, and tells nothing',
  (text) => expect(told(text)).toEqual({}),
);

test('what is denied of the known machine is no longer known; another named takes its place', () => {
  const known = { machine: 'noemi', corps: 'pj' };
  const update = (text: string) => updateProfile(known, readSlots(text, profile, otherPeople, known));
  expect(update("en fait c'est pas un noemi")).toEqual({ corps: 'pj' });
  expect(update("c'est pas un noemi, c'est marqué SPAN dessus")).toEqual({ machine: 'span', corps: 'pj' });
  expect(update('je suis passé à la paf')).toEqual({ machine: 'noemi', corps: 'paf' });
});

test.each([
  'mon directeur est gendarme',
  'le préfet est à la PAF',
  'ma directrice a un iphone',
  'ma compagne est en gendarmerie',
])('« %s » says it of somebody else', (text) =>
  expect(readSlots(text, profile, otherPeople).ofSomebodyElse).toBe(true),
);

test.each(['je suis directrice à la PAF', 'bonjour, je suis préfet, j’ai un iphone'])(
  '« %s » says it of oneself',
  (text) => expect(readSlots(text, profile, otherPeople).ofSomebodyElse).toBe(false),
);
