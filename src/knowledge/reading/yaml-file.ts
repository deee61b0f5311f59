import { isMap, isPair, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Problem } from '../problem.ts';

export type YamlPath = readonly (string | number)[];

/** A YAML file that parsed, whose values can be found again in the text. */
export interface YamlFile {
  readonly file: string;
  readonly data: unknown;
  /** A problem at the value of `path` (or at its nearest parent when the value is missing). */
  problemAt(path: YamlPath, message: string, remedy: string, severity?: Problem['severity']): Problem;
  /** A problem at a key of the map at `path`. */
  problemAtKey(path: YamlPath, key: string, message: string, remedy: string): Problem;
  /** The text of the value as the editor wrote it. */
  sourceAt(path: YamlPath): string;
}

/** Syntax errors of `yaml`, in the words of somebody who does not program. Codes: eemeli/yaml, docs/08_errors.md. */
const syntaxMessages: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  BAD_INDENT: [
    'le décalage de cette ligne ne va pas',
    'Alignez-la avec les lignes du même niveau, avec des espaces.',
  ],
  TAB_AS_INDENT: [
    'une tabulation sert de décalage',
    'Remplacez la tabulation par des espaces (deux par niveau).',
  ],
  MISSING_CHAR: [
    'il manque un signe (guillemet, crochet, deux-points…)',
    'Fermez le guillemet ou le crochet ouvert, ou ajoutez les deux-points.',
  ],
  DUPLICATE_KEY: [
    'cette clé est déjà plus haut au même endroit',
    "Gardez-en une seule : l'autre serait perdue.",
  ],
  UNEXPECTED_TOKEN: [
    "ce signe n'a pas sa place ici",
    'Mettez toute la phrase entre guillemets doubles : "…"',
  ],
  MULTILINE_IMPLICIT_KEY: [
    'une phrase est prise pour une clé',
    'Mettez la phrase entre guillemets doubles : "…"',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'un deux-points coupe cette phrase en « clé : valeur »',
    'Mettez toute la phrase entre guillemets doubles : "…"',
  ],
  BLOCK_IN_FLOW: [
    'une liste à tirets se trouve entre crochets',
    'Fermez le crochet, ou écrivez la liste sur une ligne, avec des virgules.',
  ],
  BAD_ALIAS: [
    "l'étoile * au début de la phrase a un sens spécial",
    'Mettez la phrase entre guillemets doubles : "…"',
  ],
  BAD_SCALAR_START: [
    'ce signe ne peut pas commencer une phrase',
    'Mettez la phrase entre guillemets doubles : "…"',
  ],
  BAD_DQ_ESCAPE: [
    'la barre \\ a un sens spécial entre guillemets doubles',
    'Doublez-la (\\\\), ou prenez des guillemets simples.',
  ],
  TAG_RESOLVE_FAILED: [
    "le point d'exclamation ! au début de la phrase a un sens spécial",
    'Mettez la phrase entre guillemets doubles : "…"',
  ],
};

/** Parses one file; problems instead of a file when its syntax is wrong. */
export function parseYamlFile(file: string, text: string): YamlFile | readonly Problem[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const sourceLines = text.split('\n');

  const problemAtOffset = (
    offset: number,
    message: string,
    remedy: string,
    severity: Problem['severity'] = 'error',
  ): Problem => {
    const { line, col } = lineCounter.linePos(Math.min(offset, Math.max(0, text.length - 1)));
    const excerpt = sourceLines[line - 1]?.replace(/\r$/, '') ?? null;
    return { severity, file, line, column: Math.max(1, col), excerpt, message, remedy };
  };

  const complaints: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    return complaints.map((error) => {
      const [message, remedy] = syntaxMessages[error.code] ?? [
        `ce fichier ne se lit pas ici (${error.code})`,
        'Comparez avec un fichier voisin : décalages, tirets, guillemets.',
      ];
      return problemAtOffset(error.pos[0], message, remedy);
    });
  }

  const offsetAt = (path: YamlPath): readonly [number, number] => {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = (node as { range?: readonly number[] } | null | undefined)?.range;
      if (range?.[0] !== undefined && range[1] !== undefined) return [range[0], range[1]];
    }
    return [0, 0];
  };

  return {
    file,
    data: document.toJS({ maxAliasCount: 0 }) as unknown,
    problemAt: (path, message, remedy, severity) =>
      problemAtOffset(offsetAt(path)[0], message, remedy, severity),
    problemAtKey: (path, key, message, remedy) => {
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      const pair = isMap(map)
        ? map.items.find((item) => isPair(item) && String(item.key) === key)
        : undefined;
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range;
      return problemAtOffset(range?.[0] ?? offsetAt(path)[0], message, remedy);
    },
    sourceAt: (path) => {
      const [start, end] = offsetAt(path);
      return text.slice(start, end).trim();
    },
  };
}
