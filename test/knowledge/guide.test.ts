import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const guidePath = `${root}../shared/source/guide-teletravail.md`;

/**
 * The guide writes COMU addresses in three ways; the fiche follows the one of its worked examples and of the sign-in
 * page (see note-editeur of knowledge/comu-connexion.yaml). Only these two are not in the guide letter for letter.
 */
const correctedAddresses = ['prenom.nom@comu.minint.fr', '<domaine>-<login>@comu.minint.fr'];
/** The guide's rule, filled in with each domain that it lists and with its own example. */
const filledAddress = /^(?:ac|at|pj|sp|dg|crs|paf|ppol)?-(?:<login>|dupontje)@comu\.minint\.fr$/;
/** What agents write is not what knowledge/ says. */
const agentsWords = ['demandes', 'mots'];

/** Case, spacing, bold, backticks and Markdown escapes are not part of a label. */
function normalise(text: string): string {
  return text
    .replace(/\*\*|`/g, '')
    .replace(/\\([_*])/g, '$1')
    .replace(/[’‘]/g, "'")
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => (agentsWords.includes(key) ? [] : stringsOf(item)));
}

const texts = readdirSync(`${root}knowledge`).flatMap((name) =>
  stringsOf(parse(readFileSync(`${root}knowledge/${name}`, 'utf8'))).map((text) => ({ name, text })),
);

function findAll(pattern: RegExp): { name: string; found: string }[] {
  return texts.flatMap(({ name, text }) =>
    [...text.matchAll(pattern)].map((match) => ({ name, found: match[1] ?? match[0] })),
  );
}

if (!existsSync(guidePath)) {
  console.warn(
    'LAISSÉ DE CÔTÉ : ../shared/source/guide-teletravail.md est absent, knowledge/ n’est pas comparé au guide.',
  );
}

describe.skipIf(!existsSync(guidePath))('knowledge/ says nothing that the guide does not say', () => {
  const guide = existsSync(guidePath) ? readFileSync(guidePath, 'utf8') : '';
  const normalised = normalise(guide);
  const headings = guide
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .map((line) => normalise(line.replace(/^#+\s*/, '')).trim());

  test('phone numbers', () => {
    const found = findAll(/\b(?:0\d(?:[ .-]?\d{2}){4}|\d{2}(?:[ .-]\d{2}){4}|\d{5})\b|01-40-07-2000/g);
    expect(found.length).toBeGreaterThan(20);
    expect(found.filter(({ found }) => !normalised.includes(found))).toEqual([]);
  });

  test('mail addresses', () => {
    const found = findAll(/[\w.<>-]*@[a-z][\w-]*(?:\.[\w-]+)+/g);
    expect(found.length).toBeGreaterThan(5);
    const strange = found.filter(
      ({ found }) =>
        !normalised.includes(found.toLowerCase()) &&
        !correctedAddresses.includes(found) &&
        !filledAddress.test(found),
    );
    expect(strange).toEqual([]);
  });

  test('internet addresses', () => {
    const found = findAll(/https?:\/\/[^\s»)]*[\w/]|\b(?:[\w-]+\.)+(?:fr|mi)\b/g);
    expect(found.length).toBeGreaterThan(5);
    const strange = found.filter(
      ({ found }) =>
        !normalised.includes(found.toLowerCase()) &&
        !correctedAddresses.some((address) => address.includes(found)),
    );
    expect(strange).toEqual([]);
  });

  test('labels between « »', () => {
    // A blank is filled with the agent's own words: « {texte} » is no label.
    const found = findAll(/«\s*([^»]+?)\s*»/g).filter(({ found }) => !/^\{[a-z-]+\}$/.test(found));
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter(({ found }) => !normalised.includes(normalise(found)))).toEqual([]);
  });

  test('the section that each fiche names', () => {
    const sources = readdirSync(`${root}knowledge`)
      .filter((name) => name !== 'messages.yaml')
      .map((name) => ({
        name,
        source: (parse(readFileSync(`${root}knowledge/${name}`, 'utf8')) as { source: string }).source,
      }));
    expect(sources.filter(({ source }) => !headings.includes(normalise(source).trim()))).toEqual([]);
  });
});
