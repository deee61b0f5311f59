import {
  type Document,
  isMap,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { Complaint, Problem } from '../problem.ts';
import { describeSyntaxError, duplicateKey } from './describe-syntax-error.ts';

export type YamlPath = readonly (string | number)[];

/** A YAML file that parsed, whose values can be found again in the text. */
export interface YamlFile {
  readonly file: string;
  readonly data: unknown;
  /** A problem at the value of `path` (or at its nearest parent when the value is missing). */
  problemAt(path: YamlPath, complaint: Complaint): Problem;
  /** A problem at a key of the map at `path`. */
  problemAtKey(path: YamlPath, key: string, complaint: Complaint): Problem;
  /** The text of the value as the editor wrote it. */
  sourceAt(path: YamlPath): string;
}

/** Problems of one kind told of one file: whoever has made so many mends them all in the same way. */
const mostProblems = 20;

/** Parses one file; problems instead of a file when its syntax is wrong. */
export function parseYamlFile(file: string, text: string): YamlFile | readonly Problem[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  const sourceLines = text.split('\n');

  const problemAtOffset = (offset: number, { severity = 'error', ...complaint }: Complaint): Problem => {
    const { line, col } = lineCounter.linePos(Math.min(offset, Math.max(0, text.length - 1)));
    const excerpt = sourceLines[line - 1]?.replace(/\r$/, '') ?? null;
    return { severity, file, line, column: Math.max(1, col), excerpt, ...complaint };
  };

  const [first, ...others]: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (first) {
    // What comes after a first error is mostly its consequence, unless it is the same mistake made again.
    const again = others.filter(({ code }) => code === first.code);
    return [first, ...again]
      .slice(0, mostProblems)
      .map((error) => problemAtOffset(error.pos[0], describeSyntaxError(error)));
  }
  const misused = findMisused(document);
  if (misused.length > 0) {
    return misused.slice(0, mostProblems).map(({ at, complaint }) => problemAtOffset(at, complaint));
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
    data: document.toJS() as unknown,
    problemAt: (path, complaint) => ({ ...problemAtOffset(offsetAt(path)[0], complaint), path }),
    problemAtKey: (path, key, complaint) => {
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      const pair = isMap(map)
        ? map.items.find((item) => isPair(item) && String(item.key) === key)
        : undefined;
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range;
      return { ...problemAtOffset(range?.[0] ?? offsetAt(path)[0], complaint), path: [...path, key] };
    },
    sourceAt: (path) => {
      const [start, end] = offsetAt(path);
      return text.slice(start, end).trim();
    },
  };
}

/**
 * What is valid YAML, and wrong here: the same key twice, of which one would be lost, and anchors and aliases. The `yaml`
 * package finds the former too, but compares every key with every other.
 */
function findMisused(document: Document.Parsed): { readonly at: number; readonly complaint: Complaint }[] {
  const misused: { at: number; complaint: Complaint }[] = [];
  const startOf = (node: unknown): number => (node as { range?: readonly number[] }).range?.[0] ?? 0;
  visit(document, {
    Alias(_key, node) {
      misused.push({
        at: startOf(node),
        complaint: {
          code: 'yaml-alias',
          message: `« *${node.source} » reprend un autre endroit du fichier`,
          remedy:
            'Écrivez le texte en entier ; s’il commence vraiment par une étoile, mettez-le entre guillemets doubles.',
        },
      });
    },
    Value(_key, node) {
      if (node.anchor === undefined) return;
      misused.push({
        at: startOf(node),
        complaint: {
          code: 'yaml-alias',
          message: `« &${node.anchor} » est lu comme le nom de cet endroit, et non comme du texte`,
          remedy: 'Retirez-le ; si le texte commence vraiment par &, mettez-le entre guillemets doubles.',
        },
      });
    },
    Map(_key, map) {
      const known = new Set<string>();
      for (const { key } of map.items) {
        const name = String(isScalar(key) ? key.value : key);
        if (known.has(name)) misused.push({ at: startOf(key), complaint: duplicateKey });
        known.add(name);
      }
    },
  });
  return misused;
}
