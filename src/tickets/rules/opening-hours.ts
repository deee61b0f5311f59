/** Minutes since midnight, local time; `to` is excluded and may be 1440. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** When somebody answers. */
export interface OpeningHours {
  /** IANA name: Europe/Paris. */
  readonly timeZone: string;
  /** Sunday first, as Date.getUTCDay counts; periods in order, apart from each other. */
  readonly week: readonly (readonly Period[])[];
  /** The periods of a day that is not like the others (a holiday has none), or null. `date` is YYYY-MM-DD. */
  readonly exception: (date: string) => readonly Period[] | null;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** Further than that nobody looks: hours without any opening must not loop. */
const horizonDays = 400;

/** null hours: somebody is always there. */
export function isOpenAt(hours: OpeningHours | null, now: number): boolean {
  if (!hours) return true;
  return periodsOn(hours, localDate(hours, now)).some(({ start, end }) => start <= now && now < end);
}

/** When somebody answers next: `now` itself when open, null when never within a year. */
export function nextOpening(hours: OpeningHours | null, now: number): number | null {
  if (!hours) return now;
  for (const date of datesFrom(hours, now, horizonDays)) {
    for (const { start, end } of periodsOn(hours, date)) {
      if (end > now) return Math.max(start, now);
    }
  }
  return null;
}

/** Milliseconds of opening time between two moments. */
export function openTimeBetween(hours: OpeningHours | null, from: number, to: number): number {
  if (to <= from) return 0;
  if (!hours) return to - from;
  let total = 0;
  for (const date of datesFrom(hours, from, Math.min(horizonDays, Math.ceil((to - from) / day) + 2))) {
    for (const { start, end } of periodsOn(hours, date)) {
      total += Math.max(0, Math.min(end, to) - Math.max(start, from));
    }
  }
  return total;
}

/** The moment as it follows "de retour": "aujourd'hui à 14 h", "demain à 8 h 30", "lundi à 8 h", "lundi 4 janvier à 8 h". */
export function describeMoment(timeZone: string, moment: number, now: number): string {
  const days = daysBetween(dateIn(timeZone, now), dateIn(timeZone, moment));
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('fr-FR', { timeZone, ...options }).format(moment);
  const { hour, minute: minutes } = wallClock(timeZone, moment);
  const time = minutes === 0 ? `${hour} h` : `${hour} h ${String(minutes).padStart(2, '0')}`;
  if (days === 0) return `aujourd’hui à ${time}`;
  if (days === 1) return `demain à ${time}`;
  if (days < 7) return `${format({ weekday: 'long' })} à ${time}`;
  return `${format({ weekday: 'long', day: 'numeric', month: 'long' })} à ${time}`;
}

/** A moment that stays true as days go by: "28 novembre à 15 h 33". */
export function describeDate(timeZone: string, moment: number): string {
  const { hour, minute: minutes } = wallClock(timeZone, moment);
  return `${describeDay(timeZone, moment)} à ${hour}\u00a0h\u00a0${String(minutes).padStart(2, '0')}`;
}

/** "28 novembre", "1er décembre". */
export function describeDay(timeZone: string, moment: number): string {
  const day = new Date(`${dateIn(timeZone, moment)}T12:00:00Z`);
  const month = new Intl.DateTimeFormat('fr-FR', { month: 'long', timeZone: 'UTC' }).format(day);
  return `${day.getUTCDate() === 1 ? '1er' : day.getUTCDate()}\u00a0${month}`;
}

/** A moment of each week, local time. */
export interface WeeklyMoment {
  /** Sunday is 0, as Date.getUTCDay counts. */
  readonly weekday: number;
  /** Since midnight. */
  readonly minutes: number;
}

/** The last time that it has come, `now` included. */
export function lastWeekly(timeZone: string, { weekday, minutes }: WeeklyMoment, now: number): number {
  const today = Date.parse(`${dateIn(timeZone, now)}T00:00:00Z`);
  for (let back = 0; ; back += 1) {
    const date = new Date(today - back * day);
    const moment = momentOf(timeZone, date.toISOString().slice(0, 10), minutes);
    if (date.getUTCDay() === weekday && moment <= now) return moment;
  }
}

/** The hour that the salon's clock shows. */
export function hourIn(timeZone: string, moment: number): number {
  return wallClock(timeZone, moment).hour;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function periodsOn(hours: OpeningHours, date: string): Span[] {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const periods = hours.exception(date) ?? hours.week[weekday] ?? [];
  return periods.map(({ from, to }) => ({
    start: momentOf(hours.timeZone, date, from),
    end: momentOf(hours.timeZone, date, to),
  }));
}

function localDate(hours: OpeningHours, moment: number): string {
  return dateIn(hours.timeZone, moment);
}

/** Local dates, that of `from` first. */
function* datesFrom(hours: OpeningHours, from: number, count: number): Generator<string> {
  const first = Date.parse(`${localDate(hours, from)}T00:00:00Z`);
  for (let index = 0; index < count; index += 1) {
    yield new Date(first + index * day).toISOString().slice(0, 10);
  }
}

/** Local wall-clock time → epoch. A time that summer time skips becomes the one after; one that comes twice, the first. */
function momentOf(timeZone: string, date: string, minutes: number): number {
  const wall = Date.parse(`${date}T00:00:00Z`) + minutes * minute;
  const guess = wall - offsetAt(timeZone, wall);
  return wall - offsetAt(timeZone, guess);
}

function offsetAt(timeZone: string, moment: number): number {
  const { date, hour, minute: minutes } = wallClock(timeZone, moment);
  const wall = Date.parse(`${date}T00:00:00Z`) + (hour * 60 + minutes) * minute;
  return wall - Math.floor(moment / minute) * minute;
}

function dateIn(timeZone: string, moment: number): string {
  return wallClock(timeZone, moment).date;
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / day);
}

function wallClock(timeZone: string, moment: number): { date: string; hour: number; minute: number } {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    hour: Number(parts.get('hour')),
    minute: Number(parts.get('minute')),
  };
}

/** Making a format costs more than all the rest here. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}
