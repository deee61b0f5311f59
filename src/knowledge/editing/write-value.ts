import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { mergeLines } from '../upgrading/merge-lines.ts';

export interface WriteStyle {
  /** The order of keys that a file should have; a new key goes after the nearest of those before it. */
  readonly keys: readonly string[];
  /** Sentences between double quotes, as in knowledge/; names and dates never. */
  readonly quoted: boolean;
  /** Lists that stand on one line: `contacts: [centre-appel]`. */
  readonly flow: readonly string[];
}

/** What `yaml` prints nearest to what people write; the rest of the file is then taken back from the file itself. */
const printing = {
  lineWidth: 0,
  flowCollectionPadding: false,
  doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
} as const;

/**
 * The file with `value` in it: comments, blank lines, quotes and the order of keys stay, and so does, letter for letter,
 * every line whose value has not changed.
 */
export function writeValue(text: string, value: unknown, style: WriteStyle): string {
  const document = parseDocument(text);
  const before = document.toString(printing);
  document.contents = change(document, document.contents, value, style, '') as typeof document.contents;
  const after = document.toString(printing);
  if (after === before) return text;
  const written = mergeLines(before, after, text, 'shipped').text;
  const read = parseDocument(written);
  // Lines of two ways of writing the same thing may not go together: what is printed is then right, if plainer.
  return read.errors.length === 0 && isDeepStrictEqual(read.toJS(), document.toJS()) ? written : after;
}

/** The node that has become `value`: the old one where it can be, for its comments and its quotes. */
function change(
  document: Document,
  node: unknown,
  value: unknown,
  style: WriteStyle,
  key: string,
): Node | null {
  if (isMap(node) && isRecord(value)) return changeMap(document, node, value, style, key);
  if (isSeq(node) && Array.isArray(value)) return changeList(document, node, value, style, key);
  if (isScalar(node) && !isRecord(value) && !Array.isArray(value)) {
    // A date is a text, and so is a number of « vers »: what reads the same is not written again.
    if (String(node.value) !== String(value)) node.value = value;
    return node;
  }
  return make(document, value, style, key);
}

function changeMap(
  document: Document,
  map: YAMLMap,
  value: Readonly<Record<string, unknown>>,
  style: WriteStyle,
  parent: string,
): YAMLMap {
  const nameOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);
  map.items = map.items.filter((pair) => nameOf(pair) in value);
  for (const [name, inner] of Object.entries(value)) {
    const pair = map.items.find((pair) => nameOf(pair) === name);
    if (pair) {
      pair.value = change(document, pair.value, inner, style, name);
      continue;
    }
    const order = parent === '' ? style.keys : [];
    const earlier = order.slice(0, Math.max(0, order.indexOf(name)));
    const place = map.items.findLastIndex((other) => earlier.includes(nameOf(other)));
    const added = document.createPair(name, null) as Pair;
    added.value = make(document, inner, style, name);
    map.items.splice(order.includes(name) ? place + 1 : map.items.length, 0, added);
  }
  return map;
}

/** Items that are there already keep their node wherever they went; of the others, each takes that of the one it replaces. */
function changeList(
  document: Document,
  list: YAMLSeq,
  value: readonly unknown[],
  style: WriteStyle,
  key: string,
): YAMLSeq {
  // What stands above the first item is given to the list by `yaml`: it goes with the item.
  const [first] = list.items;
  if (list.commentBefore && isNode(first) && !first.commentBefore) {
    first.commentBefore = list.commentBefore;
    list.commentBefore = null;
  }
  const old = list.items.map((node) => ({ node, value: toValue(document, node), taken: false }));
  const kept = value.map((wanted) => {
    const found = old.find((item) => !item.taken && isDeepStrictEqual(item.value, wanted));
    if (found) found.taken = true;
    return found?.node;
  });
  let next = 0;
  list.items = value.map((wanted, index) => {
    const node = kept[index];
    if (node !== undefined) {
      next = Math.max(next, list.items.indexOf(node) + 1);
      return node;
    }
    const replaced = old.find((item, place) => place >= next && !item.taken);
    const sameCount = old.length === value.length;
    if (replaced && (sameCount || alike(replaced.value, wanted))) {
      replaced.taken = true;
      next = old.indexOf(replaced) + 1;
      return change(document, replaced.node, wanted, style, key);
    }
    return make(document, wanted, style, key);
  });
  return list;
}

/** Two entries of one name, or two steps that share a text: one was changed into the other. */
function alike(a: unknown, b: unknown): boolean {
  if (!isRecord(a) || !isRecord(b)) return false;
  return ['id', 'texte', 'si', 'titre'].some((name) => a[name] !== undefined && a[name] === b[name]);
}

function make(document: Document, value: unknown, style: WriteStyle, key: string): Node | null {
  const node = document.createNode(value) as Node | null;
  dress(node, style, key);
  return node;
}

function dress(node: unknown, style: WriteStyle, key: string): void {
  if (isScalar(node)) {
    if (style.quoted && typeof node.value === 'string' && /[^\w:-]/.test(node.value))
      node.type = Scalar.QUOTE_DOUBLE;
    return;
  }
  if (!isCollection(node)) return;
  if (style.flow.includes(key)) node.flow = true;
  if (isMap(node)) {
    for (const pair of node.items) dress(pair.value, style, String(isScalar(pair.key) ? pair.key.value : ''));
  } else if (isSeq(node)) for (const item of node.items) dress(item, style, key);
}

function toValue(document: Document, node: unknown): unknown {
  return isScalar(node) ? node.value : isCollection(node) ? node.toJS(document) : node;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
