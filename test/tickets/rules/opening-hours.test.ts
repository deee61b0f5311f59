import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeMoment,
  isOpenAt,
  nextOpening,
  type OpeningHours,
  openTimeBetween,
} from '../../../src/tickets/rules/opening-hours.ts';

const at = (iso: string): number => Date.parse(iso);
const hour = 3_600_000;
const day = [
  { from: 8 * 60, to: 12 * 60 },
  { from: 13 * 60, to: 18 * 60 + 30 },
];
const paris: OpeningHours = {
  timeZone: 'Europe/Paris',
  week: [[], day, day, day, day, day, []],
  exception: (date) => (date === '2026-05-14' ? [] : null),
};

describe('opening hours', () => {
  test('are local: eight in the morning is not the same moment in winter and in summer', () => {
    expect(isOpenAt(paris, at('2026-01-05T07:00:00Z'))).toBe(true);
    expect(isOpenAt(paris, at('2026-01-05T06:59:59Z'))).toBe(false);
    expect(isOpenAt(paris, at('2026-07-06T06:00:00Z'))).toBe(true);
    expect(isOpenAt(paris, at('2026-07-06T05:59:59Z'))).toBe(false);
  });

  test('leave out the break at noon, the week-end and the holidays', () => {
    expect(isOpenAt(paris, at('2026-01-05T12:30:00+01:00'))).toBe(false);
    expect(isOpenAt(paris, at('2026-01-03T10:00:00+01:00'))).toBe(false);
    expect(isOpenAt(paris, at('2026-05-14T10:00:00+02:00'))).toBe(false);
  });

  test('say when somebody answers next, over a week-end and a holiday', () => {
    expect(nextOpening(paris, at('2026-01-02T18:30:00+01:00'))).toBe(at('2026-01-05T08:00:00+01:00'));
    expect(nextOpening(paris, at('2026-05-13T19:00:00+02:00'))).toBe(at('2026-05-15T08:00:00+02:00'));
    expect(nextOpening(paris, at('2026-01-05T12:10:00+01:00'))).toBe(at('2026-01-05T13:00:00+01:00'));
    expect(nextOpening({ ...paris, week: [] }, at('2026-01-05T12:10:00+01:00'))).toBeNull();
  });

  test('count only the time when somebody is there, over the change of summer time too', () => {
    expect(openTimeBetween(paris, at('2026-01-02T18:00:00+01:00'), at('2026-01-05T08:15:00+01:00'))).toBe(
      0.75 * hour,
    );
    const dayAndNight = { ...paris, week: Array(7).fill([{ from: 0, to: 1440 }]) };
    expect(
      openTimeBetween(dayAndNight, at('2026-03-28T12:00:00+01:00'), at('2026-03-29T12:00:00+02:00')),
    ).toBe(23 * hour);
  });

  test('without a setting, somebody is always there', () => {
    expect(isOpenAt(null, 0)).toBe(true);
    expect(nextOpening(null, 5)).toBe(5);
    expect(openTimeBetween(null, 1, 5)).toBe(4);
  });

  test('say the moment as people do', () => {
    const now = at('2026-01-02T18:30:00+01:00');
    const say = (iso: string) => describeMoment('Europe/Paris', at(iso), now);
    expect(say('2026-01-02T19:00:00+01:00')).toBe('aujourd’hui à 19 h');
    expect(say('2026-01-03T08:30:00+01:00')).toBe('demain à 8 h 30');
    expect(say('2026-01-05T08:00:00+01:00')).toBe('lundi à 8 h');
    expect(say('2026-01-12T08:00:00+01:00')).toBe('lundi 12 janvier à 8 h');
  });

  test('the next opening is open, never before now, and no open moment lies between', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2025-01-01T00:00:00Z'), max: at('2029-01-01T00:00:00Z') }), (now) => {
        const next = nextOpening(paris, now) ?? Number.NaN;
        expect(next).toBeGreaterThanOrEqual(now);
        expect(isOpenAt(paris, next)).toBe(true);
        expect(openTimeBetween(paris, now, next)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });
});
