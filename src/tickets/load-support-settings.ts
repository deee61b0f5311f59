import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { formatProblem, type Problem } from '../knowledge/problem.ts';
import { checkShape } from '../knowledge/reading/check-shape.ts';
import { parseYamlFile, type YamlFile } from '../knowledge/reading/yaml-file.ts';
import { isRoomId, type RoomId } from '../messages/ids.ts';
import { foldText } from '../text/fold-text.ts';
import type { Salon } from './rules/choose-salon.ts';
import type { OpeningHours, Period, WeeklyMoment } from './rules/opening-hours.ts';
import type { TicketDelays } from './rules/ticket.ts';

/** When the operators answer, and how long a ticket may wait. */
export interface SupportSettings {
  /** null: somebody is always there. */
  readonly hours: OpeningHours | null;
  readonly delays: TicketDelays;
  /** Support salons beside the default one (SUPPORT_ROOM). */
  readonly salons?: readonly Salon[];
  /** When the figures of the week are posted in the salon; null: never. */
  readonly report?: WeeklyMoment | null;
  /** Canned replies by name, in the order of the file. */
  readonly replies?: ReadonlyMap<string, string>;
}

/** The file is wrong: `problems` are ready for the person who installs the bot, in French. */
export class SupportSettingsError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly Problem[]) {
    const formatted = problems.map(formatProblem);
    super(formatted.join('\n\n'));
    this.name = 'SupportSettingsError';
    this.problems = formatted;
  }
}

const minute = 60_000;
export const defaultSupportSettings: SupportSettings = {
  hours: null,
  delays: { claim: 15 * minute, idle: 60 * minute, close: 60 * minute },
};

/** Sunday first, as OpeningHours counts. */
const weekdays = ['dimanche', 'lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi'] as const;

/** Names people use → codes of date-holidays (country, state). */
const holidayCalendars = {
  metropole: ['FR', undefined],
  'alsace-moselle': ['FR', '57'],
  guadeloupe: ['FR', 'GP'],
  martinique: ['FR', 'MQ'],
  guyane: ['FR', 'GF'],
  reunion: ['FR', 'RE'],
  mayotte: ['FR', 'YT'],
  'saint-barthelemy': ['FR', 'BL'],
  'saint-martin': ['FR', 'MF'],
} as const;

const period = z
  .string()
  .regex(/^([01]?\d|2[0-3])[:h]([0-5]\d)?\s*-\s*([01]?\d|2[0-4])[:h]([0-5]\d)?$/, 'par exemple "8:00-12:00"');
const periods = z.array(period).max(10);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'une date s’écrit AAAA-MM-JJ');
const minutes = z.number().min(1).max(10_000);

