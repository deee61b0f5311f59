/** A piece of a guide, with the lines it stands on (1-based, both included). */
export type GuideBlock = { readonly line: number; readonly endLine: number; readonly text: string } & (
  | { readonly type: 'paragraph' }
  /** `number`: of a numbered list; null for a bullet. `depth`: 0 for the outermost. */
  | { readonly type: 'item'; readonly number: number | null; readonly depth: number }
);

export interface GuideSection {
  readonly heading: string;
  /** Headings above it, outermost first. */
  readonly parents: readonly string[];
  readonly line: number;
  readonly endLine: number;
  readonly blocks: readonly GuideBlock[];
}

interface OpenSection {
  heading: string;
  level: number;
  parents: string[];
  line: number;
  blocks: { -readonly [Key in keyof GuideBlock]: GuideBlock[Key] }[];
}

const ordered = /^(\s*)(?:\*\*)?(\d{1,2})(?:[.)]|\s?-(?=\s))\s+(.*)$/;
const orderedByWord = /^(\s*)\*\*\s*[ÉE]tape\s+(\d{1,2})\s*:?\s*\*\*\s*:?\s*(.*)$/i;
const bullet = /^(\s*)[-+*•]\s+(.*)$/;

/**
 * Reads the Markdown of a guide: headings, numbered and bulleted lists, paragraphs. Pictures, rules, bare page numbers
 * and lines that come back on page after page are dropped. Headings that are a mere number ("# 1") number what follows.
 */
export function parseGuide(markdown: string): GuideSection[] {
  const lines = markdown.replaceAll('\u00a0', ' ').split(/\r?\n/);
  const furniture = findFurniture(lines);
  const sections: OpenSection[] = [];
  let current: OpenSection = { heading: '', level: 0, parents: [], line: 1, blocks: [] };
  sections.push(current);
  let open = false;
  let numbered: { number: number; line: number } | null = null;

  lines.forEach((raw, index) => {
    const line = index + 1;
    const text = dropPictures(raw);
    const heading = /^(#{1,6})\s+(.*)$/.exec(text);
    if (heading) {
      const [, marks = '', title = ''] = heading;
      const name = cleanText(title);
      open = false;
      if (/^\d{1,2}$/.test(name)) {
        numbered = { number: Number(name), line };
        return;
      }
      if (numbered) {
        current.blocks.push({ type: 'item', ...numbered, endLine: line, depth: 0, text: name } as GuideBlock);
        numbered = null;
        open = true;
        return;
      }
      current = {
        heading: name,
        level: marks.length,
        parents: parentsOf(sections, marks.length),
        line,
        blocks: [],
      };
      sections.push(current);
      return;
    }
    if (text.trim() === '') {
      // A heading's number carries its text over the blank line below it.
      open = open && raw.trim() === '' && isNumberedHeading(lines, index);
      return;
    }
    if (furniture.has(text.trim()) || isFurniture(text)) {
      open = false;
      return;
    }
    const item = readItem(text);
    const last = current.blocks.at(-1);
    if (item) {
      current.blocks.push({ type: 'item', ...item, line, endLine: line } as GuideBlock);
      open = true;
    } else if (open && last) {
      // A line that ends in two spaces is a line of its own: a list without marks.
      const broken =
        /\S {2,}$/.test(lines[index - 1] ?? '') && !/[,;:(]$/.test(last.text) && /^\p{Lu}/u.test(text);
      last.text = `${last.text}${broken ? ', ' : ' '}${cleanText(text)}`;
      last.endLine = line;
    } else {
      current.blocks.push({ type: 'paragraph', text: cleanText(text), line, endLine: line } as GuideBlock);
      open = true;
    }
  });
  return sections
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ heading, parents, line, blocks }) => ({
      heading,
      parents,
      line,
      endLine: blocks.at(-1)?.endLine ?? line,
      blocks: blocks.filter(({ text }) => text !== '') as GuideBlock[],
    }));
}

function readItem(text: string): { number: number | null; depth: number; text: string } | null {
  const numbered = ordered.exec(text) ?? orderedByWord.exec(text);
  if (numbered) {
    const [, indent = '', number = '', rest = ''] = numbered;
    return { number: Number(number), depth: depthOf(indent), text: cleanText(rest) };
  }
  const [, indent = '', rest = ''] = bullet.exec(text) ?? [];
  if (rest === '') return null;
  return { number: null, depth: depthOf(indent), text: cleanText(rest.replace(/^[a-z][.)]\s+/, '')) };
}

function depthOf(indent: string): number {
  return indent.replaceAll('\t', '    ').length >= 2 ? 1 : 0;
}

function parentsOf(sections: readonly OpenSection[], level: number): string[] {
  const parents: string[] = [];
  let above = level;
  for (const section of sections.toReversed()) {
    if (section.level > 0 && section.level < above) {
      parents.unshift(section.heading);
      above = section.level;
    }
  }
  return parents;
}

/** Is the nearest line with text above this one a heading under a bare number? */
function isNumberedHeading(lines: readonly string[], index: number): boolean {
  const above = lines.slice(0, index).filter((line) => line.trim() !== '');
  return /^#{1,6}\s+\D/.test(above.at(-1) ?? '') && /^#{1,6}\s+\d{1,2}\s*$/.test(above.at(-2) ?? '');
}

/** Short lines, no list items, that stand three times or more in the guide: running titles, page feet. */
function findFurniture(lines: readonly string[]): Set<string> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const text = line.trim();
    if (text !== '' && text.length < 60 && !/^[#\d*+-]/.test(text))
      counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return new Set([...counts].filter(([, count]) => count >= 3).map(([text]) => text));
}

function isFurniture(text: string): boolean {
  const bare = text.trim();
  return (
    /^(?:[-*_]\s*){3,}$/.test(bare) ||
    /^(?:page\s*)?\d{1,3}(?:\s*\/\s*\d{1,3})?$/i.test(bare) ||
    /^\[[^\]]*\](?:\(#?\))?$/.test(bare) ||
    /^<!--.*-->$/.test(bare) ||
    // What a converter says in the place of a picture.
    /^The (?:screenshot|image|picture|figure|diagram)\b/.test(bare)
  );
}

function dropPictures(line: string): string {
  return line.replace(/!\[[^\]]*\]\([^)]*\)/g, '').replace(/<img\b[^>]*>/gi, '');
}

/** The words of a line of Markdown: no bold, no escapes, links by their address. */
export function cleanText(markdown: string): string {
  return markdown
    .replace(/\\([\\`*_{}[\]()#+.!<>-])/g, '$1')
    .replace(/\[([^\]]*)\]\(([^)\s]*)\)/g, (_, label: string, address: string) => nameLink(label, address))
    .replace(/<((?:https?:\/\/|mailto:)[^>]+)>/g, '$1')
    .replace(/(https?:\/\/\S+) \(\1\)/g, '$1')
    .replace(/\*\*/g, '')
    .replace(/(^|[\s(«])\*(?=\S)([^*]+)\*(?=$|[\s).,;:!?»])/g, '$1$2')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A label that says no more than the address ("ici", the address itself) is left out. */
function nameLink(label: string, address: string): string {
  const bare = address.replace(/^mailto:/, '');
  if (bare === '') return label;
  return /^(?:ici|https?:|www\.)/i.test(label) || bare.endsWith(label) ? bare : `${label} (${bare})`;
}
