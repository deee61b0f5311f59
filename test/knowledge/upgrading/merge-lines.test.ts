import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeLines } from '../../../src/knowledge/upgrading/merge-lines.ts';

const fiche = `titre: "NOEMI : le Wi-Fi"
# Relu avec le guide d'origine.
etapes:
  - texte: "Fermez le VPN."
  - texte: "Ouvrez la fenêtre des réseaux."
  - texte: "Cliquez sur « Se connecter »."
liens: [noemi-vpn]
`;

describe('an upgrade over edited files', () => {
  test('changes at different places are all there, comments too', () => {
    const theirs = fiche.replace('"Fermez le VPN."', '"Fermez bien le VPN."');
    const shipped = fiche.replace('liens: [noemi-vpn]', 'liens: [noemi-vpn, noemi-4g]');
    expect(mergeLines(fiche, shipped, theirs)).toEqual({
      text: theirs.replace('liens: [noemi-vpn]', 'liens: [noemi-vpn, noemi-4g]'),
      disagreements: [],
    });
  });

  test('lines next to each other are different places', () => {
    const theirs = fiche.replace('"Fermez le VPN."', '"Fermez bien le VPN."');
    const shipped = fiche.replace('la fenêtre des réseaux', 'les réseaux');
    const { text, disagreements } = mergeLines(fiche, shipped, theirs);
    expect(text).toContain('"Fermez bien le VPN."\n  - texte: "Ouvrez les réseaux."');
    expect(disagreements).toEqual([]);
  });

  test('the same line changed on both sides stays as the editors wrote it, and all three are shown', () => {
    const theirs = fiche.replace('Fermez le VPN', 'Fermez bien le VPN');
    const shipped = fiche.replace('Fermez le VPN', 'Coupez le VPN');
    expect(mergeLines(fiche, shipped, theirs)).toEqual({
      text: theirs,
      disagreements: [
        {
          before: ['  - texte: "Fermez le VPN."'],
          shipped: ['  - texte: "Coupez le VPN."'],
          theirs: ['  - texte: "Fermez bien le VPN."'],
        },
      ],
    });
  });

  test('two lists of questions that grew at their end keep what both have added', () => {
    const questions = 'questions:\n  - mon vpn marche pas\n';
    const shipped = `${questions}  - vpn hs\n  - le vpn coupe\n`;
    const theirs = `${questions}  - le vpn coupe\n  - pu de vpn\n`;
    expect(mergeLines(questions, shipped, theirs)).toEqual({
      text: `${questions}  - vpn hs\n  - le vpn coupe\n  - pu de vpn\n`,
      disagreements: [],
    });
  });

  test('two maps that grew at one place keep both entries, unless they have one name', () => {
    const map = 'contacts:\n  centre: "01"\n';
    const grown = (line: string): string => map.replace('\n', `\n  ${line}\n`);
    expect(mergeLines(map, grown('garde: "02"'), grown('astreinte: "03"')).text).toBe(
      'contacts:\n  garde: "02"\n  astreinte: "03"\n  centre: "01"\n',
    );
    expect(mergeLines(map, grown('garde: "02"'), grown('garde: "03"')).disagreements).toHaveLength(1);
  });

  test('steps are no such list: two that come at one place are shown', () => {
    const shipped = fiche.replace('liens:', '  - texte: "Rouvrez le VPN."\nliens:');
    const theirs = fiche.replace('liens:', '  - texte: "Relancez le VPN."\nliens:');
    expect(mergeLines(fiche, shipped, theirs)).toMatchObject({
      text: theirs,
      disagreements: [{ before: [] }],
    });
  });
});

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '  - d', '  - e'), { maxLength: 12 });
const text = lines.map((lines) => lines.join('\n'));

test('whoever changed nothing gets what the other changed', () => {
  fc.assert(
    fc.property(text, text, (before, changed) => {
      expect(mergeLines(before, changed, before)).toEqual({ text: changed, disagreements: [] });
      expect(mergeLines(before, before, changed)).toEqual({ text: changed, disagreements: [] });
      expect(mergeLines(before, changed, changed)).toEqual({ text: changed, disagreements: [] });
    }),
  );
});

test('no line that editors added or changed is ever lost', () => {
  fc.assert(
    fc.property(text, text, lines, (before, shipped, own) => {
      const theirs = own.map((line, index) => `${line} ${index} à eux`).join('\n');
      const merged = mergeLines(before, shipped, theirs).text.split('\n');
      expect(own.length === 0 || theirs.split('\n').every((line) => merged.includes(line))).toBe(true);
    }),
  );
});
