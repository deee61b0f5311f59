import { stringify } from 'yaml';
import { foldAccents } from '../../text/fold-accents.ts';
import type { GuideSection } from './parse-guide.ts';

export interface Draft {
  readonly id: string;
  readonly title: string;
  /** Lines of the guide that it comes from. */
  readonly lines: readonly [first: number, last: number];
  readonly steps: number;
  /** Text of knowledge/<id>.yaml and of intents/<id>.yaml. */
  readonly fiche: string;
  readonly questions: string;
}

interface DraftStep {
  texte: string;
  points: string[];
}

interface Procedure {
  /** The sentence just above, when it is short: "Pour un iPhone". */
  lead: string;
  steps: DraftStep[];
  /** What was said since the last step, until one knows whether another follows. */
  pending: string[];
  lines: [number, number];
}

const longestStep = 300;
const longestLead = 60;

/** Sections of a guide → drafts for an editor to rework, one a procedure or a page of facts. */
export function draftFiches(
  sections: readonly GuideSection[],
  options: { guide: string; today: string },
): Draft[] {
  const taken = new Set<string>();
  const counts = Map.groupBy(sections, ({ heading }) => heading.toLowerCase());
  return sections.flatMap((section) => {
    const ambiguous =
      (counts.get(section.heading.toLowerCase())?.length ?? 0) > 1 || /\?$|^en /i.test(section.heading);
    const parent = section.parents.at(-1);
    const title = ambiguous && parent ? `${parent} : ${section.heading}` : section.heading || options.guide;
    const { before, procedures } = readProcedures(section);
    return splitSection(title, section, before, procedures).map((part) => writeDraft(part, taken, options));
  });
}

interface Part {
  readonly title: string;
  readonly source: string;
  readonly lines: readonly [number, number];
  readonly before: readonly string[];
  readonly procedures: readonly Procedure[];
}

/** Procedures that are cases of one question stay together (variants); others are fiches of their own. */
function splitSection(
  title: string,
  section: GuideSection,
  before: readonly string[],
  procedures: readonly Procedure[],
): Part[] {
  const whole = {
    title,
    source: section.heading,
    lines: [section.line, section.endLine],
    before,
    procedures,
  } as const;
  const cases = procedures.length > 1 && procedures.every(({ lead }) => lead !== '');
  if (procedures.length === 0 || cases) return [whole];
  return procedures.map((procedure, index) => ({
    ...whole,
    title: index === 0 ? title : `${title} (${index + 1})`,
    lines: procedures.length === 1 ? whole.lines : procedure.lines,
    // No case of anything: the sentence above the steps is one like another.
    before: [...(index === 0 ? before : []), procedure.lead].filter((text) => text !== ''),
    procedures: [{ ...procedure, lead: '' }],
  }));
}

function readProcedures(section: GuideSection): { before: string[]; procedures: Procedure[] } {
  const before: string[] = [];
  const procedures: Procedure[] = [];
  let current: Procedure | null = null;
  for (const block of section.blocks) {
    if (block.type === 'item' && block.number !== null && block.depth === 0) {
      if (!current || block.number <= current.steps.length) {
        const lead = takeLead(current ? current.pending : before);
        current = { lead, steps: [], pending: [], lines: [block.line, block.endLine] };
        procedures.push(current);
      }
      current.steps.at(-1)?.points.push(...current.pending.splice(0));
      current.steps.push({ texte: block.text, points: [] });
      current.lines[1] = block.endLine;
    } else if (current) {
      const last = current.steps.at(-1);
      if (
        block.type === 'item' &&
        last &&
        (block.depth > 0 || /:$/.test(last.texte)) &&
        current.pending.length === 0
      ) {
        last.points.push(block.text);
      } else current.pending.push(block.text);
      current.lines[1] = block.endLine;
    } else before.push(block.text);
  }
  return { before, procedures };
}

/** The last thing said before a procedure, when it is short enough to be its title. */
function takeLead(said: string[]): string {
  const last = said.at(-1) ?? '';
  if (last === '' || last.length > longestLead || /[.!]$/.test(last)) return '';
  said.pop();
  return last;
}

