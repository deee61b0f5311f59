import type { Complaint } from '../problem.ts';
import { suggestName } from '../suggest-name.ts';

const nouns = {
  'unknown-theme': 'le thème',
  'unknown-contact': 'le contact',
  'unknown-product': 'le produit',
  'unknown-fiche': 'la fiche',
  'unknown-fact': 'le fait',
  'unknown-act': 'l’acte',
  'unknown-slot': 'l’emplacement',
  'unknown-value': 'la valeur',
} as const;

/** Codes of names that must be known. */
export type UnknownName = keyof typeof nouns;

/** `where`: what it was looked for in, when several lists have such names: « dans noemi-vpn ». */
export function explainUnknown(
  code: UnknownName,
  name: string,
  known: readonly string[],
  where?: string,
): Complaint {
  const suggestion = suggestName(name, known);
  return {
    code,
    message: `${nouns[code]} « ${name} »${where === undefined ? '' : ` ${where}`} n’existe pas`,
    remedy: suggestion
      ? `Vouliez-vous écrire « ${suggestion} » ?`
      : known.length > 0
        ? `Existent : ${known.join(', ')}.`
        : 'Il n’y en a aucun.',
  };
}
