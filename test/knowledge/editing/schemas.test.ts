import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeSchemas } from '../../../src/knowledge/editing/write-schemas.ts';
import { projectRoot } from '../../../src/knowledge/project-root.ts';

const folder = join(projectRoot, 'docs/schema');

test('docs/schema is what the code checks (otherwise: npm run schema)', () => {
  const written = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  expect(written).toEqual(Object.fromEntries(writeSchemas()));
});

test('every key of a fiche is explained to the editor who hovers it', () => {
  const schema = JSON.parse(writeSchemas().get('fiche.schema.json') ?? '{}') as {
    properties: Record<string, { description?: string }>;
  };
  const unexplained = Object.entries(schema.properties).filter(([, { description }]) => !description);
  expect(unexplained.map(([key]) => key)).toEqual([]);
});
