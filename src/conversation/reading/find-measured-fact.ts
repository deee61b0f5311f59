import type { Fact } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';

/** « 34 Go en cellulaire »: the fact that such a number calls for. Null: the message holds none, or none calls for it. */
export function findMeasuredFact(text: string, facts: readonly Fact[]): Fact | null {
  const numbers = [...text.matchAll(/(\d+(?:[.,]\d+)?)\s*(\p{L}+)/gu)].map(([, number = '', unit = '']) => ({
    number: Number(number.replace(',', '.')),
    unit: foldText(unit),
  }));
  return (
    facts.find(({ measure }) =>
      numbers.some(
        ({ number, unit }) =>
          measure?.units.some((known) => foldText(known) === unit) &&
          number > measure.above &&
          number <= measure.upTo,
      ),
    ) ?? null
  );
}