const shape = z.strictObject({
  fuseau: z.string().default('Europe/Paris'),
  horaires: z
    .strictObject(Object.fromEntries(weekdays.map((day) => [day, periods.optional()])))
    .optional()
    .describe('Sans cette clé, les conseillers répondent toujours'),
  'jours-feries': z
    .enum([...(Object.keys(holidayCalendars) as [keyof typeof holidayCalendars]), 'aucun'])
    .default('metropole'),
  fermetures: z.array(z.strictObject({ du: date, au: date.optional() })).default([]),
  ouvertures: z.array(z.strictObject({ le: date, heures: periods })).default([]),
  delais: z
    .strictObject({
      'prise-en-charge': minutes.optional(),
      'sans-nouvelles': minutes.optional(),
      cloture: minutes.optional(),
    })
    .default({}),
  salons: z
    .array(
      z.strictObject({
        nom: z.string().regex(/^\p{L}[\p{L}\d-]*$/u, 'un mot, par exemple « reseau »'),
        salon: z.custom<RoomId>((value) => isRoomId(value) && !/\s/u.test(value), {
          message: 'l’identifiant d’un salon commence par ! (Tchap : paramètres du salon, Avancé)',
        }),
        themes: z.array(z.string()).default([]),
        serveurs: z.array(z.string()).default([]),
        profil: z.record(z.string(), z.array(z.string())).default({}),
      }),
    )
    .default([])
    .describe('Chaque demande va au premier salon qui la veut, sinon dans SUPPORT_ROOM'),
  bilan: z
    .strictObject({
      jour: z.enum(weekdays).default('lundi'),
      heure: z.string().regex(/^([01]?\d|2[0-3])[:h]([0-5]\d)?$/, 'par exemple "8:00"'),
    })
    .optional()
    .describe('Sans cette clé, les chiffres de la semaine ne sont pas publiés'),
  reponses: z
    .record(
      z.string().regex(/^\p{L}[\p{L}\d-]*$/u, 'des lettres, des chiffres et des traits d’union, sans espace'),
      z.string().min(1).max(4_000),
    )
    .default({})
    .describe('Nom → texte envoyé à l’agent par `!r nom`'),
});
const knownKeys = [
  ...Object.keys(shape.shape),
  ...weekdays,
  ...[
    'du',
    'au',
    'le',
    'heures',
    'jour',
    'heure',
    'nom',
    'salon',
    'themes',
    'serveurs',
    'profil',
    'prise-en-charge',
    'sans-nouvelles',
    'cloture',
  ],
];

/**
 * Reads the file of the support salon's hours and delays; the defaults when there is none.
 * @throws SupportSettingsError with every problem at once
 */
