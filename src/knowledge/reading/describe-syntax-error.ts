import type { ErrorCode, YAMLError } from 'yaml';
import type { Complaint } from '../problem.ts';

/** Syntax errors of `yaml`, in the words of somebody who does not program. Codes: eemeli/yaml, docs/08_errors.md. */
const complaints: Readonly<Partial<Record<ErrorCode, Complaint>>> = {
  BAD_INDENT: {
    code: 'yaml-bad-indent',
    message: 'le décalage de cette ligne ne va pas',
    remedy: 'Alignez-la avec les lignes du même niveau, avec des espaces.',
  },
  TAB_AS_INDENT: {
    code: 'yaml-tab-as-indent',
    message: 'une tabulation sert de décalage',
    remedy: 'Remplacez la tabulation par des espaces (deux par niveau).',
  },
  MISSING_CHAR: {
    code: 'yaml-missing-char',
    message: 'il manque un signe (guillemet, crochet, deux-points…)',
    remedy: 'Fermez le guillemet ou le crochet ouvert, ou ajoutez les deux-points.',
  },
  UNEXPECTED_TOKEN: {
    code: 'yaml-unexpected-token',
    message: 'ce signe n’a pas sa place ici',
    remedy: 'Mettez toute la phrase entre guillemets doubles : "…"',
  },
  MULTILINE_IMPLICIT_KEY: {
    code: 'yaml-multiline-implicit-key',
    message: 'une phrase est prise pour une clé',
    remedy: 'Mettez la phrase entre guillemets doubles : "…"',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    code: 'yaml-block-as-implicit-key',
    message: 'un deux-points coupe cette phrase en « clé : valeur »',
    remedy: 'Mettez toute la phrase entre guillemets doubles : "…"',
  },
  BLOCK_IN_FLOW: {
    code: 'yaml-block-in-flow',
    message: 'une liste à tirets se trouve entre crochets',
    remedy: 'Fermez le crochet, ou écrivez la liste sur une ligne, avec des virgules.',
  },
  BAD_ALIAS: {
    code: 'yaml-bad-alias',
    message: 'l’étoile * au début de la phrase a un sens spécial',
    remedy: 'Mettez la phrase entre guillemets doubles : "…"',
  },
  BAD_SCALAR_START: {
    code: 'yaml-bad-scalar-start',
    message: 'ce signe ne peut pas commencer une phrase',
    remedy: 'Mettez la phrase entre guillemets doubles : "…"',
  },
  BAD_DQ_ESCAPE: {
    code: 'yaml-bad-dq-escape',
    message: 'la barre \\ a un sens spécial entre guillemets doubles',
    remedy: 'Doublez-la (\\\\), ou prenez des guillemets simples.',
  },
  TAG_RESOLVE_FAILED: {
    code: 'yaml-tag-resolve-failed',
    message: 'le point d’exclamation ! au début de la phrase a un sens spécial',
    remedy: 'Mettez la phrase entre guillemets doubles : "…"',
  },
};

/** Found by yaml-file.ts itself. */
export const duplicateKey: Complaint = {
  code: 'yaml-duplicate-key',
  message: 'cette clé est déjà plus haut au même endroit',
  remedy: 'Gardez-en une seule : l’autre serait perdue.',
};

export function describeSyntaxError({ code }: YAMLError): Complaint {
  return (
    complaints[code] ?? {
      code: 'yaml-syntax',
      message: `ce fichier ne se lit pas ici (${code})`,
      remedy: 'Comparez avec un fichier voisin : décalages, tirets, guillemets.',
    }
  );
}
