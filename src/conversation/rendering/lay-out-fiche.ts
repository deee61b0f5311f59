import type { Content, Fiche, Step, Variant } from '../../knowledge/content.ts';
import { foldText } from '../../text/fold-text.ts';
import type { Block, Item } from '../conversation.ts';
import { bullets, heading, note, paragraph } from '../exchange.ts';
import type { Say } from './say.ts';

/** How many steps a salon shows before it sends the agent to the direct message. */
const salonSteps = 6;

/** `all`: every variant, one after the other. */
export type Shown = Variant | 'all' | null;

export interface Layout {
  readonly blocks: readonly Block[];
  /** Steps were left out (salon). */
  readonly cut: boolean;
}

/** What the closing line asks: nothing, whether it worked, or also whether to be guided. */
export interface Closing {
  readonly asks: 'nothing' | 'solved' | 'solved-or-guide';
  /** Milliseconds since the epoch: an overdue review is said. */
  readonly now: number;
}

/**
 * A fiche as a reply, for a phone: title, summary, steps, facts, what to do if it persists, and one closing line. The first
 * gesture stands within the first 200 characters, so that a summary which would push it further goes after the steps.
 */
export function layOutFiche(
  fiche: Fiche,
  shown: Shown,
  form: 'whole' | 'short',
  content: Content,
  say: Say,
  closing: Closing,
): Layout {
  const variants = shown === 'all' ? (fiche.variants?.choices ?? []) : shown === null ? [] : [shown];
  const steps = layOutSteps(fiche, variants);
  const long = form === 'short' && countSteps(steps) > salonSteps;
  const gesture = [...fiche.steps, ...variants.flatMap((variant) => variant.steps)][0]?.text;
  const late =
    gesture !== undefined && fiche.title.length + fiche.summary.length + gesture.length + aroundTexts > 200;
  const summary = [fiche.summary];
  return {
    cut: long,
    blocks: [
      heading(fiche.title),
      ...(late ? [] : summary.map(paragraph)),
      ...(gesture === undefined ? bullets(fiche.information) : []),
      ...(long ? cutSteps(steps) : steps),
      ...(gesture === undefined ? [] : bullets(fiche.information)),
      ...(long
        ? []
        : [
            ...titled(say('a-savoir'), [...(late ? summary : []), ...fiche.afterwards]),
            ...layOutPersists(fiche, say),
            ...(form === 'short' ? [] : layOutDated(fiche, say)),
            ...closingLine(fiche, content, say, closing),
          ]),
    ],
  };
}

/** Signs of the plain body around title, summary and first step: line ends, the step's number. */
const aroundTexts = 7;
/** A review that is due in so many days, or is overdue, is worth a word. */
const reviewNotice = 30 * 24 * 60 * 60_000;

/**
 * One line: has it worked, else whom to call. Where nothing is asked, whom to call and the section of the guide: a
 * procedure is judged by whether it works, information by where it comes from.
 */
function closingLine(fiche: Fiche, content: Content, say: Say, { asks, now }: Closing): Block[] {
  const contacts = joinContacts(fiche, content);
  const reviewed =
    now < Date.parse(fiche.reviewBefore) - reviewNotice
      ? []
      : [say('fin-verifie', { date: longDate.format(new Date(`${fiche.reviewed}T12:00:00Z`)) })];
  switch (asks) {
    case 'nothing': {
      const call = contacts === '' ? [] : [say('fin-aide', { contacts })];
      return [note([...call, say('source', { rubrique: fiche.source }), ...reviewed].join(' '))];
    }
    case 'solved':
    case 'solved-or-guide': {
      const call = contacts === '' ? [] : [say('fin-sinon', { contacts })];
      const question = say(asks === 'solved' ? 'fin-resolu' : 'fin-resolu-ou-guide');
      return [paragraph([question, ...call, ...reviewed].join(' '))];
    }
  }
}

const longDate = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'Europe/Paris' });

