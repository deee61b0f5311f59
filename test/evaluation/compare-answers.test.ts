import { describe, expect, test } from 'vitest';
import { compareAnswers, type LearntAnswers, type ReadAnswer } from '../../src/evaluation/compare-answers.ts';

const gives = (fiche: string): ReadAnswer => ({ decision: 'answer', fiche, choices: [] });
const refuses: ReadAnswer = { decision: 'refuse', fiche: 'noemi-vpn', choices: [] };
const offers = (...choices: string[]): ReadAnswer => ({
  decision: 'clarify',
  fiche: choices[0] ?? null,
  choices,
});
const ask = (text: string, label: string | null, also: string[] = []) => ({
  text,
  label,
  also,
  style: 'sms',
  near: false,
});

function verdictOf(label: string | null, before: ReadAnswer, after: ReadAnswer): string | undefined {
  const learnt = (answer: ReadAnswer): LearntAnswers => ({ labelled: [answer], own: [] });
  return compareAnswers([ask('mon vpn', label)], learnt(before), learnt(after)).changes[0]?.verdict;
}

describe('the impact of a change', () => {
  test('for a question of the guide: the right fiche, then offered, then nothing, then the wrong one', () => {
    expect(verdictOf('noemi-vpn', refuses, gives('noemi-vpn'))).toBe('better');
    expect(verdictOf('noemi-vpn', gives('noemi-vpn'), offers('noemi-vpn', 'noemi-4g'))).toBe('worse');
    expect(verdictOf('noemi-vpn', offers('noemi-vpn', 'noemi-4g'), refuses)).toBe('worse');
    expect(verdictOf('noemi-vpn', gives('noemi-4g'), refuses)).toBe('better');
    expect(verdictOf('noemi-vpn', gives('noemi-4g'), gives('tchap-securite'))).toBe('other');
  });

  test('out of scope, refusing is right', () => {
    expect(verdictOf(null, gives('noemi-vpn'), refuses)).toBe('better');
    expect(verdictOf(null, refuses, offers('noemi-vpn', 'noemi-4g'))).toBe('worse');
  });

  test('the same answer is no change, whatever came second', () => {
    expect(
      verdictOf('noemi-vpn', gives('noemi-vpn'), { ...gives('noemi-vpn'), choices: ['a', 'b'] }),
    ).toBeUndefined();
  });

  test('questions of the fiches too, worse first; one that moved is judged by where it is now', () => {
    const before: LearntAnswers = {
      labelled: [refuses],
      own: [
        { text: 'la box', expected: 'noemi-4g', found: 'noemi-4g' },
        { text: 'le vpn', expected: 'noemi-vpn', found: 'noemi-vpn' },
        { text: 'partie', expected: 'noemi-vpn', found: null },
      ],
    };
    const after: LearntAnswers = {
      labelled: [gives('noemi-vpn')],
      own: [
        { text: 'la box', expected: 'noemi-wifi', found: 'noemi-wifi' },
        { text: 'le vpn', expected: 'noemi-vpn', found: null },
        { text: 'nouvelle', expected: 'noemi-vpn', found: null },
      ],
    };
    const { asked, changes } = compareAnswers([ask('mon vpn', 'noemi-vpn')], before, after);
    expect(asked).toBe(4);
    expect(changes.map(({ text, before, after, verdict }) => [text, before, after, verdict])).toEqual([
      ['le vpn', 'noemi-vpn', 'hors sujet', 'worse'],
      ['mon vpn', 'hors sujet', 'noemi-vpn', 'better'],
      ['la box', 'noemi-4g', 'noemi-wifi', 'better'],
    ]);
  });
});
