import { isMap, isPair, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Complaint, Problem } from '../problem.ts';
import { describeSyntaxError } from './describe-syntax-error.ts';

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

/** Parses one file; problems instead of a file when its syntax is wrong. */
export function parseYamlFile(file: string, text: string): YamlFile | readonly Problem[] {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: true });
  const sourceLines = text.split('\n');

  const problemAtOffset = (offset: number, { severity = 'error', ...complaint }: Complaint): Problem => {
    const { line, col } = lineCounter.linePos(Math.min(offset, Math.max(0, text.length - 1)));
    const excerpt = sourceLines[line - 1]?.replace(/\r$/, '') ?? null;
    return { severity, file, line, column: Math.max(1, col), excerpt, ...complaint };
  };

  const complaints: readonly YAMLError[] = [...document.errors, ...document.warnings];
  if (complaints.length > 0) {
    return complaints.map((error) => problemAtOffset(error.pos[0], describeSyntaxError(error)));
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
    problemAt: (path, complaint) => problemAtOffset(offsetAt(path)[0], complaint),
    problemAtKey: (path, key, complaint) => {
      const map = path.length === 0 ? document.contents : document.getIn(path, true);
      const pair = isMap(map)
        ? map.items.find((item) => isPair(item) && String(item.key) === key)
        : undefined;
      const range = (pair?.key as { range?: readonly number[] } | undefined)?.range;
      return problemAtOffset(range?.[0] ?? offsetAt(path)[0], complaint);
    },
    sourceAt: (path) => {
      const [start, end] = offsetAt(path);
      return text.slice(start, end).trim();
    },
  };
}
