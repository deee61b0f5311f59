import type { TargetName } from '../../knowledge/content.ts';

/** What a message may be, before what it is about: it does something, it asks something, or neither is known. */
export const messageKinds = ['act', 'question', 'none'] as const;
export type MessageKind = (typeof messageKinds)[number];

export function kindOf(target: TargetName): MessageKind {
  switch (target.kind) {
    case 'act':
    case 'none':
      return target.kind;
    case 'fact':
    case 'fiche':
      return 'question';
  }
}

export function sameTarget(left: TargetName, right: TargetName): boolean {
  return nameOf(left) === nameOf(right);
}

export function nameOf(target: TargetName): string {
  switch (target.kind) {
    case 'act':
      return `act ${target.act}`;
    case 'fact':
      return `fact ${target.fiche}/${target.fact}`;
    case 'fiche':
      return `fiche ${target.fiche}`;
    case 'none':
      return 'none';
  }
}

/** A vague start (« ça rame », intents/vagues.yaml) stands among the acts as `vague:…`. */
export const isVague = (act: string): boolean => act.startsWith('vague:');
