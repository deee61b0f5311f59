import type { Content, Fiche, Step, Variant } from '../../knowledge/content.ts';
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

/** A fiche as a reply: title, summary, facts, steps, what to do if it persists, whom to call, source. */
export function layOutFiche(
  fiche: Fiche,
  shown: Shown,
  form: 'whole' | 'short',
  content: Content,
  say: Say,
): Layout {
  const variants = shown === 'all' ? (fiche.variants?.choices ?? []) : shown === null ? [] : [shown];
  const steps = layOutSteps(fiche, variants);
  const long = form === 'short' && countSteps(steps) > salonSteps;
  return {
    cut: long,
    blocks: [
      heading(fiche.title),
      paragraph(fiche.summary),
      ...bullets(fiche.information),
      ...(long ? cutSteps(steps) : steps),
      ...(long ? [] : layOutEnd(fiche, content, say)),
      ...(form === 'short' ? [] : layOutDated(fiche, say)),
      note(say('source', { rubrique: fiche.source })),
    ],
  };
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

function layOutEnd(fiche: Fiche, content: Content, say: Say): Block[] {
  return [
    ...titled(say('a-savoir'), fiche.afterwards),
    ...layOutPersists(fiche, say),
    ...layOutContacts(fiche.contacts, content, say('qui-appeler')),
  ];
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

/** After a colon, French goes on in lower case; only words that are no names are lowered. */
function lowerImperative(text: string): string {
  return /^(?:\p{Lu}\p{Ll}*ez|Si|Le|La|Les|Un|Une|Votre|Vos|Vous|Ce|Cette|Il|Elle|Ne|Pour|Dans|En)\b/u.test(
    text,
  )
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}
