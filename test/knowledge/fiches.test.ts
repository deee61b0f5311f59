import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadContent } from '../../src/knowledge/load-content.ts';
import { ficheFacts } from './fiche-facts.ts';
import { replyOfFiche } from './reply-of-fiche.ts';

const content = await loadContent(fileURLToPath(new URL('../../', import.meta.url)));

test('every fiche of the contract is there, and no other', () => {
  expect([...content.fiches.keys()].sort()).toEqual(Object.keys(ficheFacts).sort());
});

describe.each(Object.entries(ficheFacts))('the reply of %s', (id, facts) => {
  const reply = replyOfFiche(id, content);
  test.each(Object.entries(facts))('gives: %s', (_name, pattern) => {
    expect(reply).toMatch(pattern);
  });
});
