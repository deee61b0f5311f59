import type { TargetName } from '../../knowledge/content.ts';
import type { Signs } from './gather-signs.ts';

/**
 * Evidence for a target of one kind: its name, and its value given the signs of a message. `true` is 1. The weights are
 * learnt from intents/contextes.yaml (fit-target-weights.ts).
 */
export type Evidence<Target> = Readonly<Record<string, (signs: Signs, target: Target) => number | boolean>>;

export type ActTarget = Extract<TargetName, { kind: 'act' }>;
export type FactTarget = Extract<TargetName, { kind: 'fact' }>;
export type FicheTarget = Extract<TargetName, { kind: 'fiche' }>;

/** Least probability told apart from none. */
const least = 1e-3;

export function logOf(probability: number): number {
  return Math.log(Math.max(least, probability));
}

export function bestOf(scores: ReadonlyMap<string, number>): number {
  return Math.max(0, ...scores.values());
}

/** Where a fiche stands towards the one spoken of. */
export const isSameFiche = ({ last }: Signs, { fiche }: { fiche: string }): boolean => last?.id === fiche;

export function isSameTool(signs: Signs, target: { fiche: string }): boolean {
  const tool = toolOf(signs, target);
  return signs.last !== null && !isSameFiche(signs, target) && tool !== null && tool === signs.last.product;
}

export function isLinked({ last }: Signs, { fiche }: { fiche: string }): boolean {
  return last?.related.includes(fiche) ?? false;
}

export function isOtherTool(signs: Signs, target: { fiche: string }): boolean {
  return signs.last !== null && !isSameFiche(signs, target) && !isSameTool(signs, target);
}

/** Near the fiche spoken of, without being it. */
export function isKin(signs: Signs, target: { fiche: string }): boolean {
  return isSameTool(signs, target) || isLinked(signs, target) || signs.context.earlier.includes(target.fiche);
}

export function toolOf({ content }: Signs, { fiche }: { fiche: string }): string | null {
  return content.fiches.get(fiche)?.product ?? null;
}