/** "votre RSSI ou 01 40 07 20 00 (centre d'appel)", without those that the lines just above have named. */
function joinContacts(fiche: Fiche, content: Content): string {
  const above = foldText(fiche.ifItPersists.join(' '));
  const named = fiche.contacts
    .flatMap((id) => content.sentences.contacts.get(id) ?? [])
    .filter((contact) => !above.includes(foldText(contact.replace(/ \(.*/, ''))))
    .map(lowerImperative);
  const last = named.pop() ?? '';
  return named.length === 0 ? last : `${named.join(', ')} ou ${last}`;
}

/** What to do if the trouble stays, and whom to call. */
export function layOutPersists(fiche: Fiche, say: Say): Block[] {
  return [titled(say('si-le-probleme-persiste'), fiche.ifItPersists)].flat();
}

export function layOutContacts(ids: readonly string[], content: Content, title: string): Block[] {
  const lines = ids.flatMap((id) => content.sentences.contacts.get(id) ?? []);
  return titled(title, lines);
}

/** The steps an agent goes through: the common ones, then those of the variant. */
export function stepsOf(fiche: Fiche, variant: Variant | null): readonly Step[] {
  return [...fiche.steps, ...(variant?.steps ?? [])];
}

export function isProcedure(fiche: Fiche): boolean {
  return (
    fiche.steps.length > 0 || (fiche.variants?.choices.some((choice) => choice.steps.length > 0) ?? false)
  );
}

/** "**condition** : advice" */
function layOutBranches(step: Step): string[] {
  return step.branches.map((branch) => `**${branch.condition}** : ${lowerImperative(branch.advice)}`);
}

function layOutSteps(fiche: Fiche, variants: readonly Variant[]): Block[] {
  const common = numbered(fiche.steps, 1);
  const alone = variants.length === 1;
  return [
    ...common,
    ...variants.flatMap((variant) => [
      ...(alone && fiche.variants === null ? [] : [paragraph(`**${variant.title}**`)]),
      ...bullets(variant.information),
      ...numbered(variant.steps, fiche.steps.length + 1),
    ]),
  ];
}

function numbered(steps: readonly Step[], start: number): Block[] {
  if (steps.length === 0) return [];
  const items: Item[] = steps.map((step) => ({
    text: step.text,
    points: [...step.points, ...layOutBranches(step)],
  }));
  return [{ type: 'steps', items, start }];
}

function countSteps(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + (block.type === 'steps' ? block.items.length : 0), 0);
}

function cutSteps(blocks: readonly Block[]): Block[] {
  let left = salonSteps - 2;
  const kept: Block[] = [];
  for (const block of blocks) {
    if (left <= 0) break;
    if (block.type !== 'steps') kept.push(block);
    else {
      kept.push({ ...block, items: block.items.slice(0, left) });
      left -= block.items.length;
    }
  }
  return kept;
}

function layOutDated(fiche: Fiche, say: Say): Block[] {
  return fiche.dated.map(({ text, date }) => note(say('information-datee', { date, texte: text })));
}

/** A bold label and its lines: on one line when there is only one. */
function titled(title: string, lines: readonly string[]): Block[] {
  const [only] = lines;
  if (only === undefined) return [];
  // "Besoin d'aide ?" takes no colon, and a capital after it.
  const asks = title.endsWith('?');
  if (lines.length === 1)
    return [paragraph(asks ? `**${title}** ${only}` : `**${title}** : ${lowerImperative(only)}`)];
  return [paragraph(asks ? `**${title}**` : `**${title} :**`), ...bullets(lines)];
}

/** What may begin a sentence of the guide and is no name: little words, imperatives, and a few nouns. */
const ordinaryWords = [
  'Si|Sinon|Sans|Sur|Sous|Selon|Pour|Par|Pas|Pendant|Puis|Avec|Avant|Après|Depuis|Dès|Dans|En|Ensuite|Chez|Chaque|Quand',
  'Lorsque|Lors|Le|La|Les|Leurs?|Un|Une|Des|Du|De|Au|Aux|À|Et|Ou|Mais|Donc|Votre|Vos|Notre|Nos|Vous|Nous|On|Ils?|Elles?',
  "Ce|Cet|Cette|Ces|Cela|Ne|Non|Oui|Aucune?|Seule?s?|Même|Tout|Toutes?|Tous|[LDCSJNM](?=['’])|\\p{Lu}\\p{Ll}*ez",
  'Clés?|Documentation|Numéros?|Adresses?|Exemples?|Durée|Délai',
].join('|');
const startsOrdinarily = new RegExp(`^(?:${ordinaryWords})(?!\\p{L})`, 'u');

/** After a colon, French goes on in lower case; only words that are no names are lowered. */
function lowerImperative(text: string): string {
  return startsOrdinarily.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
