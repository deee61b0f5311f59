import { buildElement, buildSvg } from './build-element.ts';

/*
 * Charts in plain SVG, sized in percentages so that their text stays HTML and readable at phone width.
 * The figures themselves are always in a table beside or under them: the drawing is hidden from screen readers.
 * Why not @gouvfr/dsfr-chart: see docs/page.md.
 */

export type BarKind = 'main' | 'good' | 'bad' | 'quiet';

/** A horizontal bar made of parts (shares of the whole width, in [0, 1]), with vertical marks. */
export function buildBar(
  parts: readonly { readonly share: number; readonly kind: BarKind }[],
  marks: readonly number[] = [],
): SVGSVGElement {
  let start = 0;
  const rectangles = parts.map(({ share, kind }) => {
    const x = start;
    start += share;
    return buildSvg('rect', {
      class: `page-bar page-bar--${kind}`,
      x: percent(x),
      y: 3,
      width: percent(share),
      height: 14,
    });
  });
  const lines = marks.map((mark) =>
    buildSvg('line', { class: 'page-mark', x1: percent(mark), x2: percent(mark), y1: 0, y2: 20 }),
  );
  return buildSvg(
    'svg',
    { class: 'page-bar-chart', width: '100%', height: 20, 'aria-hidden': 'true', focusable: 'false' },
    buildSvg('rect', { class: 'page-bar-ground', x: 0, y: 3, width: '100%', height: 14 }),
    ...rectangles,
    ...lines,
  );
}

/** Columns, one a value, left to right; a line of labels under the first, the middle and the last. */
export function buildColumns(
  rows: readonly { readonly label: string; readonly value: number }[],
): HTMLElement {
  const height = 160;
  const highest = Math.max(1, ...rows.map(({ value }) => value));
  const step = 1 / Math.max(1, rows.length);
  const columns = rows.map(({ label, value }, index) =>
    buildSvg(
      'rect',
      {
        class: 'page-bar page-bar--main',
        x: percent(index * step + step * 0.1),
        width: percent(step * 0.8),
        y: height - (height * value) / highest,
        height: (height * value) / highest,
      },
      buildSvg('title', {}, `${label} : ${value}`),
    ),
  );
  const grid = [0, 0.5, 1].map((share) =>
    buildSvg('line', { class: 'page-grid', x1: 0, x2: '100%', y1: height * share, y2: height * share }),
  );
  const labels = [rows[0], rows[Math.floor(rows.length / 2)], rows.at(-1)].map((row) =>
    buildElement('span', {}, row?.label ?? ''),
  );
  return buildElement(
    'div',
    { class: 'page-columns', 'aria-hidden': 'true' },
    buildElement('p', { class: 'page-scale' }, `${highest}`),
    buildSvg('svg', { width: '100%', height: height + 1, focusable: 'false' }, ...grid, ...columns),
    buildElement('p', { class: 'page-axis' }, ...labels),
  );
}

/** A table whose second column is a bar: the chart and its figures in one. */
export function buildBarTable(options: {
  readonly caption: string;
  readonly nameColumn: string;
  readonly valueColumn: string;
  readonly rows: readonly {
    readonly name: string;
    readonly parts: readonly { readonly value: number; readonly kind: BarKind }[];
    readonly value: string;
  }[];
}): HTMLElement {
  const { caption, nameColumn, valueColumn, rows } = options;
  const totals = rows.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0));
  const highest = Math.max(1, ...totals);
  return buildElement(
    'table',
    { class: 'page-table' },
    buildElement('caption', { class: 'fr-sr-only' }, caption),
    buildElement(
      'thead',
      { class: 'fr-sr-only' },
      buildElement(
        'tr',
        {},
        buildElement('th', { scope: 'col' }, nameColumn),
        buildElement('th', { scope: 'col' }, 'Barre'),
        buildElement('th', { scope: 'col' }, valueColumn),
      ),
    ),
    buildElement(
      'tbody',
      {},
      ...rows.map(({ name, parts, value }) =>
        buildElement(
          'tr',
          {},
          buildElement('th', { scope: 'row' }, name),
          buildElement(
            'td',
            { class: 'page-bar-cell' },
            buildBar(parts.map((part) => ({ share: part.value / highest, kind: part.kind }))),
          ),
          buildElement('td', { class: 'page-number' }, value),
        ),
      ),
    ),
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
