import { expect, test } from 'vitest';
import { readSlots } from '../../../src/conversation/profile/read-slots.ts';
import { loadContent } from '../../../src/knowledge/load-content.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';

const { profile, otherPeople } = await loadContent(projectRoot);
const told = (text: string) => readSlots(text, profile, otherPeople).told;

test.each([
  ["j'ai un noemi", { machine: 'noemi' }],
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