export async function loadSupportSettings(path: string): Promise<SupportSettings> {
  if (!existsSync(path)) return defaultSupportSettings;
  return parseSupportSettings(path, readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
}

export async function parseSupportSettings(name: string, text: string): Promise<SupportSettings> {
  const parsed = parseYamlFile(name, text.trim() === '' ? '{}' : text);
  if (!('data' in parsed)) throw new SupportSettingsError(parsed);
  const checked = checkShape(shape, parsed, knownKeys);
  if ('problems' in checked) throw new SupportSettingsError(checked.problems);
  const { value } = checked;
  const problems = findNonsense(value, parsed);
  if (problems.length > 0) throw new SupportSettingsError(problems);
  const { claim, idle, close } = defaultSupportSettings.delays;
  return {
    delays: {
      claim: inMilliseconds(value.delais['prise-en-charge']) ?? claim,
      idle: inMilliseconds(value.delais['sans-nouvelles']) ?? idle,
      close: inMilliseconds(value.delais.cloture) ?? close,
    },
    hours: await readHours(value),
    salons: value.salons.map(({ nom, salon, themes, serveurs, profil }) => ({
      id: salon,
      name: nom,
      themes,
      servers: serveurs,
      profile: profil,
    })),
    report: value.bilan
      ? { weekday: weekdays.indexOf(value.bilan.jour), minutes: toMinutes(value.bilan.heure) }
      : null,
    replies: new Map(Object.entries(value.reponses)),
  };
}

type File = z.output<typeof shape>;

async function readHours(file: File): Promise<OpeningHours | null> {
  const { horaires } = file;
  if (!horaires) return null;
  const isHoliday = await createHolidayLookup(file['jours-feries']);
  const openings = new Map(file.ouvertures.map(({ le, heures }) => [le, heures.map(toPeriod)]));
  return {
    timeZone: file.fuseau,
    week: weekdays.map((day) => (horaires[day] ?? []).map(toPeriod)),
    exception(day) {
      const opening = openings.get(day);
      if (opening) return opening;
      // Dates of the same form compare as texts do.
      const closed = file.fermetures.some(({ du, au = du }) => du <= day && day <= au);
      return closed || isHoliday(day) ? [] : null;
    },
  };
}

/** date-holidays weighs 30 MB once loaded: only when opening hours are set. A year is computed once. */
async function createHolidayLookup(calendar: File['jours-feries']): Promise<(day: string) => boolean> {
  if (calendar === 'aucun') return () => false;
  const [country, state] = holidayCalendars[calendar];
  const { default: Holidays } = await import('date-holidays');
  const holidays = state === undefined ? new Holidays(country) : new Holidays(country, state);
  const years = new Map<string, ReadonlySet<string>>();
  return (day) => {
    const year = day.slice(0, 4);
    const known = years.get(year) ?? readYear(holidays, Number(year));
    years.set(year, known);
    return known.has(day);
  };
}

function readYear(
  holidays: { getHolidays(year: number): { date: string; type: string }[] },
  year: number,
): ReadonlySet<string> {
  return new Set(
    holidays
      .getHolidays(year)
      .filter(({ type }) => type === 'public')
      .map((holiday) => holiday.date.slice(0, 10)),
  );
}

/** What has the right shape and still cannot be. */
function findNonsense(file: File, yaml: YamlFile): Problem[] {
  const problems: Problem[] = [];
  try {
    new Intl.DateTimeFormat('fr-FR', { timeZone: file.fuseau });
  } catch {
    problems.push(
      yaml.problemAt(['fuseau'], {
        code: 'unknown-time-zone',
        message: `le fuseau « ${file.fuseau} » n’existe pas`,
        remedy: 'Écrivez par exemple Europe/Paris.',
      }),
    );
  }
  for (const day of weekdays) {
    const list = (file.horaires?.[day] ?? []).map(toPeriod);
    if (!areInOrder(list)) problems.push(disorder(yaml, ['horaires', day]));
  }
  for (const [index, { heures }] of file.ouvertures.entries()) {
    if (!areInOrder(heures.map(toPeriod))) problems.push(disorder(yaml, ['ouvertures', index, 'heures']));
  }
  const names = file.salons.map(({ nom }) => foldText(nom));
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index && name !== 'principal') continue;
    problems.push(
      yaml.problemAt(['salons', index, 'nom'], {
        code: 'salon-name-taken',
        message: 'ce nom est déjà celui d’un salon (« principal » est celui de SUPPORT_ROOM)',
        remedy: 'Donnez-lui un autre nom.',
      }),
    );
  }
  for (const [index, { themes, serveurs, profil }] of file.salons.entries()) {
    if ([themes, serveurs, ...Object.values(profil)].some((values) => values.length > 0)) continue;
    problems.push(
      yaml.problemAt(['salons', index], {
        code: 'salon-for-nobody',
        message: 'rien ne dit quelles demandes vont dans ce salon',
        remedy: 'Ajoutez « themes », « serveurs » ou « profil ».',
      }),
    );
  }
  for (const [index, { du, au = du }] of file.fermetures.entries()) {
    if (au < du) {
      problems.push(
        yaml.problemAt(['fermetures', index, 'au'], {
          code: 'closure-ends-before-start',
          message: 'cette fermeture finit avant de commencer',
          remedy: 'Échangez les dates.',
        }),
      );
    }
  }
  return problems;
}

function areInOrder(list: readonly Period[]): boolean {
  return list.every(({ from, to }, index) => from < to && to <= 1440 && from >= (list[index - 1]?.to ?? 0));
}

function disorder(yaml: YamlFile, path: readonly (string | number)[]): Problem {
  return yaml.problemAt(path, {
    code: 'hours-out-of-order',
    message: 'ces heures se chevauchent ou ne sont pas dans l’ordre',
    remedy: 'Écrivez-les dans l’ordre de la journée, par exemple ["8:00-12:00", "13:00-18:00"].',
  });
}

function toPeriod(written: string): Period {
  const [from = 0, to = 0] = written.split('-').map(toMinutes);
  return { from, to };
}

function toMinutes(time: string): number {
  const [hours, minutes] = time.trim().split(/[:h]/);
  return Number(hours) * 60 + Number(minutes === '' ? 0 : minutes);
}

function inMilliseconds(given: number | undefined): number | undefined {
  return given === undefined ? undefined : given * minute;
}
