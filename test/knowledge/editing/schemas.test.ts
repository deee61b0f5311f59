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

test.each(['profil', 'actes', 'vagues', 'contextes'])('every key of %s.yaml is explained', (name) => {
  const schema: unknown = JSON.parse(writeSchemas().get(`${name}.schema.json`) ?? 'null');
  const explained = listKeys(schema);
  expect(explained).not.toEqual([]);
  expect(explained.filter(({ description }) => description === undefined)).toEqual([]);
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

/** The keys of a schema and of all that it holds. */
function listKeys(schema: unknown): { readonly key: string; readonly description: string | undefined }[] {
  const { properties = {}, items } = (schema ?? {}) as Schema;
  return [
    ...Object.entries(properties).flatMap(([key, held]) => [
      { key, description: held.description },
      ...listKeys(held),
    ]),
    ...(items === undefined ? [] : listKeys(items)),
  ];
}
