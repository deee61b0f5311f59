import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));

interface Source {
  /** From src/: conversation/respond.ts. */
  readonly file: string;
  readonly text: string;
  /** Files of src/ (relative to it), or package names. */
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  .map((name) => {
    const text = readFileSync(join(src, name), 'utf8');
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, target = '']) =>
      target.startsWith('.') ? relative(src, resolve(join(src, dirname(name)), target)) : target,
    );
    return { file: name, text, imports };
  });

/** What a pure room may name besides itself: data types, and natural's deep imports. */
const allowedOutside: Readonly<Record<string, readonly RegExp[]>> = {
  understanding: [/^knowledge\/content\.ts$/, /^natural\/lib\//],
  conversation: [
    /^knowledge\/(content|message-catalogue)\.ts$/,
    /^understanding\/[a-z-]+\.ts$/,
    /^zod$/,
    /^natural\/lib\//,
  ],
  handoff: [/^knowledge\/(content|message-catalogue)\.ts$/, /^conversation\/[a-z-]+\.ts$/],
};

for (const [room, allowed] of Object.entries(allowedOutside)) {
  const inside = sources.filter(({ file }) => file.startsWith(`${room}/`));

  test(`${room} knows nobody outside`, () => {
    expect(inside.length).toBeGreaterThan(0);
    const strangers = inside.flatMap(({ file, imports }) =>
      imports
        .filter(
          (target) => !target.startsWith(`${room}/`) && !allowed.some((pattern) => pattern.test(target)),
        )
        .map((target) => `${file} → ${target}`),
    );
    expect(strangers).toEqual([]);
  });

  test(`${room} has no clock, no chance, no environment`, () => {
    const impure =
      /\b(Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|setInterval|process\.|fetch\()/;
    expect(inside.filter(({ text }) => impure.test(stripComments(text))).map(({ file }) => file)).toEqual([]);
  });
}

test('only src/matrix speaks to matrix-bot-sdk and to the crypto library', () => {
  const speakers = sources
    .filter(({ imports }) => imports.some((target) => /^(matrix-bot-sdk|@matrix-org\/)/.test(target)))
    .map(({ file }) => file)
    .filter((file) => !file.startsWith('matrix/'));
  expect(speakers).toEqual([]);
});

test('nobody imports the whole of natural: it would load three database drivers', () => {
  expect(sources.filter(({ imports }) => imports.includes('natural')).map(({ file }) => file)).toEqual([]);
});

test('no file is longer than 400 lines', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 401).map(({ file }) => file);
  expect(long).toEqual([]);
});

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
