import { foldText } from '../text/fold-text.ts';

const minute = 60_000;
const units: Readonly<Record<string, number>> = { m: minute, h: 60 * minute, j: 24 * 60 * minute };
/** Further than that, a demande has long been closed. */
const longest = 30 * 24 * 60 * minute;

/** "2 h", "30 min", "1 h 30", "3 jours", in milliseconds; null when it is none, or longer than thirty days. */
export function readDuration(text: string): number | null {
  const match =
    /^(\d{1,4}) ?(?:(m)(?:in|n|inutes?)?|(h)(?:eures?)?|(j)(?:ours?)?)(?: ?(\d{1,2})(?: ?min(?:utes?)?)?)?$/.exec(
      foldText(text),
    );
  if (!match) return null;
  const [, amount, minutes, hours, days, more] = match;
  if (more !== undefined && hours === undefined) return null;
  const unit = units[minutes ?? hours ?? days ?? ''] ?? 0;
  const duration = Number(amount) * unit + Number(more ?? 0) * minute;
  return duration > 0 && duration <= longest ? duration : null;
}