function writeDraft(
  part: Part,
  taken: Set<string>,
  { guide, today }: { guide: string; today: string },
): Draft {
  const id = uniqueSlug(part.title, taken);
  const [first, last] = part.lines;
  const [only] = part.procedures;
  const several = part.procedures.length > 1;
  const said = part.before.filter((text) => !/\?$/.test(text));
  const [summary = part.title, ...facts] = said;
  const place = `${guide}, lignes ${first} à ${last}`;
  const nextYear = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  const fiche = {
    titre: shorten(part.title, 70),
    question: shorten(`${part.title} : que faire ?`, longestStep),
    theme: 'a-choisir',
    resume: shorten(summary, longestStep),
    source: part.source || guide,
    'revu-le': today,
    'a-revoir-avant': nextYear,
    ...(facts.length > 0 || !only ? { informations: facts.length > 0 ? facts : [summary] } : {}),
    ...(only && !several ? { etapes: only.steps.map(fitStep) } : {}),
    ...(several
      ? {
          variantes: {
            question: 'Quel est votre cas ?',
            choix: part.procedures.map(({ lead, steps, pending }) => ({
              id: slug(lead),
              titre: lead.replace(/\s*:$/, ''),
              mots: [lead.replace(/\s*:$/, '').toLowerCase()],
              ...(pending.length > 0 ? { informations: pending } : {}),
              etapes: steps.map(fitStep),
            })),
          },
        }
      : {}),
    ...(only && !several && only.pending.length > 0 ? { ensuite: only.pending } : {}),
    'note-editeur': `Brouillon tiré de ${place}. À relire : tournez les phrases en consignes courtes, choisissez le thème, les contacts et les liens.\n`,
  };
  const questions = firstQuestions(part);
  return {
    id,
    title: part.title,
    lines: part.lines,
    steps: part.procedures.reduce((sum, { steps }) => sum + steps.length, 0),
    fiche: `# Brouillon tiré de ${place}.\n${stringify(fiche, { lineWidth: 0 })}`,
    questions: `# Premières questions, à compléter : il en faut au moins 10, et 25 valent mieux (${place}).\n${stringify({ questions }, { lineWidth: 0 })}`,
  };
}

/** A step holds 300 characters: what is over goes below it, cut at the ends of sentences. */
function fitStep({ texte, points }: DraftStep): object {
  const [text = '', ...over] = cutAtSentences(texte);
  const below = [...over, ...points.flatMap(cutAtSentences)];
  return below.length > 0 ? { texte: text, points: below } : { texte: text };
}

function cutAtSentences(text: string): string[] {
  const pieces: string[] = [];
  for (const sentence of text.split(/(?<=[.!?;])\s+/)) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + 1 + sentence.length <= longestStep)
      pieces[pieces.length - 1] = `${last} ${sentence}`;
    else
      for (let rest = sentence; rest !== ''; rest = rest.slice(longestStep))
        pieces.push(rest.slice(0, longestStep));
  }
  return pieces;
}

/** What the guide's own words give; agents' words are for the editor to add. */
function firstQuestions({ title, source, before, procedures }: Part): string[] {
  const plain = title.toLowerCase();
  const asked = before.filter((text) => /\?$/.test(text)).map((text) => `${plain} ${text.toLowerCase()}`);
  const leads = procedures.map(({ lead }) => (lead === '' ? '' : `${plain} ${lead.toLowerCase()}`));
  const all = [
    plain,
    source.toLowerCase(),
    `${plain} comment faire`,
    `besoin d'aide ${plain}`,
    ...asked,
    ...leads,
  ];
  return [...new Set(all.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== ''))];
}

function uniqueSlug(title: string, taken: Set<string>): string {
  const base = slug(title) || 'section';
  let id = base;
  for (let count = 2; taken.has(id); count += 1) id = `${base}-${count}`;
  taken.add(id);
  return id;
}

function slug(text: string): string {
  return foldAccents(text.toLowerCase())
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 45)
    .replace(/^-+|-+$/g, '');
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/\s+\S*$/, '')}…`;
}
