import { describe, expect, test } from 'vitest';
import { parseSupportSettings, SupportSettingsError } from '../../src/tickets/load-support-settings.ts';
import { isOpenAt } from '../../src/tickets/rules/opening-hours.ts';

const at = (iso: string): number => Date.parse(iso);

const file = `
horaires:
  lundi: ["8:00-12:00", "13h-18h30"]
  mardi: ["8:00-18:00"]
  vendredi: ["8:00-18:00"]
  samedi: ["8:00-18:00"]
fermetures:
  - { du: 2026-12-21, au: 2026-12-31 }
ouvertures:
  - { le: 2026-05-08, heures: ["9:00-12:00"] }
delais:
  prise-en-charge: 5
`;

describe('the settings of the support salon', () => {
  test('hold the moment of the weekly report, never by default', async () => {
    const { report } = await parseSupportSettings(
      'conseillers.yaml',
      'bilan: { jour: vendredi, heure: 16h30 }',
    );
    expect(report).toEqual({ weekday: 5, minutes: 990 });
    expect((await parseSupportSettings('conseillers.yaml', '')).report).toBeNull();
    const wrong = parseSupportSettings('conseillers.yaml', 'bilan: { heure: "25:00" }');
    await expect(wrong).rejects.toThrow(SupportSettingsError);
  });

  test('hold the other salons, each with what is for it', async () => {
    const { salons } = await parseSupportSettings(
      'conseillers.yaml',
      'salons:\n  - { nom: reseau, salon: "!r:ici", themes: [noemi], profil: { corps: [paf] } }\n',
    );
    expect(salons).toEqual([
      { id: '!r:ici', name: 'reseau', themes: ['noemi'], servers: [], profile: { corps: ['paf'] } },
    ]);
  });

  test.each([
    ['a name that is taken', '- { nom: principal, salon: "!r:ici", themes: [noemi] }', 'salon-name-taken'],
    ['a salon that nothing goes to', '- { nom: reseau, salon: "!r:ici" }', 'salon-for-nobody'],
  ])('refuse %s', async (_what, entry, code) => {
    const error: unknown = await parseSupportSettings('conseillers.yaml', `salons:\n  ${entry}\n`).catch(
      (cause: unknown) => cause,
    );
    expect(error).toBeInstanceOf(SupportSettingsError);
    expect((error as SupportSettingsError).problems.join()).toContain(
      code === 'salon-name-taken' ? 'nom' : 'themes',
    );
  });

  test('hold canned replies in their order, and refuse a name that could not be typed', async () => {
    const { replies } = await parseSupportSettings(
      'conseillers.yaml',
      'reponses:\n  vpn: "Redémarrez {poste}."\n  à-bientôt: |-\n    Bonne journée.\n    À bientôt.\n',
    );
    expect([...(replies ?? [])]).toEqual([
      ['vpn', 'Redémarrez {poste}.'],
      ['à-bientôt', 'Bonne journée.\nÀ bientôt.'],
    ]);
    const wrong = parseSupportSettings('conseillers.yaml', 'reponses:\n  mon vpn: "Redémarrez."\n');
    await expect(wrong).rejects.toThrow(SupportSettingsError);
  });

  test('hold hours, French holidays, closures, exceptional openings and delays', async () => {
    const { hours, delays } = await parseSupportSettings('conseillers.yaml', file);
    expect(isOpenAt(hours, at('2026-11-23T18:15:00+01:00'))).toBe(true);
    expect(isOpenAt(hours, at('2026-11-25T10:00:00+01:00'))).toBe(false);
    // 14 July 2026 is a Tuesday, Easter Monday is 6 April.
    expect(isOpenAt(hours, at('2026-07-14T10:00:00+02:00'))).toBe(false);
    expect(isOpenAt(hours, at('2026-04-06T10:00:00+02:00'))).toBe(false);
    expect(isOpenAt(hours, at('2026-12-22T10:00:00+01:00'))).toBe(false);
    // A holiday, opened all the same.
    expect(isOpenAt(hours, at('2026-05-08T10:00:00+02:00'))).toBe(true);
    expect(delays).toMatchObject({ claim: 300_000, idle: 3_600_000 });
  });

  test('follow the holidays of Alsace and Moselle where they apply', async () => {
    const everyDay = 'horaires: { jeudi: ["8:00-18:00"], vendredi: ["8:00-18:00"] }\n';
    const goodFriday = at('2026-04-03T10:00:00+02:00');
    const metropole = await parseSupportSettings('c.yaml', everyDay);
    const alsace = await parseSupportSettings('c.yaml', `${everyDay}jours-feries: alsace-moselle\n`);
    expect(isOpenAt(metropole.hours, goodFriday)).toBe(true);
    expect(isOpenAt(alsace.hours, goodFriday)).toBe(false);
  });

  test('are optional: an empty file means always open', async () => {
    expect((await parseSupportSettings('c.yaml', '')).hours).toBeNull();
  });

  test.each([
    ['horaires:\n  lundy: []\n', 2, 'lundi'],
    ['horaires:\n  lundi: ["8h à midi"]\n', 2, '8:00-12:00'],
    ['horaires:\n  lundi: ["13:00-18:00", "8:00-12:00"]\n', 2, 'ordre'],
    ['fuseau: Europe/Pariss\n', 1, 'Europe/Paris'],
    ['fermetures:\n  - { du: 2026-12-31, au: 2026-12-24 }\n', 2, 'commencer'],
    ['delais: { cloture: -5 }\n', 1, 'cloture'],
  ])('say in French what is wrong, and where: %j', async (text, line, hint) => {
    const error = await parseSupportSettings('conseillers.yaml', text).catch((wrong: unknown) => wrong);
    expect(error).toBeInstanceOf(SupportSettingsError);
    expect((error as Error).message).toContain(`conseillers.yaml:${line}:`);
    expect((error as Error).message).toContain(hint);
  });
});
